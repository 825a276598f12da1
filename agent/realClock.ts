/** The only place that touches the machine's clocks and timers. */

import { type Clock, type Instant, monotonicMs, type Timer, wallMs } from "../config/words/time.ts";

/** Node's timers overflow above this; a longer wait is taken in steps. */
const timerMsMax = 2_147_483_647;

export function createRealClock(): Clock {
  // The same clock twice: this one counts from the boot, `performance.now()` is cheaper to read.
  // Its first reading is slow and not used.
  performance.now();
  const bootOffsetMs = Number(process.hrtime.bigint()) / 1e6 - performance.now();
  const clock: Clock = {
    now(): Instant {
      return { wallMs: wallMs(Date.now()), monotonicMs: clock.monotonicMs() };
    },
    monotonicMs() {
      return monotonicMs(bootOffsetMs + performance.now());
    },
    sleep: (ms, signal) => sleepBy(clock, ms, signal),
    timer(ms, ring): Timer {
      if (ms > timerMsMax) {
        let inner = clock.timer(timerMsMax, () => {
          inner = clock.timer(ms - timerMsMax, ring);
        });
        return { cancel: () => inner.cancel() };
      }
      if (ms < 1) return fineTimer(ms, ring);
      const handle = setTimeout(ring, ms);
      return { cancel: () => clearTimeout(handle) };
    },
  };
  return clock;
}

/** Node's timers know whole milliseconds: what is less is passed by letting the event loop turn. */
function fineTimer(ms: number, ring: () => void): Timer {
  const dueMs = performance.now() + ms;
  const look = (): void => {
    if (performance.now() >= dueMs) ring();
    else handle = setImmediate(look);
  };
  let handle = setImmediate(look);
  return { cancel: () => clearImmediate(handle) };
}

/** Sleep by a clock's timers: ends after `ms`, or at once when `signal` aborts, and leaves nothing behind. */
export function sleepBy(
  clock: Pick<Clock, "timer">,
  ms: number,
  signal: AbortSignal,
): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      timer.cancel();
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = clock.timer(ms, done);
    signal.addEventListener("abort", done);
  });
}
