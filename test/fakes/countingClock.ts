/** The real clock, counting the timers that are set: 0 after everything was disposed. */

import { createRealClock, sleepBy } from "../../agent/realClock.ts";
import type { Clock, Timer } from "../../config/words/time.ts";

export interface CountingClock extends Clock {
  readonly pending: number;
}

export function createCountingClock(): CountingClock {
  const real = createRealClock();
  const set = new Set<object>();
  const timer = (ms: number, ring: () => void): Timer => {
    const key = {};
    set.add(key);
    const inner = real.timer(ms, () => {
      set.delete(key);
      ring();
    });
    return {
      cancel() {
        set.delete(key);
        inner.cancel();
      },
    };
  };
  return {
    now: () => real.now(),
    monotonicMs: () => real.monotonicMs(),
    timer,
    sleep: (ms, signal) => sleepBy({ timer }, ms, signal),
    get pending() {
      return set.size;
    },
  };
}
