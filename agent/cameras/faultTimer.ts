/**
 * One fault in time: when findings become an alarm, and when it is over (pure). The time counts from the last
 * finding before the bad ones, because the fault may have begun right after it: so it is told within the time stated, however rarely a
 * picture comes, and never from a single one.
 */

import type { Finding } from "./pictureJudge.ts";

/** One bad finding may be a flash, a lost packet, a switched lamp. */
const badMin = 2;
/** So many good findings in a row end a fault. */
const goodMin = 2;

export class FaultTimer {
  readonly #afterMs: number;
  #beforeMs: number;
  #bad = 0;
  #good = 0;
  #isStanding = false;

  /** `nowMs`: monotonic, as everywhere here. */
  constructor(afterMs: number, nowMs: number) {
    this.#afterMs = afterMs;
    this.#beforeMs = nowMs;
  }

  /** `unclear` keeps what was. */
  take(finding: Finding, nowMs: number): void {
    // Unclear in the midst of a fault is no end of it; before it, it is no part of it.
    if (finding === "good" || (finding === "unclear" && this.#bad === 0)) this.#beforeMs = nowMs;
    if (finding === "good") {
      this.#bad = 0;
      this.#good += 1;
      if (this.#good >= goodMin) this.#isStanding = false;
    }
    if (finding === "bad") {
      this.#good = 0;
      this.#bad += 1;
    }
    this.reached(nowMs);
  }

  /** Nothing was found for a while: what comes now begins now. A fault that stands goes on. */
  resume(nowMs: number): void {
    this.#beforeMs = nowMs;
    this.#bad = 0;
  }

  /** Time passes also between findings. */
  reached(nowMs: number): void {
    if (this.#bad >= badMin && nowMs - this.#beforeMs >= this.#afterMs) this.#isStanding = true;
  }

  get isStanding(): boolean {
    return this.#isStanding;
  }
}
