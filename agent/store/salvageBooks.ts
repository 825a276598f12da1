/** What a damaged journal still says of itself: through SQLite where that reads it, and by its mark. */

import { statSync } from "node:fs";
import Database from "better-sqlite3";
import { recordKinds } from "../records.ts";
import { HeldRanges } from "../wire/heldRanges.ts";
import type { ReadingColumns } from "../wire/readingColumns.ts";
import { type Counters, openAccountTable } from "./accountTable.ts";
import { openAlarmTable } from "./alarmTable.ts";
import { openLifeTable } from "./lifeRow.ts";
import { type OpenGap, openOpenGapTable } from "./openGapTable.ts";
import { soundRow } from "./openRows.ts";
import { openPointTable, type StoredPoint } from "./pointTable.ts";
import { deliveredAgeMin, type RecordHead } from "./recordTable.ts";
import { type Marked, readMark } from "./sequenceMark.ts";

export type DeliverableHead = RecordHead & { readonly delivered_age: number | null };

export interface Books extends Disposable {
  /** Null: nothing says whose life it was. */
  readonly epoch: string | null;
  /** At least the number the next record would have got; 1: not known. */
  readonly nextSeq: number;
  readonly ageMs: number;
  /** Undelivered readings it must have held; null: not known. */
  readonly storedReadings: number | null;
  /** False: what was delivered at the end, number by number, is not known. */
  readonly isExact: boolean;
  /** A whole mark says what the last commit was. */
  readonly isMarked: boolean;
  /** What SQLite shows is the journal of this epoch, though perhaps not its last commits. */
  readonly isOurs: boolean;
  readonly nextSeqInView: number;
  /** Numbers that were gone already, whatever the reason. */
  readonly gone: HeldRanges;
  /** Those of them that had been delivered. */
  readonly goneDelivered: HeldRanges;
  /** The head as SQLite shows it; null: it shows none. */
  headOf(seq: number): DeliverableHead | null;
  /** Numbers of a range that table and index both call delivered. */
  deliveredIn(range: { readonly from: number; readonly to: number }): readonly number[];
  standing(): ReturnType<ReturnType<typeof openAlarmTable>["sound"]>["alarms"];
  points(): readonly StoredPoint[];
  /** The next open row after `id`; null: none that can be read. Damaged ones are passed by. */
  openRowAfter(id: number): { readonly id: number; readonly columns: ReadingColumns | null } | null;
  /** Losses not yet told. */
  openGaps(): readonly OpenGap[];
}

interface View {
  readonly epoch: string;
  readonly nextSeq: number;
  readonly ageMs: number;
  readonly counters: Counters;
}

export function openBooks(path: string): Books {
  const mark = readMark(path);
  // SQLite deletes the write-ahead log of an empty database, even when it only reads.
  const isEmpty = statSync(path).size === 0;
  const db = isEmpty ? null : guarded(() => new Database(path, { readonly: true, timeout: 5_000 }));
  const ask = <T>(question: (db: Database.Database) => T): T | null =>
    db === null ? null : guarded(() => question(db));
  const view = ask(viewOf);
  const { epoch, isOurs, isExact, counters } = standOf(mark, view);
  const ours = isOurs ? view : null;
  const gone = (isOurs ? ask(goneOf) : null) ?? {
    all: new HeldRanges(),
    delivered: new HeldRanges(),
  };
  const openRow = ask((one) =>
    one.prepare<[number], { id: number; readings: number; crc: number; bytes: Uint8Array }>(
      "SELECT id, readings, crc, bytes FROM open_row WHERE id > ? ORDER BY id LIMIT 1",
    ),
  );
  const head = ask((one) =>
    one.prepare<[number], DeliverableHead>("SELECT * FROM record WHERE seq = ?"),
  );
  return {
    epoch,
    isOurs,
    nextSeq: Math.max(ours?.nextSeq ?? 1, mark?.nextSeq ?? 1),
    nextSeqInView: ours?.nextSeq ?? 1,
    ageMs: Math.max(ours?.ageMs ?? 0, mark?.ageMs ?? 0),
    storedReadings: counters === null ? null : storedIn(counters),
    isExact,
    isMarked: mark?.isWhole === true,
    gone: gone.all,
    goneDelivered: gone.delivered,
    headOf: (seq) => (isOurs ? guarded(() => head?.get(seq) ?? null) : null),
    deliveredIn: (range) => (isOurs ? (ask((one) => deliveredIn(one, range)) ?? []) : []),
    standing: () => ask((one) => openAlarmTable(one).sound().alarms) ?? [],
    points: () => ask(soundPoints) ?? [],
    openRowAfter(id) {
      const row = isOurs ? guarded(() => openRow?.get(id) ?? null) : null;
      return row === null ? null : { id: row.id, columns: soundRow(row) };
    },
    openGaps: () => (isOurs ? (ask((one) => openOpenGapTable(one).all()) ?? []) : []),
    [Symbol.dispose]() {
      db?.close();
    },
  };
}

/** Whose journal it is, and which counters were its last ones: what SQLite shows, or what the mark says. */
function standOf(
  mark: Marked | null,
  view: View | null,
): Pick<Books, "epoch" | "isOurs" | "isExact"> & { readonly counters: Counters | null } {
  const epoch = mark?.epoch ?? view?.epoch ?? null;
  const isOurs = view !== null && view.epoch === epoch;
  if (!isOurs) return { epoch, isOurs, isExact: false, counters: mark?.counters ?? null };
  const isExact =
    mark === null ||
    (mark.ageMs <= view.ageMs &&
      mark.nextSeq <= view.nextSeq &&
      (mark.counters?.readings.made ?? 0) <= view.counters.readings.made);
  return { epoch, isOurs, isExact, counters: isExact ? view.counters : (mark.counters ?? null) };
}

/** Null where SQLite, or what it read, makes no sense. */
function guarded<T>(question: () => T): T | null {
  try {
    return question();
  } catch {
    // Of a file that is known to be damaged, any error only means: not to be read this way.
    return null;
  }
}

function viewOf(db: Database.Database): View | null {
  const table = openLifeTable(db);
  const life = table.read();
  const counters = openAccountTable(db).counters();
  return table.isSound(counters) ? { ...life, counters } : null;
}

function storedIn({ readings }: Counters): number {
  return readings.made - readings.delivered - readings.lost;
}

function goneOf(db: Database.Database): { all: HeldRanges; delivered: HeldRanges } {
  const rows = db
    .prepare<[], { from: number; to: number; why: string }>(
      `SELECT from_seq AS "from", to_seq AS "to", why FROM gone`,
    )
    .all();
  const all = new HeldRanges();
  const delivered = new HeldRanges();
  for (const { from, to, why } of rows) {
    all.addRange({ from, to });
    if (why === "delivered") delivered.addRange({ from, to });
  }
  return { all, delivered };
}

function deliveredIn(
  db: Database.Database,
  { from, to }: { readonly from: number; readonly to: number },
): readonly number[] {
  const inTable = db
    .prepare<[number, number, number], number>(
      "SELECT seq FROM record NOT INDEXED WHERE seq BETWEEN ? AND ? AND delivered_age >= ?",
    )
    .pluck()
    .all(from, to, deliveredAgeMin);
  const inIndex = db
    .prepare<[string, number, number], number>(
      `SELECT seq FROM record INDEXED BY record_delivered
       WHERE kind = ? AND seq BETWEEN ? AND ? AND delivered_age IS NOT NULL`,
    )
    .pluck();
  const indexed = new Set(recordKinds.flatMap((kind) => inIndex.all(kind, from, to)));
  return inTable.filter((seq) => indexed.has(seq));
}

/** Open rows name points by number: a wrong tag would be a wrong reading. */
function soundPoints(db: Database.Database): readonly StoredPoint[] {
  const answer = db.pragma("integrity_check(point)", { simple: true });
  return answer === "ok" ? openPointTable(db).all() : [];
}
