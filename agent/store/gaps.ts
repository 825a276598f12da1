/** The gap records that the journal writes about itself. */

import { type Instant, wallMs } from "../../config/words/time.ts";
import type { Life } from "./lifeRow.ts";
import type { OpenGap } from "./openGapTable.ts";
import type { Drops } from "./pendingReadings.ts";
import type { Gap } from "./recorder.ts";

/** What has to be said when an agent starts on a journal; nothing on the very first start. */
export function startGaps(options: {
  readonly life: Life;
  readonly movedAside: { readonly path: string; readonly writtenWallMs: number } | null;
  readonly startedAt: Instant;
}): Gap[] {
  const { life, movedAside, startedAt } = options;
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
  return [{ reason: "agent-stopped", from: life.committedAt, to: startedAt, ...none, note }];
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

export function evictionGap(gap: OpenGap, at: Instant): Gap {
  return {
    reason: "eviction",
    from: { wallMs: wallMs(gap.fromWallMs), monotonicMs: at.monotonicMs },
    to: { wallMs: wallMs(gap.toWallMs), monotonicMs: at.monotonicMs },
    lost: gap.lost,
    points: gap.points,
    seqs: gap.seqs,
    note: "the journal was at its size limit; the oldest undelivered readings went",
  };
}

export function overloadGap(drops: Drops, tagOf: (point: number) => string): Gap {
  const points: Record<string, number> = {};
  for (const [point, lost] of drops.points) {
    const tag = tagOf(point);
    points[tag] = (points[tag] ?? 0) + lost;
  }
  return {
    reason: "journal-overload",
    from: drops.from,
    to: drops.to,
    lost: drops.lost,
    points,
    seqs: [],
    note: "the journal could not write or keep up; readings were dropped in memory",
  };
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
