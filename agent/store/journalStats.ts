/** Figures for people and for the status record. */

import type { Instant } from "../../config/words/time.ts";
import { type Account, type Lane, lanes } from "../records.ts";
import type { AccountByClass } from "./accountTable.ts";
import type { CheckFigures } from "./backgroundCheck.ts";
import { readNumber } from "./database.ts";
import type { Tables } from "./tables.ts";

export interface LaneFigures {
  readonly records: number;
  readonly readings: number;
  readonly sizeBytes: number;
}

export interface JournalStats {
  readonly epoch: string;
  /** In readings. */
  readonly account: Account;
  readonly classes: AccountByClass;
  /** Undelivered records per lane. */
  readonly backlog: Readonly<Record<Lane, LaneFigures>>;
  /** Wall time of the oldest undelivered record; null: none. */
  readonly oldestUnsentWallMs: number | null;
  /** Database file, without its write-ahead log. */
  readonly sizeBytes: number;
  readonly committedAt: Instant | null;
  /** Readings in memory, not yet made. */
  readonly pendingReadings: number;
  /** Why the last commit failed; null: it did not. */
  readonly trouble: string | null;
  /** What the background check has read and found. */
  readonly check: CheckFigures;
}

const pageBytes = 4096;

export function readStats(
  tables: Tables,
  memory: Pick<JournalStats, "pendingReadings" | "trouble" | "check">,
): JournalStats {
  return tables.db.transaction((): JournalStats => {
    const classes = tables.account.read();
    const rows = tables.records.backlog();
    const life = tables.life.read();
    const ofLane = (lane: Lane): LaneFigures => {
      const row = rows.find((candidate) => candidate.lane === lane);
      const { records = 0, readings = 0, sizeBytes = 0 } = row ?? {};
      return { records, readings, sizeBytes };
    };
    return {
      epoch: life.epoch,
      account: classes.readings,
      classes,
      backlog: Object.fromEntries(lanes.map((lane) => [lane, ofLane(lane)])) as Record<
        Lane,
        LaneFigures
      >,
      oldestUnsentWallMs: rows.reduce<number | null>(
        (oldest, row) => Math.min(oldest ?? row.oldestWallMs, row.oldestWallMs),
        null,
      ),
      sizeBytes: readNumber(tables.db, "page_count") * pageBytes,
      committedAt: life.committedAt,
      ...memory,
    };
  })();
}
