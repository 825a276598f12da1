/** Statements for a re-request: delivered records become undelivered again, with their bytes as they are. */

import type { Database } from "better-sqlite3";
import type { RecordKind, SeqRange } from "../records.ts";

export interface ResendTable {
  /** The opposite of `RecordTable.deliver`: marks delivered records in the range as undelivered. */
  undeliver(
    range: SeqRange,
    limit: number,
  ): readonly { readonly kind: RecordKind; readonly readings: number }[];
  /** Numbers of the range that are not held here, as the fewest ranges. */
  absentIn(range: SeqRange): readonly SeqRange[];
}

export function openResendTable(db: Database): ResendTable {
  const undeliver = db.prepare<
    [number, number, number],
    { readonly kind: RecordKind; readonly readings: number }
  >(
    `UPDATE record SET delivered_age = NULL
     WHERE seq IN (SELECT seq FROM record WHERE seq BETWEEN ? AND ? AND delivered_age IS NOT NULL
                   ORDER BY seq LIMIT ?)
     RETURNING kind, readings`,
  );
  const islands = db.prepare<[number, number], { readonly first: number; readonly last: number }>(
    `SELECT min(seq) AS first, max(seq) AS last
     FROM (SELECT seq, seq - row_number() OVER (ORDER BY seq) AS island
           FROM record WHERE seq BETWEEN ? AND ?)
     GROUP BY island ORDER BY first`,
  );
  return {
    undeliver: ({ from, to }, limit) => undeliver.all(from, to, limit),
    absentIn({ from, to }) {
      const absent: SeqRange[] = [];
      let next = from;
      for (const { first, last } of islands.all(from, to)) {
        if (first > next) absent.push({ from: next, to: first - 1 });
        next = last + 1;
      }
      if (next <= to) absent.push({ from: next, to });
      return absent;
    },
  };
}
