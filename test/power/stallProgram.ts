/**
 * Polls as the agent does while its disk hangs; obeys lines on stdin ("stalled", "released", "end") and says at last
 * how it went. Argument: journal file.
 */

import { createInterface } from "node:readline";
import { createRealClock } from "../../agent/realClock.ts";
import { openJournal } from "../../agent/store/journal.ts";
import { alarm, heads, settings } from "../store/samples.ts";
import { readingsOf } from "./claims.ts";

export interface StallOutcome {
  /** Turns of the loop while the disk hung. */
  readonly turnsWhileStalled: number;
  /** Longest time between two turns while it hung. */
  readonly turnMsMax: number;
  /** Alarms raised while it hung; durable before it went on, and in the end. */
  readonly alarms: number;
  readonly durableWhileStalled: number;
  readonly durable: number;
  /** Readings handed to the journal. */
  readonly readings: number;
  readonly made: number;
  readonly declaredLost: number;
  readonly balance: number;
}

/** Readings that may wait for the journal's thread: less than a stall of some seconds brings. */
const onTheWayMax = 600;
const turnMs = 10;
const readingsOfBlock = 3;

const [file = ""] = process.argv.slice(2);
const clock = createRealClock();
const opened = await openJournal({
  ...{ file, heads, clock, onTheWayMax, site: "demo", box: "box1" },
  settings: { ...settings, liveEveryMs: 1_000, backlogEveryMs: 1_000 },
});
if (!opened.ok) throw new Error(opened.error.message);
const journal = opened.value;

const promises: Promise<void>[] = [];
let phase = "before";
let [turns, turnMsMax, durable, durableWhileStalled, turnsWhileStalled] = [0, 0, 0, 0, 0];
let lastMs = clock.monotonicMs();

const timer = setInterval(() => {
  const nowMs = clock.monotonicMs();
  if (phase === "stalled") {
    turnMsMax = Math.max(turnMsMax, nowMs - lastMs);
    turnsWhileStalled += 1;
  }
  lastMs = nowMs;
  journal.append(readingsOf(clock.now(), turns));
  turns += 1;
  if (phase !== "stalled" || turns % 20 !== 0) return;
  const event = alarm(clock.now(), { alarmId: `A${turns}` });
  const promise = journal.commitAlarms([event], null).then(() => {
    durable += 1;
    if (phase === "stalled") durableWhileStalled += 1;
  });
  promises.push(promise);
}, turnMs);

process.stdout.write("opened\n");
for await (const line of createInterface(process.stdin)) {
  phase = line;
  if (line === "end") break;
}
clearInterval(timer);
await Promise.all(promises);
await journal.seal();
const { account } = await journal.stats();
const { made, delivered, stored, declaredLost } = account;
const outcome: StallOutcome = {
  turnsWhileStalled,
  turnMsMax,
  alarms: promises.length,
  durableWhileStalled,
  durable,
  readings: turns * readingsOfBlock,
  made,
  declaredLost,
  balance: made - delivered - stored - declaredLost,
};
await journal[Symbol.asyncDispose]();
process.stdout.write(`${JSON.stringify(outcome)}\n`);
process.exit(0);
