/** A program to be killed: writes readings and alarms, and claims on stdout what was promised durable. */

import { writeSync } from "node:fs";
import { createRealClock } from "../../agent/realClock.ts";
import { openJournal } from "../../agent/store/journal.ts";
import { alarm, block, heads, settings } from "./samples.ts";

const [file = "", firstValue = "0"] = process.argv.slice(2);
const clock = createRealClock();
const opened = await openJournal({
  file,
  heads,
  settings: { ...settings, liveEveryMs: 1_000, backlogEveryMs: 1_000 },
  site: "demo",
  box: "box1",
  clock,
});
if (!opened.ok) throw new Error(opened.error.message);
const journal = opened.value;

for (let value = Number(firstValue); ; value += 2) {
  journal.append(block(clock.now(), [value]));
  const event = alarm(clock.now(), { alarmId: `A${value + 1}`, value: value + 1 });
  await journal.commitAlarms([event], block(clock.now(), [value + 1]));
  // Written at once and whole: a claim that is still in a buffer when the kill comes is no claim.
  writeSync(1, `${value + 1}\n`);
}
