/** A journal that an older format's own program left behind goes on under this one, with nothing changed in it. */

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import type { StandingAlarm } from "../../agent/alarmRecords.ts";
import { lanes, type SealedRecord } from "../../agent/records.ts";
import { openAlarmTable } from "../../agent/store/alarmTable.ts";
import type { Engine } from "../../agent/store/engine.ts";
import { isInOrder } from "../../agent/store/inspection.ts";
import { newestVersion } from "../../agent/store/migrations.ts";
import { markPathOf, readMark } from "../../agent/store/sequenceMark.ts";
import { gapBodySchema } from "../../agent/wire/envelope.ts";
import { columnsOfBlock } from "../../agent/wire/readingColumns.ts";
import { alarm, block, manifestBody, pieceBody } from "./samples.ts";
import { bodyOf, close, HandClock, look, open, scratchFolder, valuesOf } from "./scratchJournal.ts";

const fixture = join(import.meta.dirname, "fixtures/journal-v1.sql");
const epoch = "v1-epoch";
/** The number the next record gets, as the fixture has it. */
const nextSeq = 28;
/** In the fixture: records that wait, in the order of their numbers. */
const waitingThen = [2, 5, 6, 7, 8, 21, 23, 24, 25, 26, 27];
const deliveredThen = [3, 4, 22];

/** `EPOCH NEXT_SEQ CRC32` in one line, as format 1 marked it. */
function firstMark(seq: number): string {
  const text = `${epoch} ${String(seq).padStart(16, "0")}`;
  return `${text} ${String(crc32(text)).padStart(16, "0")}\n`;
}

function firstJournal(mark: string | null): string {
  const file = join(scratchFolder(), "journal.db");
  const db = new Database(file);
  db.exec(readFileSync(fixture, "utf8"));
  db.close();
  if (mark !== null) writeFileSync(markPathOf(file), mark);
  return file;
}

function bytesIn(file: string): ReadonlyMap<number, string> {
  const db = new Database(file, { readonly: true });
  const rows = db
    .prepare<[], { readonly seq: number; readonly bytes: Buffer }>("SELECT seq, bytes FROM payload")
    .all();
  db.close();
  return new Map(rows.map(({ seq, bytes }) => [seq, bytes.toString("hex")]));
}

function versionOf(file: string): unknown {
  const db = new Database(file, { readonly: true });
  const version = db.pragma("user_version", { simple: true });
  db.close();
  return version;
}

function waiting(engine: Engine): readonly SealedRecord[] {
  const all = lanes.flatMap((lane) => {
    const next = engine.next({ lane, afterSeq: 0, maxRecords: 1_000, maxBytes: 1e9 });
    if (!next.ok) throw new Error(next.error.message);
    return next.value;
  });
  return all.sort((a, b) => a.seq - b.seq);
}

/** The box has booted since; it has been off for an hour. */
function later(): HandClock {
  const clock = new HandClock();
  clock.pass(3_600_000);
  return clock;
}

function movedAside(file: string): readonly string[] {
  return readdirSync(join(file, "..")).filter((name) => name.includes("damaged"));
}

test.each([
  ["no mark beside it", null],
  ["the mark of its last commit beside it", firstMark(nextSeq)],
  ["an older mark beside it", firstMark(nextSeq - 3)],
])("a journal of format 1 with %s is migrated and goes on", (_, mark) => {
  const file = firstJournal(mark);
  const before = bytesIn(file);
  expect([...before.keys()]).toEqual([...waitingThen, ...deliveredThen].sort((a, b) => a - b));
  expect(versionOf(file)).toBe(1);

  const life = open(file, later());
  expect(life.engine.epoch).toBe(epoch);
  expect(movedAside(file)).toEqual([]);
  expect(versionOf(file)).toBe(newestVersion);
  const after = bytesIn(file);
  for (const [seq, bytes] of before) expect(after.get(seq), `record ${seq}`).toBe(bytes);
  expect(life.engine.standing()).toMatchObject([
    { source: "LT-101", type: "HH", alarmId: "01J0000000000000000000000A", priority: 1 },
  ]);
  expect(life.engine.stats()).toMatchObject({
    account: { made: 20_212, delivered: 12_040, stored: 172, declaredLost: 8_000 },
    classes: { alarm: { made: 3, delivered: 1, stored: 2 } },
  });
  const found = look(file);
  expect(found).toMatchObject({ epoch, holes: [], faults: [] });
  expect(isInOrder(found)).toBe(true);
  // From now on its own mark says how far it is.
  expect(readMark(file)).toMatchObject({
    format: newestVersion,
    epoch,
    nextSeq: found.lastSeq + 1,
  });
  close(life);
});

test("it drains: old records as they were, the open rows it was killed with, the loss not yet told", () => {
  const file = firstJournal(firstMark(nextSeq));
  const before = bytesIn(file);
  const clock = later();
  const life = open(file, clock);
  const { engine } = life;
  engine.uplinkIs("live");
  engine.append(columnsOfBlock(block(clock.now(), [7])));
  clock.pass(5_000);
  expect(engine.commit().ok).toBe(true);

  const records = waiting(engine);
  const old = records.filter(({ seq }) => seq < nextSeq);
  expect(old.map(({ seq }) => seq)).toEqual(waitingThen);
  for (const { seq, bytes } of old)
    expect(Buffer.from(bytes).toString("hex")).toBe(before.get(seq));
  const fresh = records.filter(({ seq }) => seq >= nextSeq);
  const gaps = fresh
    .filter(({ kind }) => kind === "gap")
    .map(({ bytes }) => gapBodySchema.parse(bodyOf(bytes)));
  expect(gaps).toMatchObject([
    { reason: "agent-stopped", lost: 0, by: expect.stringContaining("unknown") },
    { reason: "eviction", lost: 8_000, seqs: [[1, 1]], points: { "TT-101": 8_000 } },
  ]);
  const values = fresh
    .filter(({ kind }) => kind === "readings")
    .map(({ bytes }) => valuesOf(bytes).filter((value) => !Number.isNaN(value)));
  expect(values).toEqual([expect.arrayContaining([130, 131, 132, 30, 31, 32]), [7]]);

  expect(engine.delivered([{ from: 1, to: 1_000 }])).toEqual({ ok: true, value: records.length });
  expect(waiting(engine)).toEqual([]);
  // What was delivered under format 1 can be asked for again too.
  expect(engine.sendAgain([{ from: 3, to: 4 }])).toEqual({
    ok: true,
    value: { again: 2, absent: [] },
  });
  expect(waiting(engine).map(({ seq }) => seq)).toEqual([3, 4]);
  expect(isInOrder(look(file))).toBe(true);
  close(life);

  const again = open(file, clock);
  expect(again.engine.epoch).toBe(epoch);
  expect(movedAside(file)).toEqual([]);
  expect(isInOrder(look(file))).toBe(true);
  close(again);
});

test("it can be looked at before it is migrated, and is not changed by that", () => {
  const file = firstJournal(null);
  expect(look(file)).toMatchObject({ epoch, lastSeq: nextSeq - 1, holes: [], faults: [] });
  expect(isInOrder(look(file))).toBe(true);
  expect(versionOf(file)).toBe(1);
});

test("behind its old mark it has forgotten records: it is moved aside and its alarm stands on", () => {
  const file = firstJournal(firstMark(nextSeq + 1));
  const life = open(file, later());
  expect(life.engine.epoch).not.toBe(epoch);
  expect(movedAside(file).length).toBeGreaterThan(0);
  expect(life.engine.standing()).toMatchObject([{ source: "LT-101", type: "HH" }]);
  for (let step = 0; step < 1_000; step += 1) {
    const done = life.engine.background();
    if (!done.ok) throw new Error(done.error.message);
    if (!done.value) break;
  }
  const gaps = waiting(life.engine)
    .filter(({ kind }) => kind === "gap")
    .map(({ bytes }) => gapBodySchema.parse(bodyOf(bytes)));
  const ofOld = gaps.filter((gap) => gap.epoch === epoch);
  expect(ofOld).toContainEqual(expect.objectContaining({ reason: "damaged", isLostUnknown: true }));
  expect(ofOld).toContainEqual(
    expect.objectContaining({ reason: "eviction", lost: 8_000, seqs: [[1, 1]] }),
  );
  expect(isInOrder(look(file))).toBe(true);
  close(life);
});

const second = join(import.meta.dirname, "fixtures/journal-v2.sql");

/** As the program of format 2 left it, without its mark. */
function secondJournal(): string {
  const file = join(scratchFolder(), "journal.db");
  const db = new Database(file);
  db.exec(readFileSync(second, "utf8"));
  db.close();
  return file;
}

test("a journal of format 2 is migrated, its alarms stand on, and what is known of them is kept from now on", () => {
  const file = secondJournal();
  const before = bytesIn(file);
  expect(look(file)).toMatchObject({ epoch: "v2-epoch", holes: [], faults: [] });
  expect(versionOf(file)).toBe(2);

  const clock = later();
  const life = open(file, clock);
  expect(life.engine.epoch).toBe("v2-epoch");
  expect(movedAside(file)).toEqual([]);
  expect(versionOf(file)).toBe(newestVersion);
  for (const [seq, bytes] of before) expect(bytesIn(file).get(seq), `record ${seq}`).toBe(bytes);
  const old = life.engine.standing();
  expect(old.map(({ source, type, detail }) => ({ source, type, detail }))).toEqual([
    { source: "LT-101", type: "HH", detail: undefined },
    { source: "气体-1", type: "GAS2", detail: undefined },
  ]);
  const standing = standingAlarm(old[0]);
  life.engine.raise([
    alarm(clock.now(), { alarmId: standing.alarmId, event: "ack", stateAfter: "acked", standing }),
  ]);
  expect(life.engine.commit().ok).toBe(true);
  expect(isInOrder(look(file))).toBe(true);
  close(life);

  const again = open(file, clock);
  expect(movedAside(file)).toEqual([]);
  expect(again.engine.standing()).toEqual([standing, old[1]]);
  close(again);
});

test("what is known of an alarm is under its checksum, and goes on in a fresh journal when the file is damaged", () => {
  const file = secondJournal();
  const clock = later();
  const life = open(file, clock);
  const [hh, gas] = life.engine.standing();
  const standing = standingAlarm(hh);
  const event = alarm(clock.now(), {
    alarmId: standing.alarmId,
    event: "ack",
    stateAfter: "acked",
    standing,
  });
  life.engine.raise([event]);
  expect(life.engine.commit().ok).toBe(true);
  close(life);
  const change = (sql: string): void => {
    const db = new Database(file);
    db.exec(sql);
    db.close();
  };
  change("UPDATE life SET crc = crc + 1");
  const fresh = open(file, clock);
  expect(movedAside(file).length).toBeGreaterThan(0);
  expect(fresh.engine.standing()).toEqual([standing, gas]);
  close(fresh);
  change(`UPDATE standing SET detail = replace(detail, '"isAcked":true', '"isAcked":null')`);
  const db = new Database(file, { readonly: true });
  const table = openAlarmTable(db);
  expect(table.sound()).toEqual({ alarms: [gas], isAll: false });
  // Nobody can say any more what it was: it is not taken for acknowledged.
  expect(table.standing().map(({ detail }) => detail)).toEqual([undefined, undefined]);
  db.close();
});

const third = join(import.meta.dirname, "fixtures/journal-v3.sql");

test("a journal of format 3 is migrated, takes evidence from now on, and its books balance before and after", () => {
  const file = join(scratchFolder(), "journal.db");
  const db = new Database(file);
  db.exec(readFileSync(third, "utf8"));
  db.close();
  const before = bytesIn(file);
  expect(look(file)).toMatchObject({ epoch: "v3-epoch", holes: [], faults: [] });
  expect(isInOrder(look(file))).toBe(true);
  expect(versionOf(file)).toBe(3);

  const clock = later();
  const life = open(file, clock);
  expect(life.engine.epoch).toBe("v3-epoch");
  expect(movedAside(file)).toEqual([]);
  expect(versionOf(file)).toBe(newestVersion);
  for (const [seq, bytes] of before) expect(bytesIn(file).get(seq), `record ${seq}`).toBe(bytes);
  expect(life.engine.standing().map(({ detail }) => detail?.raises)).toEqual([1, 1]);
  expect(life.engine.stats().classes.evidence).toMatchObject({ made: 0, stored: 0 });
  const kept = life.engine.evidence.keep([manifestBody("b1"), pieceBody("b1", 0)]);
  expect(kept.ok).toBe(true);
  expect(life.engine.stats().classes.evidence).toMatchObject({ made: 2, stored: 2 });
  expect(isInOrder(look(file))).toBe(true);
  close(life);

  const again = open(file, clock);
  expect(movedAside(file)).toEqual([]);
  expect(again.engine.stats().classes.evidence).toMatchObject({ made: 2, stored: 2 });
  expect(readMark(file)?.counters?.evidence).toEqual({ made: 2, delivered: 0, lost: 0 });
  close(again);
});

function standingAlarm(alarm: StandingAlarm | undefined): StandingAlarm {
  if (alarm === undefined) throw new Error("no alarm stands");
  const act = { by: "李明", reason: "已派人", note: "阀门", at: alarm.since };
  return {
    ...alarm,
    detail: {
      ...{ tank: "T-101", hazard: null, value: 9.5, quality: "good", unit: "m", limit: 9 },
      ...{ reason: "9.5 >= 9", isActive: true, isAcked: true, isLatched: false, returnedAt: null },
      ...{ acked: act, handled: null, shelved: null, outOfService: null, suppressedBy: null },
      ...{ raises: 2, raisedAt: alarm.since },
    },
  };
}
