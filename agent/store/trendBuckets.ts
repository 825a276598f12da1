/**
 * Buckets of one point: what its readings were between two round moments of the wall clock (pure).
 *
 * A bucket is folded from readings, or from finer buckets, in the order they were taken: it never loses a minimum or
 * maximum, its quality is the worst, its last number the one taken last. A stretch of wall time that was lived twice,
 * because the clock was set back, gives one bucket of all its readings; the span is kept beside (trendSpans.ts).
 */

import { type qualities, qualityCode } from "../../config/words/quality.ts";

/** Widths of the kept buckets in ms, the finest first. */
export const levelMs = [5_000, 60_000, 600_000] as const;
export type Level = 0 | 1 | 2;
export const levels: readonly Level[] = [0, 1, 2];

/** Columns of equal length; `startMs` ascends and never repeats. NaN: no number in that bucket. */
export interface Buckets {
  readonly startMs: readonly number[];
  readonly min: readonly number[];
  readonly max: readonly number[];
  readonly last: readonly number[];
  /** Worst quality, as a code. */
  readonly quality: readonly number[];
  /** Readings, with and without number. */
  readonly count: readonly number[];
}

export interface Bucket {
  readonly startMs: number;
  readonly min: number;
  readonly max: number;
  readonly last: number;
  readonly quality: number;
  readonly count: number;
}

/** From what a person need not mind to what he must know. Unknown codes of a newer program are the worst. */
const ascending = [
  "good",
  "simulated",
  "test",
  "uncertain",
  "frozen",
  "under-range",
  "over-range",
  "stale",
  "short",
  "open-loop",
  "device-fault",
  "comm-fail",
  "out-of-service",
] as const satisfies readonly (typeof qualities)[number][];

const rankOf = new Uint8Array(256).fill(255);
for (const [rank, quality] of ascending.entries()) rankOf[qualityCode[quality]] = rank;

/** The code of the quality that says more against a number. */
export function worseQuality(a: number, b: number): number {
  return (rankOf[b] ?? 255) > (rankOf[a] ?? 255) ? b : a;
}

/** Folds buckets, or readings as buckets of one, into buckets of `widthMs`, whatever order they come in. */
export class BucketFold {
  readonly #widthMs: number;
  readonly #at = new Map<number, number>();
  readonly #startMs: number[] = [];
  readonly #min: number[] = [];
  readonly #max: number[] = [];
  readonly #last: number[] = [];
  readonly #quality: number[] = [];
  readonly #count: number[] = [];

  constructor(widthMs: number) {
    this.#widthMs = widthMs;
  }

  /** What comes later was taken later. */
  add({ startMs, min, max, last, quality, count }: Bucket): void {
    const start = Math.floor(startMs / this.#widthMs) * this.#widthMs;
    const found = this.#at.get(start);
    if (found === undefined) {
      this.#at.set(start, this.#startMs.length);
      this.#startMs.push(start);
      this.#min.push(min);
      this.#max.push(max);
      this.#last.push(last);
      this.#quality.push(quality);
      this.#count.push(count);
      return;
    }
    this.#min[found] = lesser(this.#min[found] ?? Number.NaN, min);
    this.#max[found] = greater(this.#max[found] ?? Number.NaN, max);
    if (!Number.isNaN(last)) this.#last[found] = last;
    this.#quality[found] = worseQuality(this.#quality[found] ?? 0, quality);
    this.#count[found] = (this.#count[found] ?? 0) + count;
  }

  addAll(all: Buckets): void {
    for (let i = 0; i < all.startMs.length; i += 1) this.add(bucketAt(all, i));
  }

  /** Ascending. */
  buckets(): Buckets {
    const starts = this.#startMs;
    // Time goes forward but for a clock that was set: nearly always they are in order already.
    const isAscending = starts.every((start, i) => i === 0 || start > (starts[i - 1] ?? 0));
    const order = isAscending
      ? null
      : starts.map((_, i) => i).sort((a, b) => (starts[a] ?? 0) - (starts[b] ?? 0));
    const column = (values: readonly number[]) =>
      order === null ? values.slice() : order.map((i) => values[i] ?? 0);
    return {
      startMs: column(starts),
      min: column(this.#min),
      max: column(this.#max),
      last: column(this.#last),
      quality: column(this.#quality),
      count: column(this.#count),
    };
  }
}

export function bucketAt(all: Buckets, i: number): Bucket {
  return {
    startMs: all.startMs[i] ?? 0,
    min: all.min[i] ?? Number.NaN,
    max: all.max[i] ?? Number.NaN,
    last: all.last[i] ?? Number.NaN,
    quality: all.quality[i] ?? 0,
    count: all.count[i] ?? 0,
  };
}

/** NaN counts as nothing. */
function lesser(a: number, b: number): number {
  return Number.isNaN(a) || b < a ? b : a;
}

function greater(a: number, b: number): number {
  return Number.isNaN(a) || b > a ? b : a;
}
