/** Damage, size limit, full disk, age: every loss is counted and told, nothing wrong is ever sent. */

import { statSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import type { Lane, SealedRecord } from "../../agent/records.ts";
import type { Engine } from "../../agent/store/engine.ts";
import { isInOrder } from "../../agent/store/inspection.ts";
import { type GapBody, gapBodySchema } from "../../agent/wire/envelope.ts";
import { columnsOfBlock } from "../../agent/wire/readingColumns.ts";
import { alarm, block } from "./samples.ts";
import { bodyOf, close, HandClock, look, open, scratchFolder } from "./scratchJournal.ts";

function waiting(engine: Engine, lane: Lane): readonly SealedRecord[] {
  const next = engine.next({ lane, afterSeq: 0, maxRecords: 100_000, maxBytes: 1e9 });
  if (!next.ok) throw new Error(next.error.message);
  return next.value;
}

function gaps(engine: Engine): GapBody[] {
  return waiting(engine, "gap").map(({ bytes }) => gapBodySchema.parse(bodyOf(bytes)));
}

/** Hard to compress: about nine bytes a reading. */
function noise(count: number, seed: number): number[] {
  return Array.from({ length: count }, (_, i) => Math.sin(seed * 1e4 + i) * 100);
}

function appendNoise(engine: Engine, clock: HandClock, count: number, seed: number): void {
  engine.append(
    columnsOfBlock({
      takenAt: clock.now(),
      points: new Uint32Array(count).fill(2),
      values: Float64Array.from(noise(count, seed)),
      qualities: new Uint8Array(count),
    }),
  );
}

test("a record with one flipped bit is never given out, but declared lost by its number", () => {
  const clock = new HandClock();
  const file = join(scratchFolder(), "journal.db");
  const life = open(file, clock, { liveEveryMs: 1_000, backlogEveryMs: 1_000 });
  for (let second = 0; second < 3; second += 1) {
    life.engine.append(columnsOfBlock(block(clock.now(), [second, 2, 3])));
    clock.pass(1_000);
    life.engine.commit();
  }
  const [, second] = waiting(life.engine, "backlog");
  const seq = second?.seq ?? 0;
  const bytes = Buffer.from(second?.bytes ?? []);
  bytes[100] = (bytes[100] ?? 0) ^ 1;
  const vandal = new Database(file);
  vandal.prepare("UPDATE payload SET bytes = ? WHERE seq = ?").run(bytes, seq);
  vandal.close();

  expect(look(file).faults).toEqual([{ seq, what: expect.stringContaining("checksum") }]);
  expect(isInOrder(look(file))).toBe(false);
  expect(waiting(life.engine, "backlog").map((record) => record.seq)).not.toContain(seq);
  expect(gaps(life.engine)).toEqual([
    expect.objectContaining({ reason: "damaged", lost: 3, seqs: [[seq, seq]], points: null }),
  ]);
  expect(life.engine.stats().account).toEqual({
    made: 9,
    delivered: 0,
    stored: 6,
    declaredLost: 3,
  });
  expect(isInOrder(look(file))).toBe(true);
  close(life);
});

test("a damaged open row is declared lost at the next start", () => {
  const clock = new HandClock();
  const folder = scratchFolder();
  const first = open(join(folder, "journal.db"), clock);
  first.engine.append(columnsOfBlock(block(clock.now(), [1, 2])));
  first.engine.commit();
  first.engine.append(columnsOfBlock(block(clock.now(), [3])));
  first.engine.commit();
  const vandal = new Database(join(folder, "journal.db"));
  vandal.exec(`VACUUM INTO '${join(folder, "copy.db")}'`);
  vandal.close();
  const copy = new Database(join(folder, "copy.db"));
  copy.exec("UPDATE open_row SET crc = crc + 1 WHERE id = 1");
  copy.close();
  close(first);

  const second = open(join(folder, "copy.db"), clock);
  expect(second.engine.stats().account).toMatchObject({ made: 3, stored: 1, declaredLost: 2 });
  expect(gaps(second.engine)).toContainEqual(
    expect.objectContaining({ reason: "damaged", lost: 2 }),
  );
  expect(isInOrder(look(join(folder, "copy.db")))).toBe(true);
  close(second);
});

test("at the size limit the oldest undelivered readings are thinned, told once, and alarms stay", () => {
  const clock = new HandClock();
  const file = join(scratchFolder(), "journal.db");
  const pages = 200;
  const maxSizeBytes = 8 * 1024 * 1024 + pages * 4096;
  const life = open(file, clock, { maxSizeBytes, backlogEveryMs: 1_000 });
  for (let second = 0; second < 200; second += 1) {
    appendNoise(life.engine, clock, 1_000, second);
    if (second % 20 === 0) life.engine.raise([alarm(clock.now(), { alarmId: `A${second}` })]);
    clock.pass(1_000);
    expect(life.engine.commit().ok).toBe(true);
  }
  const { account, backlog } = life.engine.stats();
  expect(account.made).toBe(200_000);
  expect(account.declaredLost).toBeGreaterThan(100_000);
  expect(account.made).toBe(account.stored + account.declaredLost);
  expect(backlog.alarm.records).toBe(10);
  expect(statSync(file).size).toBeLessThanOrEqual(pages * 4096);
  // One gap for the whole outage, told when somebody listens again.
  expect(gaps(life.engine)).toEqual([]);
  life.engine.uplinkIs("live");
  life.engine.commit();
  const [gap, ...more] = gaps(life.engine);
  expect(more).toEqual([]);
  expect(gap).toMatchObject({
    reason: "thinned",
    lost: account.declaredLost,
    points: { "TT-101": account.declaredLost },
  });
  expect(isInOrder(look(file))).toBe(true);
  close(life);
});

test("delivered history goes before anything undelivered", () => {
  const clock = new HandClock();
  const file = join(scratchFolder(), "journal.db");
  const maxSizeBytes = 8 * 1024 * 1024 + 200 * 4096;
  const life = open(file, clock, { maxSizeBytes, liveEveryMs: 1_000 });
  life.engine.uplinkIs("live");
  for (let second = 0; second < 100; second += 1) {
    appendNoise(life.engine, clock, 1_000, second);
    clock.pass(1_000);
    expect(life.engine.commit().ok).toBe(true);
    // The very first record is never acknowledged.
    life.engine.delivered([{ from: 2, to: 1_000 }]);
  }
  expect(life.engine.stats().account).toMatchObject({ made: 100_000, declaredLost: 0 });
  const undelivered = [...waiting(life.engine, "live"), ...waiting(life.engine, "backlog")];
  expect(undelivered.map(({ seq }) => seq)).toContain(1);
  expect(isInOrder(look(file))).toBe(true);
  close(life);
});

test("delivered readings and alarms stay as long as they shall, by running time alone", () => {
  const clock = new HandClock();
  const file = join(scratchFolder(), "journal.db");
  const keeps = { keepReadingsMs: 10_000, keepAlarmsMs: 100_000, backlogEveryMs: 1_000 };
  const life = open(file, clock, keeps);
  life.engine.append(columnsOfBlock(block(clock.now(), [1])));
  life.engine.raise([alarm(clock.now())]);
  clock.pass(1_000);
  life.engine.commit();
  life.engine.delivered([{ from: 1, to: 2 }]);
  const kinds = (): unknown[] => {
    const db = new Database(file, { readonly: true });
    const all = db.prepare("SELECT kind FROM record ORDER BY kind").pluck().all();
    db.close();
    return all;
  };
  clock.stepWall(1e12);
  clock.pass(9_000);
  life.engine.commit();
  expect(kinds()).toEqual(["alarm", "readings"]);
  clock.pass(11_000);
  life.engine.commit();
  expect(kinds()).toEqual(["alarm"]);
  clock.pass(100_000);
  life.engine.commit();
  expect(kinds()).toEqual([]);
  expect(isInOrder(look(file))).toBe(true);
  close(life);
});

test("while the disk refuses, readings wait in memory; what overflows is told to the reading", () => {
  const clock = new HandClock();
  const file = join(scratchFolder(), "journal.db");
  const life = open(file, clock, { pendingReadingsMax: 10 });
  const holder = new Database(file);
  holder.exec("BEGIN IMMEDIATE");
  for (let second = 0; second < 6; second += 1) {
    life.engine.append(columnsOfBlock(block(clock.now(), [second, second, second])));
    clock.pass(1_000);
  }
  life.engine.raise([alarm(clock.now())]);
  const refused = life.engine.commit();
  expect(refused).toMatchObject({ ok: false, error: { kind: "busy" } });
  expect(life.engine.stats()).toMatchObject({
    account: { made: 0 },
    pendingReadings: 9,
    trouble: expect.stringContaining("SQLITE_BUSY"),
  });
  holder.exec("ROLLBACK");
  holder.close();
  expect(life.engine.commit().ok).toBe(true);
  expect(life.engine.stats()).toMatchObject({
    account: { made: 18, stored: 9, declaredLost: 9 },
    classes: { alarm: { made: 1, stored: 1 } },
    trouble: null,
  });
  expect(gaps(life.engine)).toEqual([
    expect.objectContaining({
      reason: "journal-overload",
      lost: 9,
      points: { "LT-101": 3, "PT-101": 3, "TT-101": 3 },
    }),
  ]);
  expect(isInOrder(look(file))).toBe(true);
  close(life);
});

test("a record never exceeds 256 KiB, whatever the readings are", () => {
  const clock = new HandClock();
  const life = open(join(scratchFolder(), "journal.db"), clock);
  appendNoise(life.engine, clock, 130_000, 7);
  clock.pass(60_000);
  life.engine.commit();
  const records = waiting(life.engine, "backlog");
  expect(records.reduce((sum, { readings }) => sum + readings, 0)).toBe(130_000);
  expect(Math.max(...records.map(({ bytes }) => bytes.length))).toBeLessThanOrEqual(262_144);
  expect(records.map(({ seq }) => seq)).toEqual(records.map((_, index) => index + 1));
  close(life);
});
