/** One measured filling of one kind of journal, as a process of its own; prints its figures and ends. */

import { closeSync, fdatasyncSync, openSync, readFileSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import type { Lane } from "../../../agent/records.ts";
import { settingsOf } from "../measure/child.ts";
import { usageOf } from "../measure/cpu.ts";
import { columnsOf, openFilling } from "./filledEngine.ts";
import { TankCheck } from "./tankCheck.ts";
import { type DataKind, decimalsOf, type TankData, tankData } from "./tankData.ts";

export interface JournalRun {
  readonly design: "file" | "rows" | "live" | "backlog";
  readonly data: DataKind;
  readonly tags: number;
  readonly seconds: number;
  readonly seed: number;
  readonly dir: string;
}

export interface JournalFigures {
  /** Readings kept, and those of them that `cpuS` and `deviceBytes` are for: after the warm-up. */
  readonly readings: number;
  readonly measuredReadings: number;
  readonly cpuS: number;
  /** Bytes of what is kept: pages of tables and indexes for a database, without its list of points. */
  readonly keptBytes: number;
  readonly fileBytes: number;
  readonly deviceBytes: number;
  /** Readings read back that are not what was put in, or are missing. */
  readonly wrong: number;
  readonly differing: number;
}

interface Filled {
  readonly cpuS: number;
  readonly deviceBytes: number;
  readonly keptBytes: number;
  readonly fileBytes: number;
  readonly wrong: number;
}

const startWallMs = 1_767_225_600_000;
const run = settingsOf<JournalRun>();
const data = tankData({ ...run, kind: run.data });

/** Feeds all seconds, then ends; measures from the end of the warm-up: an agent runs for months. */
function measured(
  feed: (second: number) => void,
  end: () => void,
): { cpuS: number; deviceBytes: number } {
  const warmUp = warmUpSeconds(run);
  for (let second = 0; second < warmUp; second += 1) feed(second);
  const before = usageOf("self");
  for (let second = warmUp; second < run.seconds; second += 1) feed(second);
  end();
  const after = usageOf("self");
  return {
    cpuS: after.cpuS - before.cpuS,
    deviceBytes: after.deviceBytes - before.deviceBytes,
  };
}

/** One whole round of sealing, where there is time for it. */
function warmUpSeconds({ seconds }: JournalRun): number {
  return Math.min(60, Math.floor(seconds / 3));
}

/** The floor: what comes in is appended as it is, and forced to the disk once a second. */
function plainFile(): Filled {
  const file = join(run.dir, "raw");
  const handle = openSync(file, "w");
  const cost = measured(
    (second) => {
      const values = data.seconds[second] ?? new Float64Array(0);
      writeSync(handle, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
      fdatasyncSync(handle);
    },
    () => closeSync(handle),
  );
  const bytes = readFileSync(file);
  let wrong = 0;
  for (const [second, values] of data.seconds.entries()) {
    for (let tag = 0; tag < run.tags; tag += 1) {
      wrong += Number(bytes.readDoubleLE((second * run.tags + tag) * 8) !== values[tag]);
    }
  }
  return { ...cost, keptBytes: bytes.length, fileBytes: bytes.length, wrong };
}

/** The naive journal: a row per reading, an index to find a tag's history, one transaction a second. */
function rows(): Filled {
  const file = join(run.dir, "rows.db");
  const db = new Database(file);
  db.pragma("journal_mode = WAL");
  db.pragma("synchronous = FULL");
  db.exec(`CREATE TABLE reading (tag TEXT NOT NULL, ts INTEGER NOT NULL, value REAL, quality INTEGER);
    CREATE INDEX reading_tag ON reading (tag, ts)`);
  const insert = db.prepare("INSERT INTO reading VALUES (?, ?, ?, 0)");
  const names = Array.from({ length: run.tags }, (_, tag) => `TANK-${tag}.PV`);
  const commit = db.transaction((second: number) => {
    const ts = startWallMs + second * 1_000;
    for (const [tag, name] of names.entries()) insert.run(name, ts, data.seconds[second]?.[tag]);
  });
  const cost = measured(commit, () => {});
  const found = db
    .prepare<unknown[], { value: number }>("SELECT value FROM reading ORDER BY rowid")
    .all();
  let wrong = Math.abs(found.length - run.tags * run.seconds);
  found.forEach(({ value }, i) => {
    wrong += Number(value !== data.seconds[Math.floor(i / run.tags)]?.[i % run.tags]);
  });
  db.pragma("wal_checkpoint(TRUNCATE)");
  const keptBytes = pageBytes(db, ["reading", "reading_tag"]);
  db.close();
  return { ...cost, keptBytes, fileBytes: statSync(file).size, wrong };
}

function ours(uplink: "live" | "down"): Filled {
  const file = join(run.dir, "journal.db");
  // Made before: the agent's polling path makes these, and is measured elsewhere.
  const columns = data.seconds.map((_, second) => columnsOf(data, second, startWallMs));
  using filling = openFilling({
    file,
    tags: run.tags,
    decimals: decimalsOf(run.data),
    uplink,
    startWallMs,
  });
  const cost = measured(
    (second) => {
      const one = columns[second];
      if (one !== undefined) filling.feed(one);
    },
    () => filling.close(),
  );
  filling[Symbol.dispose]();
  const wrong = wrongInJournal(file, data);
  const db = new Database(file, { readonly: true });
  const names = db
    .prepare<unknown[], { name: string }>(
      "SELECT name FROM sqlite_schema WHERE rootpage > 0 AND tbl_name <> 'point'",
    )
    .all()
    .map(({ name }) => name);
  const keptBytes = pageBytes(db, names);
  db.close();
  return { ...cost, keptBytes, fileBytes: statSync(file).size, wrong };
}

function pageBytes(db: Database.Database, names: readonly string[]): number {
  const size = db.prepare<unknown[], { bytes: number | null }>(
    "SELECT sum(pgsize) AS bytes FROM dbstat WHERE name = ?",
  );
  return names.reduce((sum, name) => sum + (size.get(name)?.bytes ?? 0), 0);
}

/** Opens the journal again and decodes every record, as a platform would. */
function wrongInJournal(file: string, expected: TankData): number {
  using filling = openFilling({
    file,
    tags: expected.tags,
    decimals: decimalsOf(run.data),
    uplink: "down",
    startWallMs: startWallMs + 86_400_000,
  });
  const check = new TankCheck(expected, startWallMs);
  for (const lane of ["live", "backlog"] as const) {
    for (const bytes of recordsOf(filling.engine, lane)) check.take(bytes);
  }
  filling.close();
  return check.wrong;
}

function* recordsOf(engine: ReturnType<typeof openFilling>["engine"], lane: Lane) {
  for (let afterSeq = 0; ; ) {
    const next = engine.next({ lane, afterSeq, maxRecords: 64, maxBytes: 4 * 2 ** 20 });
    if (!next.ok) throw new Error(next.error.message);
    const last = next.value.at(-1);
    if (last === undefined) return;
    for (const record of next.value) if (record.kind === "readings") yield record.bytes;
    afterSeq = last.seq;
  }
}

const designs: Readonly<Record<JournalRun["design"], () => Filled>> = {
  file: plainFile,
  rows,
  live: () => ours("live"),
  backlog: () => ours("down"),
};
const figures: JournalFigures = {
  readings: run.tags * run.seconds,
  measuredReadings: run.tags * (run.seconds - warmUpSeconds(run)),
  differing: data.differing,
  ...designs[run.design](),
};
process.stdout.write(`${JSON.stringify(figures)}\n`);
