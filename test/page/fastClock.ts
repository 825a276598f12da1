/** The machine's clock, going many times as fast: hours of a shift in minutes, with real timers. */

import { createRealClock } from "../../agent/realClock.ts";
import { type Clock, type Instant, monotonicMs, wallMs } from "../../config/words/time.ts";

/** One real millisecond is `times` of its own. */
export function fastClock(times: number): Clock {
  const real = createRealClock();
  const begun = real.now();
  const passedMs = (): number => (real.monotonicMs() - begun.monotonicMs) * times;
  const clock: Clock = {
    now: (): Instant => ({
      wallMs: wallMs(begun.wallMs + passedMs()),
      monotonicMs: clock.monotonicMs(),
    }),
    monotonicMs: () => monotonicMs(begun.monotonicMs + passedMs()),
    sleep: (ms, signal) => real.sleep(ms / times, signal),
    timer: (ms, ring) => real.timer(ms / times, ring),
  };
  return clock;
}
