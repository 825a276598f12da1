/** One time-out after another on one timer, which is set anew only when it rings: most never do. */

import type { Clock, Timer } from "../../config/words/time.ts";
import { graceMs, lateMs } from "./stallGrace.ts";

/** Calls `ring` when the time set last is over; after a stall of this machine, a moment later. */
export class Deadline {
  readonly #clock: Clock;
  readonly #ring: () => void;
  #timer: Timer | null = null;
  /** When `#timer` rings; without one: never. */
  #timerMs = Number.POSITIVE_INFINITY;
  /** Infinite: nothing is waited for, and a timer that rings is none of ours. */
  #dueMs = Number.POSITIVE_INFINITY;
  #isGrace = false;

  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  /** Counted from `nowMs` (monotonic); takes the place of what was set before. */
  set(nowMs: number, ms: number): void {
    this.#dueMs = nowMs + ms;
    this.#isGrace = false;
    if (this.#timer === null || this.#timerMs > this.#dueMs) this.#wait(nowMs);
  }

  /** Nothing is waited for any more. The timer is left to ring once, for nobody. */
  clear(): void {
    this.#dueMs = Number.POSITIVE_INFINITY;
  }

  /** Afterwards there is no timer. */
  stop(): void {
    this.clear();
    this.#timer?.cancel();
    this.#timer = null;
    this.#timerMs = Number.POSITIVE_INFINITY;
  }

  #wait(nowMs: number): void {
    this.#timer?.cancel();
    this.#timerMs = this.#dueMs;
    this.#timer = this.#clock.timer(Math.max(1, this.#dueMs - nowMs), () => this.#rang());
  }

  #rang(): void {
    this.#timer = null;
    this.#timerMs = Number.POSITIVE_INFINITY;
    if (this.#dueMs === Number.POSITIVE_INFINITY) return;
    const nowMs = this.#clock.monotonicMs();
    // Timers of whole milliseconds may ring a little early.
    if (this.#dueMs - nowMs >= 1) {
      this.#wait(nowMs);
      return;
    }
    if (nowMs - this.#dueMs > lateMs && !this.#isGrace) {
      this.set(nowMs, graceMs);
      this.#isGrace = true;
      return;
    }
    this.clear();
    this.#ring();
  }
}
