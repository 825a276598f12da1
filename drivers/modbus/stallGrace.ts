/** A time-out that does not blame the device for a stall of this machine. */

import type { Clock, Timer } from "../../config/words/time.ts";

/** Rung this much late, the machine itself stood still: replies may lie unread in the system. */
export const lateMs = 20;
/** Then one more moment is given to read them. */
export const graceMs = 10;

/** Rings once after `ms`; if the machine slept over it, once more is waited for `graceMs`. */
export class StallGrace implements Timer {
  readonly #clock: Clock;
  readonly #dueMs: number;
  readonly #ring: () => void;
  #timer: Timer;

  constructor(clock: Clock, ms: number, ring: () => void) {
    this.#clock = clock;
    this.#dueMs = clock.monotonicMs() + ms;
    this.#ring = ring;
    this.#timer = clock.timer(ms, () => this.#due());
  }

  cancel(): void {
    this.#timer.cancel();
  }

  #due(): void {
    const isLate = this.#clock.monotonicMs() - this.#dueMs > lateMs;
    if (isLate) this.#timer = this.#clock.timer(graceMs, this.#ring);
    else this.#ring();
  }
}
