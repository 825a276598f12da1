/** The one row that says who this journal is, where its sequence stands and how it was left. */

import { crc32 } from "node:zlib";
import type { Database } from "better-sqlite3";
import { invariant } from "../../config/words/result.ts";
import { type Instant, monotonicMs, wallMs } from "../../config/words/time.ts";
import type { Counters } from "./accountTable.ts";
import { lazily } from "./lazily.ts";

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
  /** It has been written by a program that keeps a mark beside it. */
  readonly isMarked: boolean;
}

export interface LifeTable {
  read(): Life;
  /** Whether this row and the account's counters are those that were saved; true where no checksum was kept. */
  isSound(counters: Counters): boolean;
  /** Within a transaction. */
  save(change: {
    readonly nextSeq: number;
    readonly at: Instant;
    readonly ageMs: number;
    readonly isClean: boolean;
    /** As they are now: the row's checksum covers them too. */
    readonly counters: Counters;
  }): void;
}

interface Row {
  readonly epoch: string;
  readonly next_seq: number;
  readonly committed_wall: number | null;
  readonly committed_monotonic: number | null;
  readonly age_ms: number;
  readonly is_clean: number;
  /** Undefined in a file of format 1. */
  readonly crc: number | null | undefined;
}

export function openLifeTable(db: Database): LifeTable {
  const read = db.prepare<[], Row>("SELECT * FROM life");
  // Prepared when first used: a file of an older format is only read.
  const save = lazily(() =>
    db.prepare<[number, number, number, number, number, number]>(
      `UPDATE life SET next_seq = ?, committed_wall = ?, committed_monotonic = ?, age_ms = ?,
         is_clean = ?, crc = ?`,
    ),
  );
  const epoch = db.prepare<[], string>("SELECT epoch FROM life").pluck();
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
        isMarked: typeof row.crc === "number",
      };
    },
    isSound(counters) {
      const row = read.get();
      // A flipped type makes a blob of what was a text, and null of a checksum.
      if (row === undefined || typeof row.epoch !== "string") return false;
      return (row.crc ?? lifeCrc(row, counters)) === lifeCrc(row, counters);
    },
    save({ nextSeq, at, ageMs, isClean, counters }) {
      const row = {
        epoch: epoch.get() ?? "",
        next_seq: nextSeq,
        committed_wall: Math.round(at.wallMs),
        committed_monotonic: Math.round(at.monotonicMs),
        age_ms: Math.round(ageMs),
        is_clean: isClean ? 1 : 0,
      };
      save().run(
        row.next_seq,
        row.committed_wall,
        row.committed_monotonic,
        row.age_ms,
        row.is_clean,
        lifeCrc(row, counters),
      );
    },
  };
}

function lifeCrc(row: Omit<Row, "crc">, counters: Counters): number {
  const { epoch, next_seq, committed_wall, committed_monotonic, age_ms, is_clean } = row;
  const classes = [counters.readings, counters.alarm, counters.gap, counters.event];
  // A journal without evidence has the checksum that earlier formats gave it.
  const { made, delivered, lost } = counters.evidence;
  if (made + delivered + lost > 0) classes.push(counters.evidence);
  const counted = classes.flatMap(({ made, delivered, lost }) => [made, delivered, lost]);
  return crc32(
    JSON.stringify([
      ...[epoch, next_seq, committed_wall, committed_monotonic, age_ms, is_clean],
      ...counted,
    ]),
  );
}
