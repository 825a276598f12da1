/** Looks at a journal without changing it: the account, holes in the sequence, and, if asked, every byte. */

import type { Database } from "better-sqlite3";
import { recordKinds, type SeqRange } from "../records.ts";
import { type Envelope, gapBodySchema } from "../wire/envelope.ts";
import { openPayload } from "../wire/payload.ts";
import { decodeReadings } from "../wire/readingsDecoder.ts";
import { type AccountByClass, balanceOf, openAccountTable } from "./accountTable.ts";
import { openLifeTable } from "./lifeRow.ts";
import { soundRow } from "./openRows.ts";
import { openRecordTable, type RecordHead } from "./recordTable.ts";
import { openSalvageTable, type SalvageRow } from "./salvageTable.ts";

export interface Fault {
  /** Null: an open row. */
  readonly seq: number | null;
  readonly what: string;
}

export interface Inspection {
  readonly epoch: string;
  /** Last number given out; 0: none. */
  readonly lastSeq: number;
  readonly account: AccountByClass;
  /** Numbers that are neither here nor explained. */
  readonly holes: readonly SeqRange[];
  /** Damaged journals that were moved aside, and what of them was carried over. */
  readonly salvages: readonly SalvageRow[];
  /** What the deep look found; null: it was not asked for. */
  readonly faults: readonly Fault[] | null;
}

/** Records looked at together, so that a large journal does not fill memory. */
const pieceRecords = 100;
/** More faults than this say nothing more. */
const faultsMax = 1_000;

/** One read transaction: consistent also while an agent writes. @throws SqliteError. */
export function inspect(db: Database, options: { readonly isDeep: boolean }): Inspection {
  return db.transaction((): Inspection => {
    const life = openLifeTable(db).read();
    const lastSeq = life.nextSeq - 1;
    return {
      epoch: life.epoch,
      lastSeq,
      account: openAccountTable(db).read(),
      holes: holesIn(db, lastSeq),
      salvages: salvagesIn(db),
      faults: options.isDeep ? faultsIn(db, life.epoch) : null,
    };
  })();
}

/** Whether everything that was looked at is in order. */
export function isInOrder({ account, holes, faults }: Inspection): boolean {
  return (
    recordKinds.every((name) => balanceOf(account[name]) === 0) &&
    holes.length === 0 &&
    (faults === null || faults.length === 0)
  );
}

/** A file of format 1 knows of none. */
function salvagesIn(db: Database): readonly SalvageRow[] {
  const isKnown = db.prepare("SELECT count(*) FROM sqlite_schema WHERE name = 'salvage'").pluck();
  return isKnown.get() === 1 ? openSalvageTable(db).all() : [];
}

function holesIn(db: Database, lastSeq: number): readonly SeqRange[] {
  const present = db
    .prepare<[], { readonly first: number; readonly last: number }>(
      `SELECT min(seq) AS first, max(seq) AS last
       FROM (SELECT seq, seq - row_number() OVER (ORDER BY seq) AS island FROM record)
       GROUP BY island
       UNION ALL SELECT from_seq, to_seq FROM gone
       ORDER BY first`,
    )
    .all();
  const holes: SeqRange[] = [];
  let next = 1;
  for (const { first, last } of present) {
    if (first > next) holes.push({ from: next, to: first - 1 });
    next = Math.max(next, last + 1);
  }
  if (next <= lastSeq) holes.push({ from: next, to: lastSeq });
  return holes;
}

function faultsIn(db: Database, epoch: string): readonly Fault[] {
  const faults: Fault[] = [];
  if (!openLifeTable(db).isSound(openAccountTable(db).counters())) {
    faults.push({ seq: null, what: "the counters do not fit their checksum" });
  }
  const records = openRecordTable(db);
  const piece = db.prepare<[number, number], RecordHead>(
    "SELECT * FROM record WHERE seq > ? ORDER BY seq LIMIT ?",
  );
  let heads = piece.all(0, pieceRecords);
  while (heads.length > 0 && faults.length < faultsMax) {
    for (const head of heads) {
      const what = recordFault(head, records.sound(head), epoch);
      if (what !== null) faults.push({ seq: head.seq, what });
    }
    heads = piece.all(heads.at(-1)?.seq ?? 0, pieceRecords);
  }
  const rows = db
    .prepare<[], { readonly readings: number; readonly crc: number; readonly bytes: Uint8Array }>(
      "SELECT readings, crc, bytes FROM open_row",
    )
    .all();
  for (const row of rows) {
    if (soundRow(row) === null) faults.push({ seq: null, what: "open row is damaged" });
  }
  return faults;
}

function recordFault(head: RecordHead, bytes: Uint8Array | null, epoch: string): string | null {
  if (bytes === null) return "the bytes do not match their checksum";
  const opened = openPayload(bytes);
  if (!opened.ok) return opened.error;
  const envelope = opened.value;
  if (envelope.seq !== head.seq || envelope.kind !== head.kind || envelope.epoch !== epoch) {
    return "the bytes are those of another record";
  }
  return bodyFault(head, envelope);
}

function bodyFault(head: RecordHead, { kind, body }: Envelope): string | null {
  if (kind === "gap") {
    const gap = gapBodySchema.safeParse(body);
    if (!gap.success) return gap.error.message;
    return gap.data.lost === head.readings ? null : "the loss told is not the loss counted";
  }
  if (kind !== "readings") return null;
  const points = decodeReadings(body);
  if (!points.ok) return points.error;
  const readings = points.value.reduce((sum, { values }) => sum + values.length, 0);
  return readings === head.readings ? null : `${readings} readings held, ${head.readings} counted`;
}
