/** The journal's tables, as numbered steps that only go forward. FORMAT.md explains each column. */

import type { Database } from "better-sqlite3";

/** "HZGJ": tells a journal from any other SQLite file. */
export const applicationId = 0x485a474a;

/** Step `i` leads from version `i` to `i + 1`. Released steps never change. */
const steps: readonly string[] = [
  `
  CREATE TABLE life (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    epoch TEXT NOT NULL,
    next_seq INTEGER NOT NULL,
    committed_wall INTEGER,
    committed_monotonic INTEGER,
    age_ms INTEGER NOT NULL,
    is_clean INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE account (
    class TEXT PRIMARY KEY,
    made INTEGER NOT NULL DEFAULT 0,
    delivered INTEGER NOT NULL DEFAULT 0,
    declared_lost INTEGER NOT NULL DEFAULT 0
  ) STRICT, WITHOUT ROWID;
  INSERT INTO account (class) VALUES ('readings'), ('alarm'), ('gap'), ('event');
  CREATE TABLE point (
    number INTEGER PRIMARY KEY,
    tag TEXT NOT NULL,
    unit TEXT NOT NULL,
    decimals INTEGER NOT NULL,
    UNIQUE (tag, unit, decimals)
  ) STRICT;
  CREATE TABLE open_row (
    id INTEGER PRIMARY KEY,
    readings INTEGER NOT NULL,
    crc INTEGER NOT NULL,
    bytes BLOB NOT NULL
  ) STRICT;
  CREATE TABLE record (
    seq INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    lane TEXT NOT NULL,
    readings INTEGER NOT NULL,
    encoding TEXT NOT NULL,
    size INTEGER NOT NULL,
    crc INTEGER NOT NULL,
    from_wall INTEGER NOT NULL,
    to_wall INTEGER NOT NULL,
    delivered_age INTEGER
  ) STRICT;
  CREATE INDEX record_waiting ON record (lane, seq, kind, readings, size, from_wall)
    WHERE delivered_age IS NULL;
  CREATE INDEX record_delivered ON record (kind, seq, delivered_age)
    WHERE delivered_age IS NOT NULL;
  CREATE TABLE payload (seq INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
  CREATE TABLE gone (
    from_seq INTEGER PRIMARY KEY,
    to_seq INTEGER NOT NULL,
    why TEXT NOT NULL
  ) STRICT;
  CREATE TABLE standing (
    source TEXT NOT NULL,
    type TEXT NOT NULL,
    alarm_id TEXT NOT NULL,
    priority INTEGER NOT NULL,
    since_wall REAL NOT NULL,
    since_monotonic REAL NOT NULL,
    PRIMARY KEY (source, type)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE open_gap (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    from_wall INTEGER NOT NULL,
    to_wall INTEGER NOT NULL,
    lost INTEGER NOT NULL,
    seqs TEXT NOT NULL,
    since_age INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE open_gap_point (tag TEXT PRIMARY KEY, lost INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  `,
  `
  -- Age of the journal when the oldest reading of the record was sealed; 0: before this was kept.
  ALTER TABLE record ADD COLUMN sealed_age INTEGER NOT NULL DEFAULT 0;
  -- How often readings of this record were thinned.
  ALTER TABLE record ADD COLUMN thinned INTEGER NOT NULL DEFAULT 0;
  DROP INDEX record_waiting;
  CREATE INDEX record_waiting
    ON record (lane, seq, kind, readings, size, from_wall, thinned, sealed_age)
    WHERE delivered_age IS NULL;
  -- Checksums of what no record's checksum covers; null: from before they were kept.
  ALTER TABLE life ADD COLUMN crc INTEGER;
  ALTER TABLE standing ADD COLUMN crc INTEGER;
  ALTER TABLE open_gap ADD COLUMN reason TEXT NOT NULL DEFAULT 'eviction';
  -- A damaged journal that was moved aside: what of it is still to be carried over.
  CREATE TABLE salvage (
    path TEXT PRIMARY KEY,
    epoch TEXT,
    next_seq INTEGER NOT NULL,
    state TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  -- In which order undelivered readings are thinned, and go, when space is short.
  CREATE INDEX record_thinning ON record (thinned, sealed_age, seq)
    WHERE delivered_age IS NULL AND kind = 'readings';
  -- Losses not yet told are summed for each reason apart.
  ALTER TABLE open_gap RENAME TO open_gap_before;
  CREATE TABLE open_gap (
    reason TEXT PRIMARY KEY,
    from_wall INTEGER NOT NULL,
    to_wall INTEGER NOT NULL,
    from_monotonic INTEGER,
    to_monotonic INTEGER,
    lost INTEGER NOT NULL,
    seqs TEXT NOT NULL,
    since_age INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  INSERT INTO open_gap
    SELECT reason, from_wall, to_wall, NULL, NULL, lost, seqs, since_age FROM open_gap_before;
  DROP TABLE open_gap_before;
  ALTER TABLE open_gap_point RENAME TO open_gap_point_before;
  CREATE TABLE open_gap_point (
    reason TEXT NOT NULL,
    tag TEXT NOT NULL,
    lost INTEGER NOT NULL,
    PRIMARY KEY (reason, tag)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO open_gap_point SELECT 'eviction', tag, lost FROM open_gap_point_before;
  DROP TABLE open_gap_point_before;
  -- Who stopped the agent, when it could still be written down.
  CREATE TABLE stop (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    by TEXT NOT NULL,
    crc INTEGER NOT NULL
  ) STRICT;
  `,
  `
  -- All that is known of the alarm, as JSON; null: from before it was kept.
  ALTER TABLE standing ADD COLUMN detail TEXT;
  `,
  `
  -- Evidence of alarms takes numbers too.
  INSERT INTO account (class) VALUES ('evidence');
  `,
];

const firstLife = "INSERT INTO life (id, epoch, next_seq, age_ms, is_clean) VALUES (1, ?, 1, 0, 1)";

export const newestVersion = steps.length;

/** The tables as a version has them, so that a schema can be compared with it. */
export function makeTables(db: Database, version: number): void {
  for (const step of steps.slice(0, version)) db.exec(step);
}

/** Brings the tables to the newest version, and a new file to life, all in one transaction. */
export function migrate(
  db: Database,
  { fromVersion, newEpoch }: { readonly fromVersion: number; readonly newEpoch: string },
): void {
  if (fromVersion === newestVersion) return;
  db.transaction(() => {
    for (const step of steps.slice(fromVersion)) db.exec(step);
    if (fromVersion === 0) db.prepare(firstLife).run(newEpoch);
    db.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${newestVersion}`);
  }).immediate();
}
