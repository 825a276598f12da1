/** Reads one lane of the journal ahead of the sender, a bounded piece at a time. */

import type { Lane, Outbox, SealedRecord } from "../records.ts";

export interface LaneFeedOptions {
  readonly outbox: Pick<Outbox, "next">;
  readonly lane: Lane;
  /** Called when a read is over, whether it brought something or not. */
  onArrived(): void;
  /** The lane holds exactly `present` after `afterSeq` and up to `toSeq`. */
  onRead(span: {
    readonly lane: Lane;
    readonly afterSeq: number;
    readonly toSeq: number;
    readonly present: ReadonlySet<number>;
  }): void;
}

/** One piece, and the level below which the next is fetched: at most about two pieces are in memory. */
export const pieceBounds = { maxRecords: 64, maxBytes: 524_288 } as const;
const lowRecords = pieceBounds.maxRecords / 2;
const lowBytes = pieceBounds.maxBytes / 2;

export class LaneFeed {
  readonly #options: LaneFeedOptions;
  #buffer: SealedRecord[] = [];
  #bufferBytes = 0;
  #afterSeq = 0;
  #mayHaveMore = true;
  #isFailing = false;
  #round = 0;
  #fetching: Promise<void> | null = null;

  constructor(options: LaneFeedOptions) {
    this.#options = options;
  }

  /** The next record that `may` be sent; those before it that may not are passed over. */
  peek(may: (seq: number) => boolean): SealedRecord | null {
    for (;;) {
      const head = this.#buffer[0];
      if (head === undefined) return null;
      if (may(head.seq)) return head;
      this.take();
    }
  }

  /** Records read ahead that were not taken yet. */
  get waiting(): number {
    return this.#buffer.length;
  }

  take(): void {
    const head = this.#buffer.shift();
    if (head !== undefined) this.#bufferBytes -= head.bytes.byteLength;
  }

  /** Something new was sealed in this lane. */
  sealed(): void {
    this.#mayHaveMore = true;
  }

  /** Reading goes on with `seq`, when that is a step back. */
  rewindTo(seq: number): void {
    const first = this.#buffer[0]?.seq ?? this.#afterSeq + 1;
    if (seq >= first) return;
    this.#afterSeq = seq - 1;
    this.#buffer = [];
    this.#bufferBytes = 0;
    this.#mayHaveMore = true;
    this.#round += 1;
  }

  /** After a failed read: worth trying again. */
  retry(): void {
    this.#isFailing = false;
  }

  /** Starts a read when little is left, at most one at a time. */
  refill(): void {
    const isLow = this.#buffer.length < lowRecords && this.#bufferBytes < lowBytes;
    if (this.#fetching !== null || this.#isFailing || !this.#mayHaveMore || !isLow) return;
    // What is sealed from here on may or may not be in the answer.
    this.#mayHaveMore = false;
    this.#fetching = this.#fetch().finally(() => {
      this.#fetching = null;
      this.#options.onArrived();
    });
  }

  async #fetch(): Promise<void> {
    const round = this.#round;
    const { lane, outbox } = this.#options;
    let piece: readonly SealedRecord[];
    try {
      piece = await outbox.next({ lane, afterSeq: this.#afterSeq, ...pieceBounds });
    } catch {
      // A journal that cannot be read now: it reports that itself, we come again.
      this.#mayHaveMore = true;
      this.#isFailing = true;
      return;
    }
    if (round !== this.#round) {
      this.#mayHaveMore = true;
      return;
    }
    const last = piece.at(-1);
    this.#options.onRead({
      lane,
      afterSeq: this.#afterSeq,
      toSeq: last?.seq ?? Number.POSITIVE_INFINITY,
      present: new Set(piece.map((record) => record.seq)),
    });
    if (last === undefined) return;
    this.#mayHaveMore = true;
    this.#afterSeq = last.seq;
    for (const record of piece) {
      this.#buffer.push(record);
      this.#bufferBytes += record.bytes.byteLength;
    }
  }

  /** Resolves when no read is under way. */
  async idle(): Promise<void> {
    await this.#fetching;
  }
}
