/** The gap records that the journal writes about itself. */

import { type Instant, monotonicMs, wallMs } from "../../config/words/time.ts";
import type { StorageTrouble } from "./journalError.ts";
import type { Life } from "./lifeRow.ts";
import type { OpenGap, OpenGapReason } from "./openGapTable.ts";
import type { Dropped, DropReason } from "./pendingReadings.ts";
import type { Gap } from "./recorder.ts";

/** What has to be said when an agent starts on a journal; nothing on the very first start. */
export function startGaps(options: {
  readonly life: Life;
  readonly movedAside: { readonly path: string; readonly writtenWallMs: number } | null;
  readonly startedAt: Instant;
  /** Who stopped the agent before; null: it was not said. */
  readonly stoppedBy: string | null;
}): Gap[] {
  const { life, movedAside, startedAt, stoppedBy } = options;
  const none = { lost: 0, points: null, seqs: [] };
  if (movedAside !== null) {
    const from = { ...startedAt, wallMs: wallMs(movedAside.writtenWallMs) };
    const note = `the journal was damaged and moved aside to ${movedAside.path}; what it held undelivered is not in this epoch`;
    return [{ reason: "damaged", from, to: startedAt, ...none, note }];
  }
  if (life.committedAt === null) return [];
  const note = life.isClean
    ? "the agent was stopped and started again"
    : "the agent ended without saying goodbye (killed, power cut or crash); readings not yet committed were not made";
  const by = life.isClean ? stoppedBy : "unknown (killed, power cut or crash)";
  const who = by === null ? {} : { by };
  return [
    { reason: "agent-stopped", from: life.committedAt, to: startedAt, ...none, note, ...who },
  ];
}

/** Evictions are told at the latest after this, or at this many ranges of records. */
const openGapMsMax = 3_600_000;
const openGapRangesMax = 1_000;

/** Whether summed evictions are to be told now. */
export function isGapDue(
  head: { readonly sinceAgeMs: number; readonly ranges: number },
  now: { readonly ageMs: number; readonly isLive: boolean },
): boolean {
  return (
    now.isLive || now.ageMs - head.sinceAgeMs >= openGapMsMax || head.ranges >= openGapRangesMax
  );
}

const openGapNotes: Readonly<Record<OpenGapReason, string>> = {
  eviction:
    "the journal had no more room; the oldest undelivered pieces of evidence or readings went",
  thinned:
    "the journal had no more room; of the oldest undelivered readings the telling ones stayed, sealed again under new numbers",
};

export function openGapTold(gap: OpenGap, at: Instant): Gap {
  const { fromMonotonicMs: from, toMonotonicMs: to } = gap;
  const isKnown = from !== null && to !== null;
  const note = isKnown
    ? "; monotonic times are of the boot in which the readings were taken"
    : "; monotonic times are those of the telling";
  return {
    reason: gap.reason,
    from: { wallMs: wallMs(gap.fromWallMs), monotonicMs: monotonicMs(from ?? at.monotonicMs) },
    to: { wallMs: wallMs(gap.toWallMs), monotonicMs: monotonicMs(to ?? at.monotonicMs) },
    lost: gap.lost,
    points: gap.points,
    seqs: gap.seqs,
    note: openGapNotes[gap.reason] + note,
  };
}

const dropNotes: Readonly<Record<DropReason, string>> = {
  "journal-overload": "the journal could not keep up; readings were dropped in memory",
  "disk-full": "the disk was full for so long that readings were dropped in memory",
  "disk-error": "the disk refused to write for so long that readings were dropped in memory",
};

/** Why readings are dropped in memory while the disk has this trouble. */
export function dropReason(trouble: StorageTrouble | null): DropReason {
  if (trouble?.kind === "full") return "disk-full";
  return trouble?.kind === "io" ? "disk-error" : "journal-overload";
}

export function dropGap({ reason, drops }: Dropped, tagOf: (point: number) => string): Gap {
  const points: Record<string, number> = {};
  for (const [point, lost] of drops.points) {
    const tag = tagOf(point);
    points[tag] = (points[tag] ?? 0) + lost;
  }
  const { from, to, lost } = drops;
  return { reason, from, to, lost, points, seqs: [], note: dropNotes[reason] };
}

export function damagedRowsGap(options: {
  readonly lost: number;
  readonly life: Life;
  readonly startedAt: Instant;
}): Gap {
  const { lost, life, startedAt } = options;
  return {
    reason: "damaged",
    from: life.committedAt ?? startedAt,
    to: life.committedAt ?? startedAt,
    lost,
    points: null,
    seqs: [],
    note: "open rows no longer matched their checksum at the start of the agent",
  };
}
