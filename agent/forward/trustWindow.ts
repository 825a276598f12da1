/** How much bulk may be with the platform unconfirmed, learned from how its confirmations come (pure). */

/**
 * What stands between an alarm and the platform's hands is the bulk sent before it: the broker takes it at once,
 * so it queues before the platform, not on our line. The window opens while confirmations come about as fast as
 * for a single record, and closes in proportion when they take longer.
 *
 * Not every platform confirms record by record: some do it once in a few seconds, some after so many records.
 * Whoever has filled the window and hears nothing for `patience` gets twice as much, up to the bounds; so many
 * as such a platform then confirms at once are the least that the window holds, until it confirms in small pieces.
 */
export interface TrustWindow {
  readonly records: number;
  readonly bytes: number;
  /** `owed`: bulk sent and not confirmed, with this record. */
  sent(record: { readonly bytes: number; readonly nowMs: number; readonly owed: Owed }): TrustMark;
  /** One message of the platform confirmed these. */
  confirmed(marks: readonly TrustMark[], nowMs: number): void;
  /** Time passes: call it about once a second, or as often as the ack time-out is short. */
  look(nowMs: number, owed: Owed): void;
  /** A new connection: nothing is owed, nothing is known. */
  restart(): void;
}

export interface Owed {
  readonly records: number;
  readonly bytes: number;
}

/** Taken along by a bulk record from sending to confirmation. */
export interface TrustMark {
  readonly bytes: number;
  readonly sentMs: number;
  /** With this record the window was used up: only then the answer tells something about its size. */
  readonly isLimited: boolean;
}

export const trustBounds = {
  recordsMin: 1,
  recordsStart: 4,
  recordsMax: 1_024,
  bytesMin: 4_096,
  bytesStart: 65_536,
  bytesMax: 33_554_432,
} as const;

const patienceMsMax = 1_000;
/** So many times an ack time-out may be waited through: enough doublings to reach the bound before it ends. */
const patiencesPerTimeout = 20;
/** A confirmation may take longer than the shortest by this part of it, or on long ways by all but so much of it. */
const queuedPart = 1 / 8;
const longWayMs = 20;
const queuedBytesMs = 250;
/** A platform that confirms within this is prompt. */
const promptMs = 250;
/** Part of the way to the right size that one slow answer closes: a single stall of the machine closes little. */
const closing = 1 / 4;
/** Near the smallest window parts of a record count, and a slow answer closes at least this much of one. */
const closingRecordsMin = 1 / 4;
/** One record at a time queues nowhere: an answer then is honest, and corrects the shortest by this part. */
const relaxing = 1 / 4;
/** So often half the window is tried: if answers come sooner then, the shortest known was too long. */
const tryLess = { roundTrips: 32, msMin: 200 } as const;
const lazyDecay = 0.9;

export function createTrustWindow(ackTimeoutMs: number): TrustWindow {
  return new LearningWindow(ackTimeoutMs);
}

class LearningWindow implements TrustWindow {
  readonly #patienceMs: number;
  #records = 0;
  #bytes = 0;
  #shortestMs = 0;
  /** Up to here a fast answer adds a whole record, beyond it a part of one. */
  #knownGood = 0;
  #triedLessMs: number | null = null;
  #quietSinceMs: number | null = null;
  #hasDoubled = false;
  #lazy: Owed = { records: 0, bytes: 0 };

  constructor(ackTimeoutMs: number) {
    this.#patienceMs = Math.min(patienceMsMax, ackTimeoutMs / patiencesPerTimeout);
    this.restart();
  }

  get records(): number {
    return Math.floor(this.#records);
  }

  get bytes(): number {
    return Math.floor(this.#bytes);
  }

  restart(): void {
    this.#records = trustBounds.recordsStart;
    this.#bytes = trustBounds.bytesStart;
    this.#shortestMs = Number.POSITIVE_INFINITY;
    this.#knownGood = trustBounds.recordsMax;
    this.#triedLessMs = null;
    this.#quietSinceMs = null;
    this.#hasDoubled = false;
    this.#lazy = { records: 0, bytes: 0 };
  }

  sent(record: { readonly bytes: number; readonly nowMs: number; readonly owed: Owed }): TrustMark {
    const { bytes, nowMs, owed } = record;
    this.#quietSinceMs ??= nowMs;
    return { bytes, sentMs: nowMs, isLimited: this.#isFull(owed, bytes) };
  }

  #isFull(owed: Owed, nextBytes: number): boolean {
    return owed.records >= this.records || owed.bytes + nextBytes > this.bytes;
  }

  confirmed(marks: readonly TrustMark[], nowMs: number): void {
    if (marks.length === 0) return;
    this.#learnLaziness(marks);
    this.#quietSinceMs = nowMs;
    const limited = marks.filter((mark) => mark.isLimited);
    for (const mark of limited) {
      const tookMs = Math.max(0.05, nowMs - mark.sentMs);
      // Whoever confirms many at once after a long time answers for all of them, or it would never get on. One who
      // is prompt is followed step by step: what lies before an alarm is then ours alone.
      const share = tookMs >= promptMs ? marks.length / limited.length : 1;
      this.#adapt(mark, tookMs, share);
    }
    this.#tryLess(nowMs);
    this.#clamp();
  }

  #learnLaziness(marks: readonly TrustMark[]): void {
    const { records, bytes } = this.#lazy;
    if (this.#hasDoubled) {
      // A quarter more, so that records of other lanes between them do not keep it waiting.
      const sum = marks.reduce((total, mark) => total + mark.bytes, 0);
      this.#lazy = { records: marks.length * 1.25, bytes: sum * 1.25 };
    } else if (marks.length < records / 2) {
      this.#lazy = { records: records * lazyDecay, bytes: bytes * lazyDecay };
    }
    this.#hasDoubled = false;
  }

  #adapt(mark: TrustMark, tookMs: number, share: number): void {
    const isSmallest = this.records === trustBounds.recordsMin;
    const isShort = tookMs <= this.#shortestMs;
    if (isShort) this.#shortestMs = tookMs;
    else if (isSmallest) this.#shortestMs += (tookMs - this.#shortestMs) * relaxing;
    const shortestMs = this.#shortestMs;
    const recordsMs = shortestMs + Math.max(shortestMs * queuedPart, shortestMs - longWayMs);
    const bytesMs = shortestMs + queuedBytesMs;
    if (tookMs <= recordsMs) {
      this.#records += this.#records < this.#knownGood ? share : share / (2 * this.#records);
    } else {
      const closed = this.#records * closing * (1 - recordsMs / tookMs);
      this.#records -= Math.max(closed, closingRecordsMin);
      this.#knownGood = this.#records;
    }
    this.#bytes +=
      tookMs <= bytesMs ? share * mark.bytes : this.#bytes * closing * (bytesMs / tookMs - 1);
  }

  #tryLess(nowMs: number): void {
    this.#triedLessMs ??= nowMs;
    const everyMs = Math.max(tryLess.msMin, tryLess.roundTrips * this.#shortestMs);
    if (nowMs - this.#triedLessMs < everyMs) return;
    this.#triedLessMs = nowMs;
    this.#knownGood = this.#records;
    this.#records /= 2;
  }

  look(nowMs: number, owed: Owed): void {
    if (owed.records === 0) {
      this.#quietSinceMs = null;
      return;
    }
    this.#quietSinceMs ??= nowMs;
    const meanBytes = owed.bytes / owed.records;
    const patienceMs = Math.max(this.#patienceMs, this.#knownPatienceMs());
    if (nowMs - this.#quietSinceMs < patienceMs || !this.#isFull(owed, meanBytes)) return;
    this.#quietSinceMs = nowMs;
    this.#hasDoubled = true;
    this.#records = Math.max(this.#records, owed.records) * 2;
    this.#bytes = Math.max(this.#bytes, owed.bytes) * 2;
    this.#clamp();
  }

  /** Whoever is known to need long gets twice that, but never so long that the ack time-out passes first. */
  #knownPatienceMs(): number {
    if (this.#shortestMs === Number.POSITIVE_INFINITY) return 0;
    return Math.min(2 * this.#shortestMs, 4 * this.#patienceMs);
  }

  #clamp(): void {
    const { recordsMin, recordsMax, bytesMin, bytesMax } = trustBounds;
    const leastRecords = Math.max(recordsMin, this.#lazy.records);
    const leastBytes = Math.max(bytesMin, this.#lazy.bytes);
    this.#records = Math.min(recordsMax, Math.max(leastRecords, this.#records));
    this.#bytes = Math.min(bytesMax, Math.max(leastBytes, this.#bytes));
  }
}
