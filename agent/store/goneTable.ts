/** Which sequence numbers are no longer here, and why: so that a hole nobody explains is seen as one. */

import type { Database } from "better-sqlite3";
import type { SeqRange } from "../records.ts";

/** `delivered` and then past its keeping time; `eviction` and `damaged` have a gap record. */
export type GoneReason = "delivered" | "eviction" | "damaged";

export interface GoneTable {
  /** Ascending numbers, within a transaction. */
  add(seqs: readonly number[], why: GoneReason): void;
  addRange(range: SeqRange, why: GoneReason): void;
}

interface Row {
  readonly from_seq: number;
  readonly to_seq: number;
  readonly why: GoneReason;
}

export function openGoneTable(db: Database): GoneTable {
  const before = db.prepare<[number], Row>(
    "SELECT * FROM gone WHERE from_seq <= ? ORDER BY from_seq DESC LIMIT 1",
  );
  const at = db.prepare<[number], Row>("SELECT * FROM gone WHERE from_seq = ?");
  const put = db.prepare<[number, number, GoneReason]>(
    "INSERT OR REPLACE INTO gone (from_seq, to_seq, why) VALUES (?, ?, ?)",
  );
  const remove = db.prepare<[number]>("DELETE FROM gone WHERE from_seq = ?");
  const addRange = (range: SeqRange, why: GoneReason): void => {
    let { from, to } = range;
    const left = before.get(from);
    if (left !== undefined && left.to_seq === from - 1 && left.why === why) from = left.from_seq;
    const right = at.get(to + 1);
    if (right !== undefined && right.why === why) {
      remove.run(right.from_seq);
      to = right.to_seq;
    }
    put.run(from, to, why);
  };
  return {
    addRange,
    add(seqs, why) {
      for (const range of rangesOf(seqs)) addRange(range, why);
    },
  };
}

/** Ascending numbers as the fewest inclusive ranges. */
export function rangesOf(seqs: readonly number[]): SeqRange[] {
  const ranges: { from: number; to: number }[] = [];
  for (const seq of seqs) {
    const last = ranges.at(-1);
    if (last !== undefined && last.to === seq - 1) last.to = seq;
    else ranges.push({ from: seq, to: seq });
  }
  return ranges;
}
