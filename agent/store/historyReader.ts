/**
 * Reads what a journal holds, from its first record to its open rows, beside a running agent or without one.
 *
 * - Read-only, and piece by piece: every read is a short transaction of its own and no statement stays open between two
 *   pieces, so a slow taker never holds the WAL.
 * - What is read is what the journal held when it was selected: later records and rows are not part of it.
 * - Only sound bytes are given out. What is damaged, or was removed meanwhile by retention, is said in its place.
 * - Records outside of the range cost a look at their head; their payload is never read.
 */

import type { Database } from "better-sqlite3";
import { fail, ok, type Result } from "../../config/words/result.ts";
import type { Envelope } from "../wire/envelope.ts";
import { openPayload } from "../wire/payload.ts";
import { type DecodedPoint, decodeReadings } from "../wire/readingsDecoder.ts";
import { openForReading } from "./database.ts";
import {
  type Head,
  type HeadQuestion,
  headReader,
  headsOf,
  type Unreadable,
  windows,
} from "./historyHeads.ts";
import { type OpenRowBytes, openRowPoints } from "./historyOpenRow.ts";
import type { JournalError } from "./journalError.ts";
import { openPointTable, type StoredPoint } from "./pointTable.ts";
import { readable, sqliteMessage } from "./readable.ts";
import { openRecordTable, type RecordHead, type RecordTable } from "./recordTable.ts";
import { openSalvageTable } from "./salvageTable.ts";

export type HistoryPiece =
  /** A sound record of any kind but readings. */
  | { readonly kind: "record"; readonly envelope: Envelope }
  | { readonly kind: "readings"; readonly envelope: Envelope; readonly points: DecodedPoints }
  /** Readings not sealed yet: they have no number. */
  | { readonly kind: "open"; readonly points: DecodedPoints }
  | Unreadable
  /** Was there when counted, and has gone since by retention. */
  | { readonly kind: "removed"; readonly seq: number };

export type DecodedPoints = readonly DecodedPoint[];

export type HistoryQuestion = HeadQuestion;

export interface HistorySelection {
  /** Records whose head says that they may hold something of the range; each open row counts as one record. */
  readonly records: number;
  /** Readings in them. */
  readonly readings: number;
  /** Each piece holds at most one record, or one second that is not sealed yet. In the order of numbers. */
  pieces(): Generator<HistoryPiece>;
}

export interface History extends Disposable {
  /** Null: a damaged journal that cannot even say that. */
  readonly epoch: string | null;
  /** Every tag the journal has a number for. */
  readonly tags: readonly string[];
  /** Files of this folder, moved aside as damaged, whose open rows were sealed anew in this journal. */
  readonly carriedOver: ReadonlySet<string>;
  select(question: HistoryQuestion): Result<HistorySelection, string>;
  /** Whether the record of this number is here and sound. */
  holds(seq: number): boolean;
}

/** Fails when there is no journal in `file`, or none that can be read at all. */
export function openHistory(file: string): Result<History, JournalError> {
  const opened = openForReading(file);
  if (!opened.ok) return opened;
  const db = opened.value;
  try {
    return ok(historyOf(db));
  } catch (error) {
    db.close();
    return fail(unreadable(file, error));
  }
}

function unreadable(file: string, error: unknown): JournalError {
  const message = sqliteMessage(error);
  return message.includes("no such table")
    ? { kind: "foreign", message: `${file} is not a journal yet`, hint: "start the agent once" }
    : {
        kind: "damaged",
        message: `${file}: ${message}`,
        hint: "`hazgate audit --deep` tells more",
      };
}

function historyOf(db: Database): History {
  const life = db.prepare<[], { readonly epoch: string }>("SELECT epoch FROM life").get();
  const readRecord = openRecordReader(db, life?.epoch ?? null);
  const points = openPointTable(db).all();
  return {
    epoch: life?.epoch ?? null,
    tags: [...new Set(points.map(({ tag }) => tag))],
    carriedOver: carriedOverIn(db),
    select(question) {
      return readable(() => selectFrom(db, question, { readRecord, points }));
    },
    holds(seq) {
      const { kind } = readRecord({ seq, readings: 0 });
      return kind === "record" || kind === "readings";
    },
    [Symbol.dispose]: () => void db.close(),
  };
}

function carriedOverIn(db: Database): ReadonlySet<string> {
  // Format 1 knew of no salvage.
  const salvage = readable(() => openSalvageTable(db).all());
  const rows = salvage.ok ? salvage.value.filter(({ state }) => state.phase !== "records") : [];
  return new Set(rows.map(({ name }) => name));
}

function selectFrom(
  db: Database,
  question: HistoryQuestion,
  {
    readRecord,
    points,
  }: {
    readonly readRecord: (head: Head) => HistoryPiece;
    readonly points: readonly StoredPoint[];
  },
): HistorySelection {
  const rows = db.prepare<[], OpenRowBytes>(
    "SELECT readings, crc, bytes FROM open_row ORDER BY id",
  );
  const bounds = db.prepare<[], { readonly first: number | null; readonly last: number | null }>(
    // Apart: only then does SQLite look at both ends instead of at every record.
    "SELECT (SELECT min(seq) FROM record) AS first, (SELECT max(seq) FROM record) AS last",
  );
  // Together, so that no reading falls between the records and the open rows, or is in both.
  const { first, last, open } = db.transaction(() => ({
    first: 1,
    last: 0,
    ...withoutNulls(bounds.get()),
    open: question.kind === "readings" ? rows.all() : [],
  }))();
  const ask = headReader(db, question);
  const sum = { records: 0, readings: 0 };
  for (const piece of windows(first, last)) {
    const heads = readable(() => ask(piece));
    if (!heads.ok) continue;
    sum.records += heads.value.length;
    sum.readings += readingsOf(heads.value);
  }
  return {
    records: sum.records + open.length,
    readings: sum.readings + readingsOf(open),
    *pieces() {
      for (const head of headsOf(ask, { from: first, to: last })) {
        yield "what" in head ? head : readRecord(head);
      }
      for (const row of open) {
        const columns = openRowPoints(row, points);
        if (columns !== null) yield { kind: "open", points: columns };
        else yield { kind: "unreadable", from: null, to: null, ...damagedRow(row) };
      }
    },
  };
}

function withoutNulls(
  row: { readonly first: number | null; readonly last: number | null } | undefined,
) {
  return row === undefined || row.first === null || row.last === null
    ? {}
    : { first: row.first, last: row.last };
}

function damagedRow({ readings }: OpenRowBytes) {
  return { readings, what: "a second that is not sealed yet is damaged" };
}

function readingsOf(all: readonly { readonly readings: number }[]): number {
  return all.reduce((sum, { readings }) => sum + readings, 0);
}

function openRecordReader(db: Database, epoch: string | null): (head: Head) => HistoryPiece {
  const records = openRecordTable(db);
  const headOf = db.prepare<[number], RecordHead>("SELECT * FROM record WHERE seq = ?");
  const goneAt = db.prepare<[number, number], { readonly why: string }>(
    "SELECT why FROM gone WHERE from_seq <= ? AND to_seq >= ? ORDER BY from_seq DESC LIMIT 1",
  );
  const what = "its head was seen once and is not found by its number";
  return ({ seq, readings }) => {
    const read = readable(() => {
      const head = headOf.get(seq);
      const piece = head === undefined ? null : pieceOf(head, records, epoch);
      // Retention removes head and bytes together, but may do so between the two looks.
      const isThere = piece?.ok === true || headOf.get(seq) !== undefined;
      if (isThere) return piece;
      return goneAt.get(seq, seq) === undefined ? fail(what) : null;
    });
    const piece = read.ok ? read.value : read;
    if (piece === null) return { kind: "removed", seq };
    if (piece.ok) return piece.value;
    return { kind: "unreadable", from: seq, to: seq, readings, what: piece.error };
  };
}

function pieceOf(
  head: RecordHead,
  records: RecordTable,
  epoch: string | null,
): Result<HistoryPiece, string> {
  const { seq, kind, readings } = head;
  const bytes = records.sound(head);
  if (bytes === null) return fail("the bytes do not match their checksum");
  const opened = openPayload(bytes);
  if (!opened.ok) return opened;
  const envelope = opened.value;
  const isOwn = envelope.seq === seq && envelope.kind === kind;
  if (!isOwn || (epoch !== null && envelope.epoch !== epoch)) {
    return fail("the bytes are those of another record");
  }
  if (kind !== "readings") return ok({ kind: "record", envelope });
  const decoded = decodeReadings(envelope.body);
  if (!decoded.ok) return decoded;
  const held = decoded.value.reduce((sum, { values }) => sum + values.length, 0);
  return held === readings
    ? ok({ kind: "readings", envelope, points: decoded.value })
    : fail(`${held} readings held, ${readings} counted`);
}
