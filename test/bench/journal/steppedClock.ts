/** Time that moves only when told: a journal fed with hours of readings in seconds. */

import { type Clock, monotonicMs, wallMs } from "../../../config/words/time.ts";

export interface SteppedClock extends Clock {
  step(ms: number): void;
}

/** Starts at `startWallMs`; nothing ever rings. */
export function steppedClock(startWallMs: number): SteppedClock {
  const bootMs = 1_000_000;
  let passedMs = 0;
  const clock: SteppedClock = {
    step: (ms) => {
      passedMs += ms;
    },
    now: () => ({ wallMs: wallMs(startWallMs + passedMs), monotonicMs: clock.monotonicMs() }),
    monotonicMs: () => monotonicMs(bootMs + passedMs),
    sleep: () => new Promise(() => {}),
    timer: () => ({ cancel: () => {} }),
  };
  return clock;
}
