/** Lets time pass for the alarms: shelvings end, people are called again. */

import type { Clock } from "../../config/words/time.ts";
import type { AlarmEvent } from "../alarmRecords.ts";
import type { AlarmDesk } from "./alarmDesk.ts";

const everyMs = 1_000;

/** First what the site file changed, then the clock. Ends when `signal` aborts. */
export async function runDesk(options: {
  /** `tick`: all that time alone does, of the conditions too. */
  readonly desk: Pick<AlarmDesk, "reconcile" | "tick">;
  readonly clock: Clock;
  readonly commit: (events: readonly AlarmEvent[]) => void;
  readonly signal: AbortSignal;
}): Promise<void> {
  const { desk, clock, commit, signal } = options;
  commit(desk.reconcile(clock.now()));
  while (!signal.aborted) {
    await clock.sleep(everyMs, signal);
    if (!signal.aborted) commit(desk.tick(clock.now()));
  }
}
