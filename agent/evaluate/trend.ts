/** Where a value is heading: its rate over the time past, by the median of all slopes (Theil-Sen). Pure. */

/** Values remembered, spread over the window. */
const marks = 24;
/** A movement must stand out from the scatter: 6 median deviations are 4 standard deviations. */
const scattersMin = 6;

/** One wild value in four does not turn the slope. */
export class Trend {
  readonly #overMs: number;
  #times: number[] = [];
  #values: number[] = [];
  #perMs = Number.NaN;

  constructor(overMs: number) {
    this.#overMs = overMs;
  }

  /**
   * Units per millisecond; 0 when nothing stands out from the noise; NaN until half of the window is covered, and
   * once all that is known lies further back than the window.
   */
  get perMs(): number {
    return this.#perMs;
  }

  /** A finite value. */
  take(value: number, nowMs: number): void {
    const last = this.#times.at(-1);
    if (last !== undefined && nowMs - last < this.#overMs / (marks - 1)) return;
    const isFresh = (_: number, i: number): boolean =>
      nowMs - (this.#times[i] ?? nowMs) <= this.#overMs;
    this.#values = [...this.#values.filter(isFresh), value];
    this.#times = [...this.#times.filter(isFresh), nowMs];
    this.#perMs = this.#slope();
  }

  #slope(): number {
    const first = this.#times[0] ?? Number.NaN;
    const last = this.#times.at(-1) ?? Number.NaN;
    if (!(last - first >= this.#overMs / 2)) return Number.NaN;
    const slope = median(slopesOf(this.#times, this.#values));
    const heights = this.#values.map((value, i) => value - slope * (this.#times[i] ?? 0));
    const middle = median(heights);
    const scatter = median(heights.map((height) => Math.abs(height - middle)));
    return Math.abs(slope) * (last - first) >= scattersMin * scatter ? slope : 0;
  }
}

function slopesOf(times: readonly number[], values: readonly number[]): number[] {
  return times.flatMap((time, i) =>
    times.slice(0, i).map((before, j) => {
      return ((values[i] ?? 0) - (values[j] ?? 0)) / (time - before);
    }),
  );
}

function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
}
