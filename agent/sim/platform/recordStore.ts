/** What the stand-in platform holds: each record once, as the bytes that came, and what that adds up to. */

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { invariant } from "../../../config/words/result.ts";
import type { SeqRange } from "../../records.ts";
import { type Counted, keyOf, LifeAccounts } from "./lifeAccounts.ts";
import type { Arrival, Life, LifeSummary } from "./lives.ts";

export interface StoredRecord extends Life {
  readonly seq: number;
  readonly kind: string;
  readonly replay: boolean;
  /** Place in the order of arrival. */
  readonly arrival: number;
  readonly bytes: Uint8Array;
}

export interface RecordStore extends Disposable {
  /** All or none, durably. Returns the lives touched, each with the numbers that came (again). */
  add(arrivals: readonly Arrival[]): ReadonlyMap<LifeSummaryKey, LifeArrivals>;
  readonly duplicates: number;
  /** Duplicates whose bytes differ: must never happen. */
  readonly conflicts: number;
  summaries(): readonly LifeSummary[];
  /** Records in order of arrival, in pieces. */
  pages(): Iterable<readonly StoredRecord[]>;
  /** Those of one kind, in order of arrival. */
  ofKind(kind: string): Iterable<StoredRecord>;
  /** The bytes of the record that arrived in this place; null: there is none. */
  bytesAt(arrival: number): Uint8Array | null;
}

export type LifeSummaryKey = string;

export interface LifeArrivals {
  readonly life: Life;
  /** The whole held ranges around the numbers that came: a lost ack is made good by the next. */
  readonly held: readonly SeqRange[];
}

const pageRecords = 256;

const schema = `
  CREATE TABLE IF NOT EXISTS record (
    arrival INTEGER PRIMARY KEY,
    site TEXT NOT NULL, box TEXT NOT NULL, epoch TEXT NOT NULL, seq INTEGER NOT NULL,
    kind TEXT NOT NULL, replay INTEGER NOT NULL, readings INTEGER NOT NULL, lost INTEGER NOT NULL,
    gone TEXT NOT NULL, bytes BLOB NOT NULL,
    gone_epoch TEXT, lost_unknown INTEGER NOT NULL DEFAULT 0, was_epoch TEXT, was_seq INTEGER,
    UNIQUE (site, box, epoch, seq)
  ) STRICT`;

interface Row {
  readonly arrival: number;
  readonly site: string;
  readonly box: string;
  readonly epoch: string;
  readonly seq: number;
  readonly kind: string;
  readonly replay: number;
  readonly readings: number;
  readonly lost: number;
  readonly gone: string;
  readonly gone_epoch: string | null;
  readonly lost_unknown: number;
  readonly was_epoch: string | null;
  readonly was_seq: number | null;
  readonly bytes: Uint8Array;
}

export function openRecordStore(dataDir: string): RecordStore {
  mkdirSync(dataDir, { recursive: true });
  return new SqliteRecordStore(new Database(join(dataDir, "platform.db")));
}

class SqliteRecordStore implements RecordStore {
  readonly #db: Database.Database;
  readonly #accounts = new LifeAccounts();
  readonly #insert: Database.Statement;
  readonly #bytesOf: Database.Statement<unknown[], { bytes: Uint8Array }>;
  duplicates = 0;
  conflicts = 0;

  constructor(db: Database.Database) {
    this.#db = db;
    db.pragma("journal_mode = WAL");
    // An ack follows each commit: it must be on the disk, also after a reopen, where NORMAL is the default.
    db.pragma("synchronous = FULL");
    invariant(db.pragma("synchronous", { simple: true }) === 2, "the platform's file is not FULL");
    db.exec(schema);
    addMissingColumns(db);
    db.exec(
      "CREATE INDEX IF NOT EXISTS record_evidence ON record (kind, arrival) WHERE kind = 'evidence'",
    );
    this.#insert = db.prepare(
      `INSERT OR IGNORE INTO record (site, box, epoch, seq, kind, replay, readings, lost, gone, bytes,
         gone_epoch, lost_unknown, was_epoch, was_seq)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#bytesOf = db.prepare(
      "SELECT bytes FROM record WHERE site = ? AND box = ? AND epoch = ? AND seq = ?",
    );
    for (const page of this.#rows()) {
      for (const row of page) this.#accounts.count(countedOf(row));
    }
  }

  add(arrivals: readonly Arrival[]): ReadonlyMap<LifeSummaryKey, LifeArrivals> {
    const fresh: Arrival[] = [];
    const seen = { duplicates: 0, conflicts: 0 };
    this.#db.transaction(() => {
      for (const arrival of arrivals) {
        if (this.#insertOne(arrival)) fresh.push(arrival);
        else {
          seen.duplicates += 1;
          seen.conflicts += Number(!this.#isSame(arrival));
        }
      }
    })();
    // Counted only now: a transaction that failed has held nothing.
    for (const arrival of fresh) this.#accounts.count(arrival);
    this.duplicates += seen.duplicates;
    this.conflicts += seen.conflicts;
    return this.#answers(arrivals);
  }

  #insertOne(arrival: Arrival): boolean {
    const { site, box, epoch, seq, kind, replay, readings, lost, gone, bytes } = arrival;
    const ranges = JSON.stringify(gone.map(({ from, to }) => [from, to]));
    const row = [site, box, epoch, seq, kind, Number(replay), readings, lost, ranges, bytes];
    const { goneEpoch, isLostUnknown, was } = arrival;
    const more = [goneEpoch, Number(isLostUnknown), was?.epoch ?? null, was?.seq ?? null];
    return this.#insert.run(...row, ...more).changes === 1;
  }

  #isSame({ site, box, epoch, seq, bytes }: Arrival): boolean {
    const stored = this.#bytesOf.get(site, box, epoch, seq);
    return stored !== undefined && Buffer.compare(stored.bytes, bytes) === 0;
  }

  #answers(arrivals: readonly Arrival[]): Map<LifeSummaryKey, LifeArrivals> {
    const touched = new Map<LifeSummaryKey, { life: Life; held: Map<number, SeqRange> }>();
    for (const arrival of arrivals) {
      const { life, held } = this.#accounts.of(arrival);
      const answer = touched.get(keyOf(life)) ?? { life, held: new Map<number, SeqRange>() };
      const range = held.around(arrival.seq);
      if (range !== null) answer.held.set(range.from, { from: range.from, to: range.to });
      touched.set(keyOf(life), answer);
    }
    return new Map(
      [...touched].map(([key, { life, held }]) => [key, { life, held: [...held.values()] }]),
    );
  }

  summaries(): readonly LifeSummary[] {
    return this.#accounts.summaries();
  }

  *pages(): Iterable<readonly StoredRecord[]> {
    for (const page of this.#rows()) {
      yield page.map((row) => ({ ...row, replay: row.replay === 1 }));
    }
  }

  *ofKind(kind: string): Iterable<StoredRecord> {
    const next = this.#db.prepare<unknown[], Row>(
      "SELECT * FROM record WHERE kind = ? AND arrival > ? ORDER BY arrival LIMIT 1",
    );
    for (let row = next.get(kind, 0); row !== undefined; row = next.get(kind, row.arrival)) {
      yield { ...row, replay: row.replay === 1 };
    }
  }

  bytesAt(arrival: number): Uint8Array | null {
    const row = this.#db
      .prepare<unknown[], { bytes: Uint8Array }>("SELECT bytes FROM record WHERE arrival = ?")
      .get(arrival);
    return row?.bytes ?? null;
  }

  *#rows(): Iterable<readonly Row[]> {
    const next = this.#db.prepare<unknown[], Row>(
      "SELECT * FROM record WHERE arrival > ? ORDER BY arrival LIMIT ?",
    );
    for (let after = 0; ; ) {
      const page = next.all(after, pageRecords);
      const last = page.at(-1);
      if (last === undefined) return;
      yield page;
      after = last.arrival;
    }
  }

  [Symbol.dispose](): void {
    this.#db.close();
  }
}

function rangesIn(json: string): SeqRange[] {
  const pairs = JSON.parse(json) as readonly (readonly [number, number])[];
  return pairs.map(([from, to]) => ({ from, to }));
}

function countedOf(row: Row): Counted {
  const { was_epoch: epoch, was_seq: seq } = row;
  return {
    ...row,
    gone: rangesIn(row.gone),
    goneEpoch: row.gone_epoch,
    isLostUnknown: row.lost_unknown === 1,
    was: epoch === null || seq === null ? null : { epoch, seq },
  };
}

/** Of a file that an earlier version of the stand-in wrote. */
function addMissingColumns(db: Database.Database): void {
  const names = db.prepare("SELECT name FROM pragma_table_info('record')").pluck().all();
  if (names.includes("was_seq")) return;
  db.exec(`
    ALTER TABLE record ADD COLUMN gone_epoch TEXT;
    ALTER TABLE record ADD COLUMN lost_unknown INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE record ADD COLUMN was_epoch TEXT;
    ALTER TABLE record ADD COLUMN was_seq INTEGER;`);
}
