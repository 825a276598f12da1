/**
 * Opens history.db, the file beside the journal that trends, alarm history and online rate are asked from.
 *
 * Invariants:
 * - Everything in it is derived: what a power cut or a damaged page takes is at most the newest minute of trends, or
 *   the old trends; alarms are copied from the journal again. It is accounted nowhere and never sent.
 * - So synchronous=NORMAL is enough, and a file that is damaged, foreign or of another version is removed and begun anew.
 */

import { rmSync } from "node:fs";
import Sqlite, { type Database } from "better-sqlite3";

/** "HZGH" */
const applicationId = 0x485a4748;
const version = 1;

const tables = `
  CREATE TABLE point (
    id INTEGER PRIMARY KEY, tag TEXT NOT NULL, unit TEXT NOT NULL, UNIQUE (tag, unit)
  ) STRICT;
  -- Buckets of one point and one span of wall time.
  CREATE TABLE block (
    level INTEGER NOT NULL, from_ms INTEGER NOT NULL, point INTEGER NOT NULL, bytes BLOB NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX block_place ON block (level, from_ms, point);
  -- Spans that have blocks.
  CREATE TABLE span (
    level INTEGER NOT NULL, from_ms INTEGER NOT NULL, PRIMARY KEY (level, from_ms)
  ) STRICT, WITHOUT ROWID;
  -- Buckets of all points as they came, until they are sealed into blocks.
  CREATE TABLE fresh (id INTEGER PRIMARY KEY AUTOINCREMENT, bytes BLOB NOT NULL) STRICT;
  -- Of rows up to row_to, points up to point_to are in blocks already.
  CREATE TABLE sealing (
    id INTEGER PRIMARY KEY CHECK (id = 1), row_to INTEGER NOT NULL, point_to INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE online_day (
    day_ms INTEGER PRIMARY KEY, box_ms REAL NOT NULL, points_ms REAL NOT NULL,
    drop_outs INTEGER NOT NULL, skipped_ms REAL NOT NULL
  ) STRICT;
  CREATE TABLE online_mark (
    id INTEGER PRIMARY KEY CHECK (id = 1), since_ms REAL NOT NULL, alive_ms REAL NOT NULL,
    is_connected INTEGER NOT NULL
  ) STRICT;
  -- Of a journal's life, records up to seq are copied.
  CREATE TABLE copied (epoch TEXT PRIMARY KEY, seq INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE alarm (
    id INTEGER PRIMARY KEY, epoch TEXT NOT NULL, seq INTEGER NOT NULL, at_ms REAL NOT NULL,
    alarm_id TEXT NOT NULL, source TEXT NOT NULL, type TEXT NOT NULL, event TEXT NOT NULL,
    priority INTEGER NOT NULL, words TEXT NOT NULL, line TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX alarm_identity ON alarm (epoch, seq);
  CREATE INDEX alarm_time ON alarm (at_ms, id);
  CREATE INDEX alarm_key ON alarm (source, type, at_ms, id);
  CREATE INDEX alarm_occurrence ON alarm (alarm_id);
  -- Stretches of time that readings are missing from, or that the clock went over twice.
  CREATE TABLE gap (
    id INTEGER PRIMARY KEY, epoch TEXT NOT NULL, seq INTEGER NOT NULL, from_ms REAL NOT NULL,
    to_ms REAL NOT NULL, reason TEXT NOT NULL, tags TEXT
  ) STRICT;
  CREATE UNIQUE INDEX gap_identity ON gap (epoch, seq) WHERE seq > 0;
  CREATE INDEX gap_time ON gap (to_ms);
`;

export interface OpenedTrends {
  readonly db: Database;
  /** Why an earlier file was removed; null: it was not. */
  readonly begunAnew: string | null;
}

/** @throws what SQLite or the disk says when not even a fresh file can be made. */
export function openTrendDatabase(file: string): OpenedTrends {
  try {
    return { db: open(file), begunAnew: null };
  } catch (error) {
    for (const suffix of ["", "-wal", "-shm", "-journal"]) {
      rmSync(`${file}${suffix}`, { force: true });
    }
    const why = error instanceof Error ? error.message : String(error);
    return { db: open(file), begunAnew: why };
  }
}

function open(file: string): Database {
  const db = new Sqlite(file, { timeout: 5_000 });
  try {
    db.pragma("journal_mode = WAL");
    db.pragma("synchronous = NORMAL");
    db.pragma("journal_size_limit = 4194304");
    const isEmpty = db.prepare("SELECT count(*) FROM sqlite_schema").pluck().get() === 0;
    if (isEmpty) {
      db.transaction(() => {
        db.exec(tables);
        db.pragma(`application_id = ${applicationId}`);
        db.pragma(`user_version = ${version}`);
      })();
    }
    const is = [
      db.pragma("application_id", { simple: true }),
      db.pragma("user_version", { simple: true }),
    ];
    if (is[0] !== applicationId || is[1] !== version) throw new Error("it is of another program");
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

export function fileBytes(db: Database): number {
  const read = (pragma: string) => Number(db.pragma(pragma, { simple: true }));
  return (read("page_count") - read("freelist_count")) * read("page_size");
}
