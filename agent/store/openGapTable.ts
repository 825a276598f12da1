/**
 * Losses at the size limit not yet told: while the uplink is down they are summed here, for each reason apart, so
 * that a long outage does not fill the journal with gap records. They count as declared lost from the start.
 */

import type { Database } from "better-sqlite3";
import type { Instant } from "../../config/words/time.ts";
import type { SeqRange } from "../records.ts";
import { rangesOf } from "./goneTable.ts";
import { lazily } from "./lazily.ts";

/** What is summed before it is told. */
export const openGapReasons = ["eviction", "thinned"] as const;
export type OpenGapReason = (typeof openGapReasons)[number];

export interface OpenGap {
  readonly reason: OpenGapReason;
  readonly fromWallMs: number;
  readonly toWallMs: number;
  /** On the monotonic clock of the boot in which they were taken; null: not known. */
  readonly fromMonotonicMs: number | null;
  readonly toMonotonicMs: number | null;
  readonly lost: number;
  readonly seqs: readonly SeqRange[];
  readonly points: Readonly<Record<string, number>>;
  /** Age of the journal when the first loss was added. */
  readonly sinceAgeMs: number;
}

/** What one step of retention took away. */
export interface Loss {
  readonly reason: OpenGapReason;
  readonly from: Instant;
  readonly to: Instant;
  readonly lost: number;
  /** Ascending. */
  readonly seqs: readonly number[];
  readonly points: ReadonlyMap<string, number>;
  readonly ageMs: number;
}

export interface OpenGapTable {
  read(reason?: OpenGapReason): OpenGap | null;
  all(): readonly OpenGap[];
  /** How old each is, and how long its list of ranges has become. */
  heads(): readonly { readonly sinceAgeMs: number; readonly ranges: number }[];
  /** Replaces that of its reason, within a transaction. */
  write(gap: OpenGap): void;
  /** Adds to that of its reason, within a transaction. */
  add(loss: Loss): void;
  clear(): void;
}

interface Row {
  /** Not in a file of format 1, as the monotonic times. */
  readonly reason?: OpenGapReason;
  readonly from_wall: number;
  readonly to_wall: number;
  readonly from_monotonic?: number | null;
  readonly to_monotonic?: number | null;
  readonly lost: number;
  readonly seqs: string;
  readonly since_age: number;
}

interface PointRow {
  readonly reason?: OpenGapReason;
  readonly tag: string;
  readonly lost: number;
}

export function openOpenGapTable(db: Database): OpenGapTable {
  const rows = db.prepare<[], Row>("SELECT * FROM open_gap");
  const points = db.prepare<[], PointRow>("SELECT * FROM open_gap_point");
  // Prepared when first used: a file of an older format is only read.
  const write = lazily(() =>
    db.prepare<[string, number, number, number | null, number | null, number, string, number]>(
      "INSERT OR REPLACE INTO open_gap VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    ),
  );
  const addPoint = lazily(() =>
    db.prepare<[string, string, number]>(
      `INSERT INTO open_gap_point (reason, tag, lost) VALUES (?, ?, ?)
       ON CONFLICT (reason, tag) DO UPDATE SET lost = lost + excluded.lost`,
    ),
  );
  const forgetPoints = lazily(() =>
    db.prepare<[string]>("DELETE FROM open_gap_point WHERE reason = ?"),
  );
  const clear = db.prepare("DELETE FROM open_gap");
  const clearPoints = db.prepare("DELETE FROM open_gap_point");

  const whole = ({ reason = "eviction", ...row }: Row): OpenGap => {
    const ours = points.all().filter((point) => (point.reason ?? "eviction") === reason);
    return {
      ...spanOf({ reason, ...row }),
      points: Object.fromEntries(ours.map(({ tag, lost }) => [tag, lost])),
    };
  };
  const writeHead = (gap: Omit<OpenGap, "points">): void => {
    const seqs = JSON.stringify(gap.seqs.map(({ from, to }) => [from, to]));
    write().run(
      gap.reason,
      Math.round(gap.fromWallMs),
      Math.round(gap.toWallMs),
      roundedOrNull(gap.fromMonotonicMs),
      roundedOrNull(gap.toMonotonicMs),
      gap.lost,
      seqs,
      Math.round(gap.sinceAgeMs),
    );
  };
  const find = (reason: OpenGapReason): Row | undefined =>
    rows.all().find((row) => (row.reason ?? "eviction") === reason);

  return {
    read(reason = "eviction") {
      const row = find(reason);
      return row === undefined ? null : whole(row);
    },
    all: () => rows.all().map(whole),
    heads: () =>
      rows.all().map((row) => ({ sinceAgeMs: row.since_age, ranges: rangesIn(row.seqs).length })),
    write(gap) {
      writeHead(gap);
      forgetPoints().run(gap.reason);
      for (const [tag, lost] of Object.entries(gap.points)) addPoint().run(gap.reason, tag, lost);
    },
    add(loss) {
      if (loss.seqs.length === 0) return;
      const row = find(loss.reason);
      writeHead(
        row === undefined ? begun(loss) : grown(spanOf({ ...row, reason: loss.reason }), loss),
      );
      for (const [tag, lost] of loss.points) addPoint().run(loss.reason, tag, lost);
    },
    clear() {
      clear.run();
      clearPoints.run();
    },
  };
}

function spanOf(row: Row & { readonly reason: OpenGapReason }): Omit<OpenGap, "points"> {
  return {
    reason: row.reason,
    fromWallMs: row.from_wall,
    toWallMs: row.to_wall,
    fromMonotonicMs: row.from_monotonic ?? null,
    toMonotonicMs: row.to_monotonic ?? null,
    lost: row.lost,
    seqs: rangesIn(row.seqs),
    sinceAgeMs: row.since_age,
  };
}

function begun({ reason, from, to, lost, seqs, ageMs }: Loss): Omit<OpenGap, "points"> {
  return {
    reason,
    fromWallMs: from.wallMs,
    toWallMs: to.wallMs,
    fromMonotonicMs: from.monotonicMs,
    toMonotonicMs: to.monotonicMs,
    lost,
    seqs: rangesOf(seqs),
    sinceAgeMs: ageMs,
  };
}

/** Each end keeps both its stamps: monotonic times of two boots cannot be compared. */
function grown(gap: Omit<OpenGap, "points">, loss: Loss): Omit<OpenGap, "points"> {
  const { from, to } = loss;
  const isEarlier = from.wallMs < gap.fromWallMs;
  const isLater = to.wallMs > gap.toWallMs;
  return {
    ...gap,
    fromWallMs: isEarlier ? from.wallMs : gap.fromWallMs,
    fromMonotonicMs: isEarlier ? from.monotonicMs : gap.fromMonotonicMs,
    toWallMs: isLater ? to.wallMs : gap.toWallMs,
    toMonotonicMs: isLater ? to.monotonicMs : gap.toMonotonicMs,
    lost: gap.lost + loss.lost,
    seqs: merged(gap.seqs, rangesOf(loss.seqs)),
  };
}

function merged(a: readonly SeqRange[], b: readonly SeqRange[]): readonly SeqRange[] {
  const ranges: { from: number; to: number }[] = [];
  for (const range of [...a, ...b].sort((x, y) => x.from - y.from)) {
    const last = ranges.at(-1);
    if (last !== undefined && last.to === range.from - 1) last.to = range.to;
    else ranges.push({ ...range });
  }
  return ranges;
}

function rangesIn(text: string): SeqRange[] {
  return (JSON.parse(text) as [number, number][]).map(([from, to]) => ({ from, to }));
}

function roundedOrNull(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms);
}
