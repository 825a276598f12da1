/** Picks the record that goes next: reads the lanes ahead, passes over what may not go, asks the gate. */

import type { Lane, Outbox, SealedRecord } from "../records.ts";
import type { DeliveryLedger } from "./deliveryLedger.ts";
import { LaneFeed } from "./laneFeed.ts";
import type { LaneRefusals } from "./laneRefusals.ts";
import type { LinkJudge } from "./linkJudge.ts";
import type { SendGate } from "./sendGate.ts";
import { isUrgent, sendingOrder } from "./sendOrder.ts";

export interface RecordPickerOptions {
  readonly outbox: Pick<Outbox, "next">;
  readonly ledger: DeliveryLedger;
  readonly gate: SendGate;
  readonly refusals: LaneRefusals;
  readonly judge: Pick<LinkJudge, "isSilent">;
  /** Called when a read of the journal is over: more may be picked now. */
  onArrived(): void;
}

/** Sent and unconfirmed records that are remembered; beyond that a lane waits. */
const ledgerBulkMax = 1_024;
const ledgerMax = 5_120;

export class RecordPicker {
  readonly #options: RecordPickerOptions;
  readonly #feeds: Readonly<Record<Lane, LaneFeed>>;
  #pauseMs = 0;

  constructor(options: RecordPickerOptions) {
    this.#options = options;
    const feed = (lane: Lane): LaneFeed =>
      new LaneFeed({
        outbox: options.outbox,
        lane,
        onArrived: () => options.onArrived(),
        onRead: (span) => options.ledger.forgetAbsent(span),
      });
    this.#feeds = Object.fromEntries(sendingOrder.map((lane) => [lane, feed(lane)])) as Record<
      Lane,
      LaneFeed
    >;
  }

  /** After a pick that found nothing: how long the rate alone holds something back; 0: nothing. */
  get pauseMs(): number {
    return this.#pauseMs;
  }

  /** Something new was sealed in this lane. */
  sealed(lane: Lane): void {
    this.#feeds[lane].sealed();
  }

  /** Some numbers became due again: their lanes are read once more, and what could not be read is tried. */
  look(): void {
    for (const lane of sendingOrder) {
      const first = this.#options.ledger.firstDue(lane);
      if (first !== null) this.#feeds[lane].rewindTo(first);
      this.#feeds[lane].retry();
    }
  }

  /** Every lane is read once more from this number on. */
  rewindTo(seq: number): void {
    for (const lane of sendingOrder) this.#feeds[lane].rewindTo(seq);
  }

  /** The record to be sent now, taken out of its lane; null: none may go. */
  pick(nowMs: number, inFlightMax: number): SealedRecord | null {
    this.#pauseMs = 0;
    const lane = this.#options.gate.next({
      ready: (candidate) => this.#head(candidate, nowMs)?.bytes.byteLength ?? null,
      inFlightMax,
      isSilent: this.#options.judge.isSilent,
    });
    const record = lane === null ? null : this.#head(lane, nowMs);
    if (lane !== null && record !== null) this.#feeds[lane].take();
    return record;
  }

  #head(lane: Lane, nowMs: number): SealedRecord | null {
    const { ledger, refusals, judge } = this.#options;
    if (refusals.rests(lane, nowMs)) return null;
    const urgent = isUrgent(lane);
    const isFull = urgent ? ledger.size >= ledgerMax : ledger.bulkSize >= ledgerBulkMax;
    const newMayGo = !isFull && (urgent || !judge.isSilent);
    // When nothing new may go, reading on would only pass records over that must be read again.
    const feed = this.#feeds[lane];
    if (!newMayGo && !ledger.hasDue(lane)) return null;
    feed.refill();
    const head = feed.peek((seq) => ledger.isDue(seq) || (newMayGo && ledger.isNew(seq)));
    return head === null || this.#isPaced(lane, nowMs) ? null : head;
  }

  #isPaced(lane: Lane, nowMs: number): boolean {
    const pauseMs = this.#options.gate.pauseMs(lane, this.#feeds[lane].waiting, nowMs);
    this.#pauseMs = Math.max(this.#pauseMs, pauseMs);
    return pauseMs > 0;
  }

  /** Resolves when no read is under way. */
  async idle(): Promise<void> {
    await Promise.all(sendingOrder.map((lane) => this.#feeds[lane].idle()));
  }
}
