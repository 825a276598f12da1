/** Reads the alarm and gap records of the journal that is in use, as the history copies them. */

import type { Database } from "better-sqlite3";
import type { Envelope } from "../wire/envelope.ts";
import { openPayload } from "../wire/payload.ts";
import { openForReading } from "./database.ts";
import { openRecordTable, type RecordHead } from "./recordTable.ts";

export interface JournalReader {
  readonly db: Database;
  readonly epoch: string;
  readonly last: { get(): number | null | undefined };
  readonly oldest: { get(): number | null | undefined };
  readonly heads: { all(afterSeq: number, limit: number): readonly RecordHead[] };
  readonly sound: (head: RecordHead) => Uint8Array | null;
}

/** Null: there is no journal yet. @throws when it cannot be read. */
export function openJournalReader(file: string): JournalReader | null {
  const opened = openForReading(file);
  if (!opened.ok) {
    if (opened.error.kind === "unwritable" || opened.error.kind === "foreign") return null;
    throw new Error(opened.error.message);
  }
  const db = opened.value;
  try {
    const life = db.prepare<[], string>("SELECT epoch FROM life").pluck().get();
    if (life === undefined) throw new Error(`${file} does not say which life it has`);
    const records = openRecordTable(db);
    return {
      db,
      epoch: life,
      last: db.prepare<[], number | null>("SELECT max(seq) FROM record").pluck(),
      oldest: db
        .prepare<[], number | null>(
          `SELECT min(seq) FROM (
             SELECT min(seq) AS seq FROM record WHERE lane = 'alarm' AND delivered_age IS NULL
             UNION ALL
             SELECT min(seq) FROM record WHERE kind = 'alarm' AND delivered_age IS NOT NULL)`,
        )
        .pluck(),
      heads: db.prepare<[number, number], RecordHead>(
        // In the order of numbers along the table itself: new records are few.
        "SELECT * FROM record WHERE seq > ? AND kind IN ('alarm', 'gap') ORDER BY seq LIMIT ?",
      ),
      sound: (head) => records.sound(head),
    };
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Null: damaged, or gone meanwhile; the journal's own checks tell of it. */
export function envelopeOf(head: RecordHead, journal: JournalReader): Envelope | null {
  const bytes = journal.sound(head);
  const opened = bytes === null ? null : openPayload(bytes);
  if (opened?.ok !== true) return null;
  const { seq, epoch, kind } = opened.value;
  return seq === head.seq && epoch === journal.epoch && kind === head.kind ? opened.value : null;
}
