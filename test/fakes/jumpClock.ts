/** A clock that jumps from timer to timer: no waiting, no promise of its own; many thousand questions a second. */

import { sleepBy } from "../../agent/realClock.ts";
import {
  type Clock,
  type Instant,
  type MonotonicMs,
  monotonicMs,
  type Timer,
  wallMs,
} from "../../config/words/time.ts";

interface Waiting {
  readonly dueMs: number;
  readonly ring: () => void;
}

export class JumpClock implements Clock {
  #nowMs = 1_000_000;
  readonly #waiting: Waiting[] = [];

  now(): Instant {
    return { wallMs: wallMs(this.#nowMs), monotonicMs: monotonicMs(this.#nowMs) };
  }

  monotonicMs(): MonotonicMs {
    return monotonicMs(this.#nowMs);
  }

  timer(ms: number, ring: () => void): Timer {
    const waiting: Waiting = { dueMs: this.#nowMs + ms, ring };
    // Sorted by due time; of two at one moment the one set first rings first.
    let at = this.#waiting.length;
    while (at > 0 && (this.#waiting[at - 1]?.dueMs ?? 0) > waiting.dueMs) at -= 1;
    this.#waiting.splice(at, 0, waiting);
    return {
      cancel: () => {
        const found = this.#waiting.indexOf(waiting);
        if (found !== -1) this.#waiting.splice(found, 1);
      },
    };
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    return sleepBy(this, ms, signal);
  }

  /** Timers that are set. */
  get pending(): number {
    return this.#waiting.length;
  }

  /** When the next timer is due; infinite without one. */
  get nextMs(): number {
    return this.#waiting[0]?.dueMs ?? Number.POSITIVE_INFINITY;
  }

  /** Time goes on, and nothing rings yet: the machine stands still meanwhile. */
  jumpTo(ms: number): void {
    this.#nowMs = Math.max(this.#nowMs, ms);
  }

  /** Rings the first timer that is due, if any. */
  ringOne(): boolean {
    if (this.nextMs > this.#nowMs) return false;
    this.#waiting.shift()?.ring();
    return true;
  }
}
