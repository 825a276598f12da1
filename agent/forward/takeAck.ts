/** What a message of the platform confirms: only what this life of the journal has sent (pure). */

import { parseAck } from "./ackMessage.ts";
import type { Confirmed, DeliveryLedger } from "./deliveryLedger.ts";
import type { ForwarderCounts } from "./forwarderStats.ts";

/** Counts what is no ack, or one for another epoch, and ignores it. */
export function takeAck(
  payload: Uint8Array,
  parts: {
    readonly epoch: string;
    readonly ledger: Pick<DeliveryLedger, "confirm">;
    readonly counts: Pick<ForwarderCounts, "badAcks" | "strayAcks">;
  },
): readonly Confirmed[] {
  const ack = parseAck(payload);
  if (ack === null) parts.counts.badAcks += 1;
  else if (ack.epoch !== parts.epoch) parts.counts.strayAcks += 1;
  else return ack.ranges.flatMap((range) => parts.ledger.confirm(range));
  return [];
}
