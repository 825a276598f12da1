/** A value that has not moved for so long that nobody should believe it. Pure. */

import type { Finding } from "./condition.ts";

export class Frozen {
  readonly #forMs: number;
  #value = Number.NaN;
  #sinceMs = Number.NaN;
  #isLive = false;

  constructor(forMs: number) {
    this.#forMs = forMs;
  }

  /**
   * Time without a number is no proof: it starts the time anew, and ends no alarm. Nor does the first value after a
   * start: only a movement does.
   */
  judge(value: number, nowMs: number): Finding {
    if (Number.isNaN(value)) {
      this.#isLive = false;
      return "unknown";
    }
    const hasMoved = !Number.isNaN(this.#value) && value !== this.#value;
    if (value !== this.#value || !this.#isLive) this.#sinceMs = nowMs;
    this.#value = value;
    this.#isLive = true;
    if (hasMoved) return "within";
    return nowMs - this.#sinceMs >= this.#forMs ? "beyond" : "between";
  }

  stillMs(nowMs: number): number {
    return nowMs - this.#sinceMs;
  }
}
