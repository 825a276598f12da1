/** The one row that says who this journal is, where its sequence stands and how it was left. */

import type { Database } from "better-sqlite3";
import { invariant } from "../../config/words/result.ts";
import { type Instant, monotonicMs, wallMs } from "../../config/words/time.ts";

export interface Life {
  readonly epoch: string;
  /** The number the next record gets. */
  readonly nextSeq: number;
  /** Moment of the last commit; null: there was none yet. */
  readonly committedAt: Instant | null;
  /** How long agents have run on this journal, by the monotonic clock: what retention counts in. */
  readonly ageMs: number;
  /** The last agent said goodbye. */
  readonly isClean: boolean;
}

export interface LifeTable {
  read(): Life;
  /** Within a transaction. */
  save(change: {
    readonly nextSeq: number;
    readonly at: Instant;
    readonly ageMs: number;
    readonly isClean: boolean;
  }): void;
}

interface Row {
  readonly epoch: string;
  readonly next_seq: number;
  readonly committed_wall: number | null;
  readonly committed_monotonic: number | null;
  readonly age_ms: number;
  readonly is_clean: number;
}

export function openLifeTable(db: Database): LifeTable {
  const read = db.prepare<[], Row>("SELECT * FROM life");
  const save = db.prepare<[number, number, number, number, number]>(
    `UPDATE life SET next_seq = ?, committed_wall = ?, committed_monotonic = ?, age_ms = ?,
       is_clean = ?`,
  );
  return {
    read() {
      const row = read.get();
      invariant(row !== undefined, "the journal has no life row");
      const { committed_wall: wall, committed_monotonic: monotonic } = row;
      return {
        epoch: row.epoch,
        nextSeq: row.next_seq,
        committedAt:
          wall === null || monotonic === null
            ? null
            : { wallMs: wallMs(wall), monotonicMs: monotonicMs(monotonic) },
        ageMs: row.age_ms,
        isClean: row.is_clean === 1,
      };
    },
    save({ nextSeq, at, ageMs, isClean }) {
      save.run(
        nextSeq,
        Math.round(at.wallMs),
        Math.round(at.monotonicMs),
        Math.round(ageMs),
        isClean ? 1 : 0,
      );
    },
  };
}
