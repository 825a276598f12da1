/**
 * Evictions not yet told: while the uplink is down they are summed here, so that a long outage at the
 * size limit does not fill the journal with gap records. They count as declared lost from the start.
 */

import type { Database } from "better-sqlite3";
import type { SeqRange } from "../records.ts";

export interface OpenGap {
  readonly fromWallMs: number;
  readonly toWallMs: number;
  readonly lost: number;
  readonly seqs: readonly SeqRange[];
  readonly points: Readonly<Record<string, number>>;
  /** Age of the journal when the first loss was added. */
  readonly sinceAgeMs: number;
}

export interface OpenGapTable {
  read(): OpenGap | null;
  /** Whether there is one, and how old and how long its list of ranges has become. */
  head(): { readonly sinceAgeMs: number; readonly ranges: number } | null;
  /** Replaces it, within a transaction. */
  write(gap: OpenGap): void;
  clear(): void;
}

interface Row {
  readonly from_wall: number;
  readonly to_wall: number;
  readonly lost: number;
  readonly seqs: string;
  readonly since_age: number;
}

export function openOpenGapTable(db: Database): OpenGapTable {
  const read = db.prepare<[], Row>("SELECT * FROM open_gap");
  const readPoints = db.prepare<[], { readonly tag: string; readonly lost: number }>(
    "SELECT tag, lost FROM open_gap_point",
  );
  const write = db.prepare<[number, number, number, string, number]>(
    `INSERT OR REPLACE INTO open_gap (id, from_wall, to_wall, lost, seqs, since_age)
     VALUES (1, ?, ?, ?, ?, ?)`,
  );
  const writePoint = db.prepare<[string, number]>(
    "INSERT OR REPLACE INTO open_gap_point (tag, lost) VALUES (?, ?)",
  );
  const clear = db.prepare("DELETE FROM open_gap");
  const clearPoints = db.prepare("DELETE FROM open_gap_point");
  const rangesIn = (text: string): SeqRange[] =>
    (JSON.parse(text) as [number, number][]).map(([from, to]) => ({ from, to }));
  return {
    read() {
      const row = read.get();
      if (row === undefined) return null;
      return {
        fromWallMs: row.from_wall,
        toWallMs: row.to_wall,
        lost: row.lost,
        seqs: rangesIn(row.seqs),
        points: Object.fromEntries(readPoints.all().map(({ tag, lost }) => [tag, lost])),
        sinceAgeMs: row.since_age,
      };
    },
    head() {
      const row = read.get();
      return row === undefined
        ? null
        : { sinceAgeMs: row.since_age, ranges: rangesIn(row.seqs).length };
    },
    write(gap) {
      const seqs = JSON.stringify(gap.seqs.map(({ from, to }) => [from, to]));
      write.run(
        Math.round(gap.fromWallMs),
        Math.round(gap.toWallMs),
        gap.lost,
        seqs,
        Math.round(gap.sinceAgeMs),
      );
      for (const [tag, lost] of Object.entries(gap.points)) writePoint.run(tag, lost);
    },
    clear() {
      clear.run();
      clearPoints.run();
    },
  };
}
