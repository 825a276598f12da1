/**
 * What goes when it is old or space is short: delivered records first, then undelivered routine readings,
 * oldest first, each loss declared. Alarms, gaps and events never go before they were delivered.
 * Age is running time by the monotonic clock: a stepped wall clock purges nothing early.
 */

import { ok, type Result } from "../../config/words/result.ts";
import type { Instant } from "../../config/words/time.ts";
import type { RecordKind, SeqRange } from "../records.ts";
import { payloadText } from "../wire/payload.ts";
import { rangesOf } from "./goneTable.ts";
import type { StorageTrouble } from "./journalError.ts";
import type { OpenGap } from "./openGapTable.ts";
import type { Draft, Recorder } from "./recorder.ts";
import type { RecordHead } from "./recordTable.ts";
import type { Tables } from "./tables.ts";

export interface RetentionSettings {
  readonly keepReadingsMs: number;
  readonly keepAlarmsMs: number;
}

export interface Retention {
  /** One small step; true when there may be more to do. `isFull`: SQLite just had no room. */
  step(options: {
    readonly at: Instant;
    readonly ageMs: number;
    readonly isFull: boolean;
  }): Result<boolean, StorageTrouble>;
}

/** How often old records are looked for, once there are none left. */
const agedEveryMs = 10_000;
/** Records one step touches at most. */
const stepRecordsMax = 64;
/** Share of the pages kept free for alarms, gaps and the work of eviction itself. */
const reserveShare = 0.05;
/** Freed pages above this share go back to the file system, a few at a time. */
const freeShareMax = 0.1;
const vacuumPages = 128;
const pageBytes = 4096;
const kinds: readonly RecordKind[] = ["readings", "gap", "event", "alarm"];

export function createRetention(options: {
  readonly tables: Tables;
  readonly recorder: Recorder;
  readonly settings: RetentionSettings;
  readonly pagesMax: number;
}): Retention {
  const { tables, recorder, settings, pagesMax } = options;
  const { db, records, gone, account, openGap } = tables;
  const pagesSoft = Math.floor(pagesMax * (1 - reserveShare));

  // Only read, and often: prepared once.
  const pageCount = db.prepare<[], number>("PRAGMA page_count").pluck();
  const freePages = db.prepare<[], number>("PRAGMA freelist_count").pluck();
  let agedLookMs = Number.NEGATIVE_INFINITY;

  const pagesUsed = (): number => (pageCount.get() ?? 0) - (freePages.get() ?? 0);

  const aged = (ageMs: number): readonly RecordHead[] => {
    for (const kind of kinds) {
      const keepMs = kind === "readings" ? settings.keepReadingsMs : settings.keepAlarmsMs;
      const old = records
        .oldestDelivered(kind, stepRecordsMax)
        .filter((head) => head.delivered_age <= ageMs - keepMs);
      if (old.length > 0) return old;
    }
    return [];
  };

  const removeDelivered = (heads: readonly RecordHead[]): void => {
    for (const { seq } of heads) records.remove(seq);
    gone.add(
      heads.map(({ seq }) => seq),
      "delivered",
    );
  };

  const evict = (draft: Draft, heads: readonly RecordHead[]): void => {
    const evicted: RecordHead[] = [];
    const points: Record<string, number> = {};
    for (const head of heads) {
      const bytes = records.sound(head);
      if (bytes === null) recorder.damaged(draft, head);
      else {
        evicted.push(head);
        addPoints(points, bytes);
      }
    }
    const seqs = evicted.map(({ seq }) => seq);
    for (const seq of seqs) records.remove(seq);
    gone.add(seqs, "eviction");
    account.add("readings", { lost: evicted.reduce((sum, { readings }) => sum + readings, 0) });
    const gap = evicted.reduce(
      (sum: OpenGap | null, head) => grown(sum, head, draft.ageMs),
      openGap.read(),
    );
    if (gap === null) return;
    for (const tag of Object.keys(points))
      points[tag] = (points[tag] ?? 0) + (gap.points[tag] ?? 0);
    openGap.write({ ...gap, points, seqs: merged(gap.seqs, rangesOf(seqs)) });
  };

  const makeRoom = (draft: Draft, pages: number): boolean => {
    for (const kind of ["readings", "waiting", "gap", "event", "alarm"] as const) {
      const candidates =
        kind === "waiting"
          ? records.oldestWaitingReadings(stepRecordsMax)
          : records.oldestDelivered(kind, stepRecordsMax);
      const heads = worth(candidates, pages);
      if (heads.length === 0) continue;
      if (kind === "waiting") evict(draft, heads);
      else removeDelivered(heads);
      return true;
    }
    return false;
  };

  return {
    step({ at, ageMs, isFull }) {
      const old = ageMs >= agedLookMs + agedEveryMs ? aged(ageMs) : [];
      if (old.length === 0 && ageMs >= agedLookMs + agedEveryMs) agedLookMs = ageMs;
      const excess = isFull
        ? Math.max(8, Math.ceil(pagesMax * reserveShare))
        : pagesUsed() - pagesSoft;
      if (old.length === 0 && excess <= 0) {
        giveBack();
        return ok(false);
      }
      return recorder.transaction({ at, ageMs, isClean: false }, (draft) => {
        if (old.length === 0) return makeRoom(draft, excess + Math.ceil(pagesMax * 0.01));
        removeDelivered(old);
        return true;
      });
    },
  };

  function giveBack(): void {
    const free = freePages.get() ?? 0;
    if (free > vacuumPages && free > (pageCount.get() ?? 0) * freeShareMax) {
      db.pragma(`incremental_vacuum(${vacuumPages})`);
    }
  }
}

/** The first records that together free about `pages`; at least one. */
function worth(heads: readonly RecordHead[], pages: number): readonly RecordHead[] {
  let freed = 0;
  const end = heads.findIndex(({ size }) => {
    freed += size;
    return freed >= pages * pageBytes;
  });
  return end === -1 ? heads : heads.slice(0, end + 1);
}

function grown(gap: OpenGap | null, head: RecordHead, ageMs: number): OpenGap {
  const { readings: lost, from_wall: fromWallMs, to_wall: toWallMs } = head;
  if (gap === null) return { fromWallMs, toWallMs, lost, seqs: [], points: {}, sinceAgeMs: ageMs };
  return {
    ...gap,
    fromWallMs: Math.min(gap.fromWallMs, fromWallMs),
    toWallMs: Math.max(gap.toWallMs, toWallMs),
    lost: gap.lost + lost,
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

/** Of a payload whose checksum fits: its own words are trusted. */
function addPoints(counts: Record<string, number>, bytes: Uint8Array): void {
  const text = payloadText(bytes);
  if (!text.ok) return;
  const { body } = JSON.parse(text.value) as {
    readonly body: {
      readonly points: {
        readonly p: readonly string[];
        readonly v: readonly (readonly unknown[])[];
      };
    };
  };
  for (const [i, tag] of body.points.p.entries()) {
    counts[tag] = (counts[tag] ?? 0) + (body.points.v[i]?.length ?? 0);
  }
}
