/** What is sound in a damaged journal goes on in the next one, once, whatever happens meanwhile. */

import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { lanes, type SealedRecord } from "../../agent/records.ts";
import type { Engine } from "../../agent/store/engine.ts";
import { isInOrder } from "../../agent/store/inspection.ts";
import { gapBodySchema } from "../../agent/wire/envelope.ts";
import { openPayload } from "../../agent/wire/payload.ts";
import { columnsOfBlock } from "../../agent/wire/readingColumns.ts";
import { alarm, block } from "./samples.ts";
import { bodyOf, close, HandClock, look, open, scratchFolder, valuesOf } from "./scratchJournal.ts";

/** 120 records with one reading each, 30 delivered, an alarm that stands and was delivered, three open seconds. */
function damagedJournal(clock: HandClock): { file: string; epoch: string } {
  const file = join(scratchFolder(), "journal.db");
  const life = open(file, clock);
  const { engine } = life;
  engine.uplinkIs("live");
  engine.raise([alarm(clock.now())]);
  for (let i = 0; i < 120; i += 1) {
    clock.pass(5_000);
    engine.append(columnsOfBlock(block(clock.now(), [i])));
    expect(engine.commit().ok).toBe(true);
  }
  engine.delivered([{ from: 1, to: 31 }]);
  engine.append(columnsOfBlock(block(clock.now(), [500, 501])));
  engine.commit();
  const image = join(scratchFolder(), "journal.db");
  for (const end of ["", "-wal", ".mark"]) copyFileSync(file + end, image + end);
  close(life);
  // The root of everything.
  writeFileSync(image, readFileSync(image).fill(0x55, 0, 4_096));
  return { file: image, epoch: engine.epoch };
}

function waiting(engine: Engine): readonly SealedRecord[] {
  return lanes.flatMap((lane) => {
    const next = engine.next({ lane, afterSeq: 0, maxRecords: 1e4, maxBytes: 1e9 });
    if (!next.ok) throw new Error(next.error.message);
    return next.value;
  });
}

function wasOf({ bytes }: SealedRecord): string | null {
  const opened = openPayload(bytes);
  const was = opened.ok ? opened.value.was : undefined;
  return was === undefined ? null : `${was.epoch}/${was.seq}`;
}

function workToEnd(engine: Engine): void {
  for (let step = 0; step < 1_000; step += 1) {
    const done = engine.background();
    if (!done.ok) throw new Error(done.error.message);
    if (!done.value) return;
  }
}

test("undelivered records, and alarms even if delivered, come again with their old name", () => {
  const clock = new HandClock();
  const { file, epoch } = damagedJournal(clock);
  const life = open(file, clock);
  expect(life.engine.epoch).not.toBe(epoch);
  workToEnd(life.engine);
  const records = waiting(life.engine);
  const carried = records.map(wasOf).filter((was) => was !== null);
  expect(new Set(carried).size).toBe(carried.length);
  const values = records
    .filter(({ kind }) => kind === "readings")
    .flatMap(({ bytes }) => valuesOf(bytes));
  for (let i = 40; i < 120; i += 1) expect(values).toContain(i);
  const alarms = records.filter(({ kind }) => kind === "alarm");
  expect(alarms.map(wasOf)).toEqual([expect.stringContaining(`${epoch}/`)]);
  // Read through the log, which still held the first page.
  expect(life.engine.standing()).toHaveLength(1);
  const events = records.filter(({ kind }) => kind === "event").map(({ bytes }) => bodyOf(bytes));
  expect(events).toMatchObject([{ type: "journal-damaged" }, { type: "journal-salvaged" }]);
  const gaps = records
    .filter(({ kind }) => kind === "gap")
    .map(({ bytes }) => gapBodySchema.parse(bodyOf(bytes)));
  // All was found: only the start on a fresh file is told.
  expect(gaps).toMatchObject([{ reason: "damaged", lost: 0, seqs: [] }]);
  expect(values).toContain(501);
  expect(isInOrder(look(file))).toBe(true);
  close(life);
});

test("killed after any step, the salvage ends with the same records, each once", () => {
  const clock = new HandClock();
  const { file } = damagedJournal(clock);
  let now = file;
  for (let kill = 0; kill < 12; kill += 1) {
    const life = open(now, clock);
    for (let step = 0; step <= kill; step += 1) life.engine.background();
    const folder = scratchFolder();
    const from = join(now, "..");
    for (const name of readdirSync(from)) {
      if (!name.endsWith(".lock") && !name.endsWith("-shm")) {
        copyFileSync(join(from, name), join(folder, name));
      }
    }
    close(life);
    now = join(folder, "journal.db");
  }
  const life = open(now, clock);
  workToEnd(life.engine);
  const carried = waiting(life.engine)
    .map(wasOf)
    .filter((was) => was !== null);
  expect(new Set(carried).size).toBe(carried.length);
  expect(carried.length).toBeGreaterThan(80);
  expect(isInOrder(look(now))).toBe(true);
  close(life);
  const done = readdirSync(join(now, "..")).filter((name) => name.endsWith(".salvaged"));
  expect(done).toHaveLength(1);
});

test("an archive goes when its readings are too old, with everything that belongs to it", () => {
  const clock = new HandClock();
  const { file } = damagedJournal(clock);
  const life = open(file, clock, { keepReadingsMs: 3_600_000 });
  workToEnd(life.engine);
  const archives = (): string[] =>
    readdirSync(join(file, "..")).filter((name) => name.includes(".damaged-"));
  expect(archives().length).toBeGreaterThan(0);
  clock.pass(3_700_000);
  life.engine.background();
  expect(archives()).toEqual([]);
  expect(existsSync(file)).toBe(true);
  close(life);
});
