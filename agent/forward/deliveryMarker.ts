/** Tells the journal what was delivered: one telling (one sync of the disk) at a time, all that waits in the next. */

import type { Clock } from "../../config/words/time.ts";
import type { Outbox } from "../records.ts";
import { rangesOf } from "./seqRanges.ts";

/** Between two tellings: each costs a sync of the disk, and the alarms' commits wait behind it. */
const pauseMs = 20;

export interface DeliveryMarkerOptions {
  readonly clock: Clock;
  readonly outbox: Pick<Outbox, "delivered">;
  /** The journal has noted these; `newly` of them for the first time. */
  onMarked(seqs: readonly number[], newly: number): void;
  onFailed(): void;
}

export class DeliveryMarker {
  readonly #options: DeliveryMarkerOptions;
  readonly #waiting = new Set<number>();
  #marking: Promise<void> | null = null;
  #hurry = new AbortController();

  constructor(options: DeliveryMarkerOptions) {
    this.#options = options;
  }

  add(seqs: Iterable<number>): void {
    for (const seq of seqs) this.#waiting.add(seq);
    this.retry();
  }

  /** Tells what waits, when nothing is being told. After a failure: somebody must call this again. */
  retry(): void {
    if (this.#marking !== null || this.#waiting.size === 0) return;
    const seqs = [...this.#waiting];
    this.#waiting.clear();
    this.#marking = this.#mark(seqs).finally(() => {
      this.#marking = null;
    });
  }

  async #mark(first: readonly number[]): Promise<void> {
    for (let seqs = first; seqs.length > 0; ) {
      let newly: number;
      try {
        newly = await this.#options.outbox.delivered(rangesOf(seqs));
      } catch {
        // The journal reports its trouble itself. Nothing is forgotten.
        for (const seq of seqs) this.#waiting.add(seq);
        this.#options.onFailed();
        return;
      }
      this.#options.onMarked(seqs, newly);
      await this.#options.clock.sleep(pauseMs, this.#hurry.signal);
      seqs = [...this.#waiting];
      this.#waiting.clear();
    }
  }

  /** Tells what waits without a pause, and resolves when nothing is being told. */
  async idle(): Promise<void> {
    this.#hurry.abort();
    await this.#marking;
    this.#hurry = new AbortController();
  }
}
