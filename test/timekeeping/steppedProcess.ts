/** Timekeeping on the real clock, in a process of its own whose clock somebody may set. Prints what it is told. */

import { createRealClock } from "../../agent/realClock.ts";
import { createTimekeeper } from "../../agent/timekeeping/timekeeper.ts";

const clock = createRealClock();
const stop = new AbortController();
process.on("SIGTERM", () => stop.abort());
const print = (line: object): boolean => process.stdout.write(`${JSON.stringify(line)}\n`);
const keeper = createTimekeeper({
  clock,
  machine: { run: async () => null, read: async () => null, modifiedMs: async () => null },
  onState: () => {},
  onEvent: ({ type, details }) => print({ type, stepMs: details["stepMs"] }),
});
print({ wallMs: clock.now().wallMs });
await keeper.run(stop.signal);
