/** Rate of change over a sliding window, so that sensor noise is not taken for a fast change. Pure. */

/** Window over which a rate is measured. */
export const rateWindowMs = 20_000;
const marks = 8;

/** Remembers a few past values, spread over the window. Numbers only: a gap in quality starts anew. */
export class RateWindow {
  readonly #times = new Float64Array(marks).fill(Number.NaN);
  readonly #values = new Float64Array(marks);
  #count = 0;
  #next = 0;

  /**
   * @returns the absolute change in units per minute against the oldest value inside the window;
   * NaN until a quarter of the window is covered.
   */
  rate(value: number, nowMs: number): number {
    if (Number.isNaN(value)) {
      this.#count = 0;
      return Number.NaN;
    }
    const oldest = this.#oldestWithin(nowMs);
    if (this.#isDue(nowMs)) this.#remember(value, nowMs);
    if (oldest === -1) return Number.NaN;
    const elapsedMs = nowMs - (this.#times[oldest] ?? nowMs);
    if (elapsedMs < rateWindowMs / 4) return Number.NaN;
    return (Math.abs(value - (this.#values[oldest] ?? value)) * 60_000) / elapsedMs;
  }

  #isDue(nowMs: number): boolean {
    if (this.#count === 0) return true;
    const last = this.#times[(this.#next + marks - 1) % marks] ?? Number.NaN;
    return nowMs - last >= rateWindowMs / (marks - 1);
  }

  #remember(value: number, nowMs: number): void {
    this.#times[this.#next] = nowMs;
    this.#values[this.#next] = value;
    this.#next = (this.#next + 1) % marks;
    this.#count = Math.min(this.#count + 1, marks);
  }

  #oldestWithin(nowMs: number): number {
    for (let back = this.#count; back >= 1; back -= 1) {
      const slot = (this.#next + marks - back) % marks;
      if (nowMs - (this.#times[slot] ?? Number.NaN) <= rateWindowMs) return slot;
    }
    return -1;
  }
}
