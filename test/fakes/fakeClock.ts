/** A clock that stands still until told to go: hours in milliseconds, and steps of the wall clock. */

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
  readonly order: number;
  readonly ring: () => void;
}

export class FakeClock implements Clock {
  #monotonicMs = 1_000_000;
  #offsetMs: number;
  #order = 0;
  #waiting: Waiting[] = [];

  constructor(startWallMs = Date.UTC(2026, 0, 1)) {
    this.#offsetMs = startWallMs - this.#monotonicMs;
  }

  now(): Instant {
    return {
      wallMs: wallMs(this.#monotonicMs + this.#offsetMs),
      monotonicMs: monotonicMs(this.#monotonicMs),
    };
  }

  monotonicMs(): MonotonicMs {
    return monotonicMs(this.#monotonicMs);
  }

  timer(ms: number, ring: () => void): Timer {
    const waiting: Waiting = {
      dueMs: this.#monotonicMs + ms,
      order: this.#order++,
      ring,
    };
    this.#waiting.push(waiting);
    return {
      cancel: () => {
        this.#waiting = this.#waiting.filter((other) => other !== waiting);
      },
    };
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    return sleepBy(this, ms, signal);
  }

  /** How many timers are set: 0 after everything was disposed. */
  get pending(): number {
    return this.#waiting.length;
  }

  /** Steps the wall clock only, as NTP or a dead battery would. */
  stepWall(ms: number): void {
    this.#offsetMs += ms;
  }

  /** Lets `ms` pass, ringing timers in order and giving promises their turn after each. */
  async advance(ms: number): Promise<void> {
    const endMs = this.#monotonicMs + ms;
    await settle();
    for (;;) {
      const next = this.#waiting
        .filter((waiting) => waiting.dueMs <= endMs)
        .sort((a, b) => a.dueMs - b.dueMs || a.order - b.order)[0];
      if (next === undefined) break;
      this.#waiting = this.#waiting.filter((waiting) => waiting !== next);
      this.#monotonicMs = Math.max(this.#monotonicMs, next.dueMs);
      next.ring();
      await settle();
    }
    this.#monotonicMs = endMs;
    await settle();
  }
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
  await new Promise((resolve) => setImmediate(resolve));
}
