/** Traps of SQLite and of its library: shown on the bare library, absent in the journal. */

import { execFile } from "node:child_process";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { z } from "zod";
import { audit } from "../../agent/commands/audit.ts";
import type { SealedRecord } from "../../agent/records.ts";
import { openDatabase } from "../../agent/store/database.ts";
import { isInOrder } from "../../agent/store/inspection.ts";
import { gapBodySchema } from "../../agent/wire/envelope.ts";
import { columnsOfBlock } from "../../agent/wire/readingColumns.ts";
import { block } from "./samples.ts";
import {
  bodyOf,
  close,
  HandClock,
  look,
  type Opened,
  open,
  scratchFolder,
} from "./scratchJournal.ts";

const mebibyte = 1024 * 1024;
const walBytesMax = 4 * mebibyte;
const blobInsert = "INSERT INTO t (a) VALUES (zeroblob(33000))";

function bareDatabase(file = join(scratchFolder(), "bare.db")): Database.Database {
  const db = new Database(file);
  db.pragma("journal_mode = WAL");
  db.pragma(`journal_size_limit = ${walBytesMax}`);
  db.exec("CREATE TABLE t (id INTEGER PRIMARY KEY, a)");
  return db;
}

/** One second with `count` readings that hardly compress: about nine bytes each. */
function second({ engine }: Opened, clock: HandClock, count: number): boolean {
  const takenAt = clock.now();
  engine.append(
    columnsOfBlock({
      takenAt,
      points: new Uint32Array(count).fill(2),
      values: Float64Array.from(
        { length: count },
        (_, i) => 100 * Math.sin(takenAt.monotonicMs * 10 + i),
      ),
      qualities: new Uint8Array(count),
    }),
  );
  clock.pass(1_000);
  return engine.commit().ok;
}

function waiting({ engine }: Opened, lane: "backlog" | "gap"): readonly SealedRecord[] {
  const next = engine.next({ lane, afterSeq: 0, maxRecords: 100_000, maxBytes: 1e9 });
  if (!next.ok) throw new Error(next.error.message);
  return next.value;
}

test("a switch to WAL that does not happen raises no error on the bare library; the journal refuses to work so", () => {
  // SQLite knows no WAL for a temporary database, and answers with the mode that it kept.
  const bare = new Database("");
  expect(bare.pragma("journal_mode = WAL")).toEqual([{ journal_mode: "delete" }]);
  bare.exec("CREATE TABLE t (a); INSERT INTO t VALUES (1)");
  bare.close();
  const opened = openDatabase({ file: "", maxSizeBytes: 1e8, newEpoch: "e", nowWallMs: 5 });
  expect(opened).toMatchObject({
    ok: false,
    error: { kind: "settings", message: expect.stringContaining("journal_mode = WAL") },
  });
});

test("a connection that a lock kept from WAL goes on below it on the bare library; the journal is not opened", () => {
  const file = join(scratchFolder(), "journal.db");
  close(open(file, new HandClock()));
  const holder = new Database(file);
  holder.pragma("journal_mode = DELETE");
  holder.exec("BEGIN; SELECT * FROM life");
  holder.prepare("SELECT * FROM life").all();

  const bare = new Database(file, { timeout: 0 });
  expect(() => bare.pragma("journal_mode = WAL", { simple: true })).toThrow("locked");
  const options = { file, maxSizeBytes: 1e8, newEpoch: "e", nowWallMs: 5 };
  expect(openDatabase(options)).toMatchObject({
    ok: false,
    error: { kind: "unwritable", message: expect.stringContaining("SQLITE_BUSY") },
  });

  holder.close();
  bare.exec("UPDATE life SET age_ms = age_ms + 1");
  expect(bare.pragma("journal_mode", { simple: true })).toBe("delete");
  bare.close();
  const again = openDatabase(options);
  if (!again.ok) throw new Error(again.error.message);
  expect(again.value.db.pragma("journal_mode", { simple: true })).toBe("wal");
  again.value.db.close();
});

test("an iterator left open lets the bare library's WAL outgrow its limit; the journal's stays within", () => {
  const file = join(scratchFolder(), "bare.db");
  const bare = bareDatabase(file);
  bare.exec("INSERT INTO t (a) VALUES (1), (2)");
  const reader = new Database(file);
  const rows = reader.prepare("SELECT a FROM t").iterate();
  rows.next();
  const insert = bare.prepare(blobInsert);
  for (let count = 0; count < 300; count += 1) insert.run();
  expect(statSync(`${file}-wal`).size).toBeGreaterThan(2 * walBytesMax);
  rows.return?.();
  reader.close();
  bare.close();

  const clock = new HandClock();
  const journal = join(scratchFolder(), "journal.db");
  const life = open(journal, clock, { backlogEveryMs: 10_000 });
  let walBytes = 0;
  for (let count = 0; count < 300; count += 1) {
    expect(second(life, clock, 4_000)).toBe(true);
    if (count % 20 === 0) {
      expect(look(journal).faults).toEqual([]);
      const request = { lane: "backlog", afterSeq: 0, maxRecords: 3, maxBytes: 1e6 } as const;
      expect(life.engine.next(request).ok).toBe(true);
    }
    walBytes = Math.max(walBytes, statSync(`${journal}-wal`).size);
  }
  expect(statSync(journal).size).toBeGreaterThan(2 * walBytesMax);
  expect(walBytes).toBeLessThan(walBytesMax + mebibyte);
  close(life);
});

test("at its page limit the bare library reads on but takes nothing more; the journal makes room and counts", () => {
  const pages = 100;
  const bare = bareDatabase();
  bare.pragma(`max_page_count = ${pages}`);
  const insert = bare.prepare(blobInsert);
  const fill = (): void => {
    for (let count = 0; count < pages; count += 1) insert.run();
  };
  expect(fill).toThrow("full");
  expect(bare.prepare("SELECT count(*) FROM t").pluck().get()).toBe(12);
  expect(() => insert.run()).toThrow("full");
  // Below the volume's own end deleting still works, which is why the limit is there.
  bare.exec("DELETE FROM t WHERE id < 3");
  expect(insert.run().changes).toBe(1);
  bare.close();

  const clock = new HandClock();
  const file = join(scratchFolder(), "journal.db");
  const maxSizeBytes = 8 * mebibyte + pages * 4096;
  const life = open(file, clock, { maxSizeBytes, backlogEveryMs: 1_000 });
  for (let count = 0; count < 100; count += 1) expect(second(life, clock, 1_000)).toBe(true);
  const { account } = life.engine.stats();
  expect(account.declaredLost).toBeGreaterThan(0);
  expect(account.made).toBe(account.stored + account.declaredLost);
  expect(waiting(life, "backlog").length).toBeGreaterThan(0);
  expect(statSync(file).size).toBeLessThanOrEqual(pages * 4096);
  expect(isInOrder(look(file))).toBe(true);
  close(life);
});

test("the bare library keeps the pages of deleted rows; the journal gives them back", () => {
  const bareFile = join(scratchFolder(), "bare.db");
  const bare = bareDatabase(bareFile);
  const insert = bare.prepare(blobInsert);
  for (let count = 0; count < 100; count += 1) insert.run();
  bare.exec("DELETE FROM t");
  bare.pragma("wal_checkpoint(TRUNCATE)");
  expect(statSync(bareFile).size).toBeGreaterThan(3 * mebibyte);
  bare.close();

  const clock = new HandClock();
  const file = join(scratchFolder(), "journal.db");
  const life = open(file, clock, { backlogEveryMs: 10_000, keepReadingsMs: 30_000 });
  for (let count = 0; count < 120; count += 1) second(life, clock, 4_000);
  const lastSeq = waiting(life, "backlog").at(-1)?.seq ?? 0;
  life.engine.delivered([{ from: 1, to: lastSeq }]);
  const fullBytes = statSync(file).size;
  for (let count = 0; count < 60; count += 1) {
    clock.pass(10_000);
    expect(life.engine.commit().ok).toBe(true);
  }
  close(life);
  expect(fullBytes).toBeGreaterThan(3 * mebibyte);
  expect(statSync(file).size).toBeLessThan(fullBytes / 4);
  expect(isInOrder(look(file))).toBe(true);
});

/** Flips the lowest bit of the byte `offset` behind where `bytes` begins in the file. */
function flipBit(file: string, bytes: Uint8Array, offset: number): void {
  const all = readFileSync(file);
  const at = all.indexOf(bytes);
  if (at === -1) throw new Error("not in the file");
  all[at + offset] = (all[at + offset] ?? 0) ^ 1;
  writeFileSync(file, all);
}

test("a bit flipped on the disk is a wrong value on the bare library; the journal declares the record lost", () => {
  const bareFile = join(scratchFolder(), "bare.db");
  const first = bareDatabase(bareFile);
  first.prepare("INSERT INTO t (a) VALUES (?)").run("level 4.0 m");
  first.close();
  flipBit(bareFile, Buffer.from("level 4.0 m"), 6);
  const bare = new Database(bareFile);
  expect(bare.pragma("integrity_check", { simple: true })).toBe("ok");
  expect(bare.prepare("SELECT a FROM t").pluck().get()).toBe("level 5.0 m");
  bare.close();

  const clock = new HandClock();
  const dataDir = scratchFolder();
  const file = join(dataDir, "journal.db");
  const writer = open(file, clock, { backlogEveryMs: 1_000 });
  for (let value = 0; value < 3; value += 1) {
    writer.engine.append(columnsOfBlock(block(clock.now(), [value, 2, 3])));
    clock.pass(1_000);
    writer.engine.commit();
  }
  const [, damaged] = waiting(writer, "backlog");
  close(writer);
  const { seq = 0, bytes = new Uint8Array() } = damaged ?? {};
  flipBit(file, bytes, 100);

  const seen = audit({ dataDir, json: false, deep: true, lang: "en" });
  expect(seen.exitCode).toBe(5);
  expect(seen.stdout).toContain(`${seq}: the bytes do not match their checksum`);
  const life = open(file, clock);
  expect(waiting(life, "backlog").map((record) => record.seq)).not.toContain(seq);
  const gaps = waiting(life, "gap").map((gap) => gapBodySchema.parse(bodyOf(gap.bytes)));
  expect(gaps).toContainEqual(
    expect.objectContaining({ reason: "damaged", lost: 3, seqs: [[seq, seq]] }),
  );
  expect(isInOrder(look(file))).toBe(true);
  close(life);
});

test("dropped statements, pragmas and connections are collected for seconds without a crash", async () => {
  const program = fileURLToPath(new URL("./droppedStatements.ts", import.meta.url));
  for (let run = 0; run < 4; run += 1) {
    // A crash or a signal rejects here, with what it left on stderr.
    const { stdout } = await promisify(execFile)(process.execPath, [program, "1300"]);
    const counts = z.object({ made: z.number(), collected: z.number() }).parse(JSON.parse(stdout));
    expect(counts.collected).toBeGreaterThan(0);
  }
});
