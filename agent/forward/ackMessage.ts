/** The platform's `ack` message, from untrusted bytes (pure). */

import { z } from "zod";
import type { SeqRange } from "../records.ts";

const bytesMax = 65_536;
const rangesMax = 1_000;

const seq = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
const ackSchema = z.object({
  v: z.literal(1),
  epoch: z.string().min(1).max(128),
  ranges: z.array(z.tuple([seq, seq])).max(rangesMax),
});

export interface AckMessage {
  readonly epoch: string;
  readonly ranges: readonly SeqRange[];
}

/** Null for anything that is not a whole, bounded, well-formed ack; unknown fields are ignored. */
export function parseAck(payload: Uint8Array): AckMessage | null {
  if (payload.byteLength > bytesMax) return null;
  const parsed = ackSchema.safeParse(jsonOf(payload));
  if (!parsed.success) return null;
  const ranges = parsed.data.ranges.map(([from, to]) => ({ from, to }));
  if (ranges.some((range) => range.from > range.to)) return null;
  return { epoch: parsed.data.epoch, ranges };
}

function jsonOf(payload: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(payload));
  } catch {
    return undefined;
  }
}
