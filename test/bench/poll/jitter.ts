/** How evenly a unit is read: by how much the time between two reads of its first registers differs from the period. */

import { quantile } from "../measure/spread.ts";

/** Milliseconds; null: nothing was read twice. */
export interface Jitter {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** Newest differences kept. */
const kept = 200_000;

/** Told of reads by whoever is read, so that every poller is measured alike. */
export class JitterGauge {
  readonly #periodMs: number;
  readonly #lastMs: Float64Array;
  readonly #differences = new Float64Array(kept);
  #count = 0;

  constructor(units: number, periodMs: number) {
    this.#periodMs = periodMs;
    this.#lastMs = new Float64Array(units).fill(Number.NaN);
  }

  read(unit: number, address: number, nowMs: number): void {
    if (address !== 0) return;
    const betweenMs = nowMs - (this.#lastMs[unit] ?? Number.NaN);
    this.#lastMs[unit] = nowMs;
    if (Number.isNaN(betweenMs)) return;
    this.#differences[this.#count % kept] = Math.abs(betweenMs - this.#periodMs);
    this.#count += 1;
  }

  reset(): void {
    this.#count = 0;
    this.#lastMs.fill(Number.NaN);
  }

  spread(): Jitter | null {
    if (this.#count === 0) return null;
    const sorted = [...this.#differences.subarray(0, Math.min(this.#count, kept)).toSorted()];
    return { p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99), max: sorted.at(-1) ?? 0 };
  }
}
