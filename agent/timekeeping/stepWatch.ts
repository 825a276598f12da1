/** Notices that the wall clock was set, by comparing it with the monotonic clock. */

import type { Clock, Instant } from "../../config/words/time.ts";

/** The wall clock moved by `ms` against the monotonic clock, somewhere between these two looks. */
export interface Jump {
  readonly before: Instant;
  readonly after: Instant;
  readonly ms: number;
}

/** Slewing moves both clocks; what is left between two looks is rounding, unless somebody set the clock. */
const jumpMsMin = 500;

export class StepWatch {
  readonly #clock: Clock;
  #last: Instant;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#last = clock.now();
  }

  /** What happened since the look before. */
  look(): Jump | null {
    const before = this.#last;
    let after = this.#clock.now();
    if (isJump(before, after)) {
      // The two clocks are read one after the other, and the process may be stopped in between: that
      // does not happen twice in a row for the same length of time.
      const again = this.#clock.now();
      if (isJump(after, again)) return null;
      after = again;
    }
    this.#last = after;
    return isJump(before, after) ? { before, after, ms: driftMs(before, after) } : null;
  }
}

function isJump(before: Instant, after: Instant): boolean {
  return Math.abs(driftMs(before, after)) > jumpMsMin;
}

function driftMs(before: Instant, after: Instant): number {
  return after.wallMs - before.wallMs - (after.monotonicMs - before.monotonicMs);
}
