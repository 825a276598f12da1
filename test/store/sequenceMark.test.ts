import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { columnsOfBlock } from "../../agent/wire/readingColumns.ts";
import { block } from "./samples.ts";
import { bodyOf, close, HandClock, type Opened, open, scratchFolder } from "./scratchJournal.ts";

/** A journal that has sealed `seals` records, copied as a crash at this moment would leave it. */
function crashed(seals: number): { file: string; clock: HandClock; epoch: string } {
  const clock = new HandClock();
  const live = join(scratchFolder(), "journal.db");
  const { engine, lock }: Opened = open(live, clock);
  engine.uplinkIs("live");
  engine.commit();
  for (let i = 0; i < seals; i += 1) {
    clock.pass(5_000);
    engine.append(columnsOfBlock(block(clock.now(), [i, i + 0.5])));
    expect(engine.commit().ok).toBe(true);
  }
  const file = join(scratchFolder(), "journal.db");
  for (const suffix of ["", "-wal", ".mark"]) copyFileSync(live + suffix, file + suffix);
  close({ engine, lock });
  return { file, clock, epoch: engine.epoch };
}

/** All numbers and kinds that wait in the outbox. */
function waiting({ engine }: Opened) {
  return (["alarm", "gap", "live", "backlog"] as const).flatMap((lane) => {
    const found = engine.next({ lane, afterSeq: 0, maxRecords: 1_000, maxBytes: 1e9 });
    if (!found.ok) throw new Error(found.error.message);
    return found.value;
  });
}

test("after a kill the journal goes on in its epoch, and no number is given out twice", () => {
  const { file, clock, epoch } = crashed(20);
  const again = open(file, clock);
  expect(again.engine.epoch).toBe(epoch);
  const seqs = waiting(again).map((record) => record.seq);
  expect(new Set(seqs).size).toBe(seqs.length);
  expect(seqs.length).toBe(21);
  close(again);
});

test("a write-ahead log damaged in its middle: numbers that were given out are never given out again", () => {
  const { file, clock, epoch } = crashed(20);
  const wal = readFileSync(`${file}-wal`);
  const middle = Math.floor(wal.length / 2);
  wal[middle] = (wal[middle] ?? 0) ^ 1;
  writeFileSync(`${file}-wal`, wal);

  const again = open(file, clock);
  expect(again.engine.epoch).not.toBe(epoch);
  const gap = waiting(again).find((record) => record.kind === "gap");
  expect(gap === undefined ? null : bodyOf(gap.bytes)).toMatchObject({ reason: "damaged" });
  const folder = join(file, "..");
  expect(readdirSync(folder).some((name) => name.startsWith("journal.db.damaged-"))).toBe(true);
  close(again);
});

test("without a mark, or with one that is no mark, or an older one, the journal is taken as it is", () => {
  for (const spoil of [
    (file: string) => writeFileSync(`${file}.mark`, ""),
    (file: string) => writeFileSync(`${file}.mark`, "epoch-1 9999999999999999 0000000000000001\n"),
    (file: string) => writeFileSync(`${file}.mark`, Buffer.alloc(64)),
  ]) {
    const { file, clock, epoch } = crashed(3);
    spoil(file);
    const again = open(file, clock);
    expect(again.engine.epoch).toBe(epoch);
    close(again);
    expect(existsSync(`${file}.mark`)).toBe(true);
  }
});
