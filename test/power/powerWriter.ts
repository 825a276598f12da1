/**
 * The program whose power is cut: works on a real journal as the agent does, and writes down what it was promised.
 * Arguments: journal file, file of claims, first reading, "routine" or "all", "at-once" or "when-told".
 */

import { openSync, readSync, writeSync } from "node:fs";
import { crc32 } from "node:zlib";
import { createRealClock } from "../../agent/realClock.ts";
import { lanes } from "../../agent/records.ts";
import { openJournal } from "../../agent/store/journal.ts";
import { alarm, heads, settings } from "../store/samples.ts";
import { type Claim, contentOf, eventOf, readingsOf } from "./claims.ts";

const [file = "", claimsFile = "", firstId = "0", work = "all", start = "at-once"] =
  process.argv.slice(2);
const claims = openSync(claimsFile, "a");
/** Written whole and at once: what is still in a buffer at the end is no claim. */
const claim = (text: Claim): void => {
  writeSync(claims, `${JSON.stringify(text)}\n`);
};

// Everything is loaded by now: so a killer need not wait for that at each of a thousand kills.
if (start === "when-told") {
  writeSync(1, "ready");
  readSync(0, Buffer.alloc(1));
}
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
const first = Number(firstId);
claim({ kind: "opened", epoch: journal.epoch, first });
if (start === "when-told") writeSync(1, "opened");

const sentOf = new Map(lanes.map((lane) => [lane, 0]));

async function send(): Promise<void> {
  for (const lane of lanes) {
    const afterSeq = sentOf.get(lane) ?? 0;
    const records = await journal.next({ lane, afterSeq, maxRecords: 5, maxBytes: 1e6 });
    for (const { seq, bytes } of records) {
      claim({ kind: "sent", epoch: journal.epoch, seq, crc: crc32(bytes) });
      sentOf.set(lane, seq);
    }
    const [answered] = records;
    if (answered === undefined) continue;
    await journal.delivered([{ from: answered.seq, to: answered.seq }]);
    claim({ kind: "delivered", epoch: journal.epoch, seq: answered.seq });
    if (answered.seq % 10 !== 0) continue;
    claim({ kind: "again", seq: answered.seq });
    await journal.sendAgain([{ from: answered.seq, to: answered.seq }]);
  }
}

for (let id = first; work === "routine"; id += 1) {
  journal.append(readingsOf(clock.now(), id));
  claim({ kind: "appended", id });
  await clock.sleep(20, new AbortController().signal);
}

for (let id = first; ; id += 1) {
  if (id % 50 === 0) journal.uplinkIs(id % 100 === 0 ? "live" : "down");
  const readings = readingsOf(clock.now(), id);
  if (id % 5 < 2) {
    const event = alarm(clock.now(), { alarmId: `A${id}`, value: id });
    await journal.commitAlarms([event], readings);
    claim({ kind: "alarm", name: event.alarmId, crc: contentOf(event) });
    claim({ kind: "durable", first, upTo: id });
    continue;
  }
  journal.append(readings);
  claim({ kind: "appended", id });
  if (id % 10 === 2) {
    const event = eventOf(clock.now(), `E${id}`);
    await journal.note(event);
    claim({ kind: "event", name: `E${id}`, crc: contentOf(event) });
  } else if (id % 5 === 2) {
    await journal.commitAlarms([], null);
    claim({ kind: "durable", first, upTo: id });
  } else if (id % 5 === 3) await send();
  // Time to hand readings over by themselves, for the commit of each second.
  else if (id % 40 === 4) await clock.sleep(60, new AbortController().signal);
}
