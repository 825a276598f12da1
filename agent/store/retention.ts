/**
 * What goes when it is old or space is short: delivered evidence and readings first; then undelivered pieces of
 * evidence, whose files lie outside the journal and can be cut into pieces again; then undelivered routine readings
 * are thinned, oldest first; only when all are as thin as they get, the oldest go. Each loss is declared. Alarms, gaps,
 * events and what says of which pieces a bundle consists never go before they were delivered. Age is running time by the monotonic clock and order is that of
 * sealing: a stepped wall clock purges nothing early.
 */

import { ok, type Result } from "../../config/words/result.ts";
import { type Instant, wallMs } from "../../config/words/time.ts";
import { type RecordKind, recordKinds } from "../records.ts";
import type { StorageTrouble } from "./journalError.ts";
import type { Draft, Recorder } from "./recorder.ts";
import type { RecordHead } from "./recordTable.ts";
import type { Sender } from "./sealing.ts";
import type { Tables } from "./tables.ts";
import { thinningLevels } from "./thinning.ts";
import { createThinner } from "./thinningStep.ts";

export interface RetentionSettings {
  readonly keepReadingsMs: number;
  readonly keepAlarmsMs: number;
}

export interface Retention {
  /** One small step; true when more should be done at once. `isFull`: SQLite just had no room. */
  step(options: {
    readonly at: Instant;
    readonly ageMs: number;
    readonly isFull: boolean;
    /** Pages the file may have at this moment. */
    readonly pagesMax: number;
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
/** What was sealed within this time stays as measured, while anything older can still be thinned or go. */
const freshMs = 3_600_000;
/** Delivered evidence can be asked for again so long; its bundle lies on the box for longer. */
const keepEvidenceMs = 24 * 3_600_000;

export function createRetention(options: {
  readonly tables: Tables;
  readonly recorder: Recorder;
  readonly sender: Sender;
  readonly settings: RetentionSettings;
}): Retention {
  const { tables, recorder, settings } = options;
  const { db, records, gone, account, openGap } = tables;
  const thinner = createThinner(options);

  // Only read, and often: prepared once.
  const pageCount = db.prepare<[], number>("PRAGMA page_count").pluck();
  const freePages = db.prepare<[], number>("PRAGMA freelist_count").pluck();
  let agedLookMs = Number.NEGATIVE_INFINITY;

  const pagesUsed = (): number => (pageCount.get() ?? 0) - (freePages.get() ?? 0);

  const keepMsOf = (kind: RecordKind): number => {
    if (kind === "evidence") return Math.min(keepEvidenceMs, settings.keepReadingsMs);
    return kind === "readings" ? settings.keepReadingsMs : settings.keepAlarmsMs;
  };

  const aged = (ageMs: number): readonly RecordHead[] => {
    for (const kind of recordKinds) {
      const keepMs = keepMsOf(kind);
      const old = records
        .oldestDelivered(kind, stepRecordsMax)
        .filter((head) => head.delivered_age <= ageMs - keepMs);
      if (old.length > 0) return old;
    }
    return [];
  };

  const removeDelivered = (heads: readonly RecordHead[]): void => {
    const seqs = heads.map(({ seq }) => seq).sort((a, b) => a - b);
    for (const seq of seqs) records.remove(seq);
    gone.add(seqs, "delivered");
  };

  const dropDelivered = (kind: RecordKind, pages: number): boolean => {
    const heads = worth(records.oldestDelivered(kind, stepRecordsMax), pages);
    if (heads.length > 0) removeDelivered(heads);
    return heads.length > 0;
  };

  const evictPieces = (draft: Draft, pages: number): boolean => {
    const heads = worth(
      records.waiting({ lane: "piece", afterSeq: 0, limit: stepRecordsMax }),
      pages,
    );
    const [first] = heads;
    const last = heads.at(-1);
    if (first === undefined || last === undefined) return false;
    const seqs = heads.map(({ seq }) => seq);
    for (const seq of seqs) records.remove(seq);
    gone.add(seqs, "eviction");
    account.add("evidence", { lost: seqs.length });
    const { monotonicMs } = draft.at;
    openGap.add({
      ...{ reason: "eviction", lost: 0, points: new Map(), seqs, ageMs: draft.ageMs },
      from: { wallMs: wallMs(first.from_wall), monotonicMs },
      to: { wallMs: wallMs(last.to_wall), monotonicMs },
    });
    return true;
  };

  const shrinkWaiting = (draft: Draft, pages: number): "thinned" | "evicted" | "nothing" => {
    for (const maxAgeMs of [draft.ageMs - freshMs, Number.POSITIVE_INFINITY]) {
      if (thinner.step(draft, maxAgeMs)) return "thinned";
      const thinnest = { level: thinningLevels.length, maxAgeMs, limit: stepRecordsMax };
      const heads = worth(records.oldestAtLevel(thinnest), pages);
      if (heads.length === 0) continue;
      thinner.evict(draft, heads);
      return "evicted";
    }
    return "nothing";
  };

  /** True when more should be done at once: thinning is work, and one step of it a commit keeps up with a plant. */
  const makeRoom = (draft: Draft, need: { pages: number; isUrgent: boolean }): boolean => {
    if (dropDelivered("evidence", need.pages)) return true;
    if (dropDelivered("readings", need.pages)) return true;
    if (evictPieces(draft, need.pages)) return true;
    const done = shrinkWaiting(draft, need.pages);
    if (done !== "nothing") return done === "evicted" || need.isUrgent;
    return (["gap", "event", "alarm"] as const).some((kind) => dropDelivered(kind, need.pages));
  };

  const giveBack = (): void => {
    const free = freePages.get() ?? 0;
    if (free > vacuumPages && free > (pageCount.get() ?? 0) * freeShareMax) {
      db.pragma(`incremental_vacuum(${vacuumPages})`);
    }
  };

  return {
    step({ at, ageMs, isFull, pagesMax }) {
      const reserve = Math.max(8, Math.ceil(pagesMax * reserveShare));
      const old = ageMs >= agedLookMs + agedEveryMs ? aged(ageMs) : [];
      if (old.length === 0 && ageMs >= agedLookMs + agedEveryMs) agedLookMs = ageMs;
      const excess = isFull ? reserve : pagesUsed() - (pagesMax - reserve);
      if (old.length === 0 && excess <= 0) {
        giveBack();
        return ok(false);
      }
      return recorder.transaction({ at, ageMs, isClean: false }, (draft) => {
        if (old.length === 0) {
          const pages = excess + Math.ceil(pagesMax * 0.01);
          return makeRoom(draft, { pages, isUrgent: isFull || excess > reserve / 2 });
        }
        removeDelivered(old);
        return true;
      });
    },
  };
}

/** The first records that together free about `pages`; at least one. */
function worth<T extends RecordHead>(heads: readonly T[], pages: number): readonly T[] {
  let freed = 0;
  const end = heads.findIndex(({ size }) => {
    freed += size;
    return freed >= pages * pageBytes;
  });
  return end === -1 ? heads : heads.slice(0, end + 1);
}
