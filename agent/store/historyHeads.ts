/** Numbers of records of a kind and a span of time, in order, around pages that are damaged. */

import type { Database } from "better-sqlite3";
import type { RecordKind, SeqRange } from "../records.ts";
import { readable } from "./readable.ts";

/** Numbers looked through in one read transaction. */
const windowSeqs = 2_000;

/** Nothing of these numbers (null: an open row) can be trusted. `readings`: as far as known. */
export interface Unreadable {
  readonly kind: "unreadable";
  readonly from: number | null;
  readonly to: number | null;
  readonly readings: number;
  readonly what: string;
}

/** A record as its head shows it. */
export interface Head {
  readonly seq: number;
  readonly readings: number;
}

export interface HeadQuestion {
  readonly kind: RecordKind;
  /** Things of wall time `fromWallMs` <= t < `toWallMs`; both may be infinite. */
  readonly fromWallMs: number;
  readonly toWallMs: number;
}

/** Reads the heads of a range that may hold something of the question. @throws SqliteError. */
export function headReader(
  db: Database,
  question: HeadQuestion,
): (range: SeqRange) => readonly Head[] {
  const { kind, fromWallMs, toWallMs } = question;
  const heads = db.prepare<[number, number, string, number, number], Head>(
    `SELECT seq, readings FROM record
     WHERE seq BETWEEN ? AND ? AND kind = ? AND to_wall >= ? AND from_wall < ? ORDER BY seq`,
  );
  return ({ from, to }: SeqRange): readonly Head[] =>
    heads.all(from, to, kind, fromWallMs, toWallMs);
}

/** Each number once, in rising order. */
export function* headsOf(
  ask: (range: SeqRange) => readonly Head[],
  { from, to }: SeqRange,
): Generator<Head | Unreadable> {
  let seen = 0;
  for (const window of windows(from, to)) {
    for (const head of headsIn(ask, window)) {
      if ("what" in head) yield head;
      else if (head.seq <= seen) yield standsTwice(head);
      else {
        seen = head.seq;
        yield head;
      }
    }
  }
}

/** A flipped bit in a page of the tree can name one record again where another one stood. */
function standsTwice({ seq, readings }: Head): Unreadable {
  const what = "its number stands twice: where it stood before, another record is lost";
  return { kind: "unreadable", from: seq, to: seq, readings, what };
}

/** A range of numbers in pieces. */
export function* windows(first: number, last: number): Generator<SeqRange> {
  for (let from = first; from <= last; from += windowSeqs) {
    yield { from, to: Math.min(last, from + windowSeqs - 1) };
  }
}

/** Around a damaged page, as near as the single number. */
function* headsIn(
  ask: (range: SeqRange) => readonly Head[],
  range: SeqRange,
): Generator<Head | Unreadable> {
  const heads = readable(() => ask(range));
  if (heads.ok) yield* heads.value;
  else if (range.from === range.to) {
    yield { kind: "unreadable", ...range, readings: 0, what: heads.error };
  } else {
    const middle = Math.floor((range.from + range.to) / 2);
    yield* headsIn(ask, { from: range.from, to: middle });
    yield* headsIn(ask, { from: middle + 1, to: range.to });
  }
}
