/** What one commit writes, within its transaction. Nothing in memory changes here. */

import type { Instant } from "../../config/words/time.ts";
import type { AlarmEvent, BoxEvent } from "../records.ts";
import type { ReadingColumns } from "../wire/readingColumns.ts";
import type { OpenedDatabase } from "./database.ts";
import { damagedRowsGap, evictionGap, overloadGap, startGaps } from "./gaps.ts";
import type { PendingReadings } from "./pendingReadings.ts";
import type { Draft, Gap, Recorder } from "./recorder.ts";
import type { Tables } from "./tables.ts";

/** What the life before left behind: readings to seal, and what has to be said about it. */
export interface Recovered {
  readonly parts: readonly ReadingColumns[];
  readonly gaps: readonly Gap[];
}

export function recover(
  { life, openRows }: Tables,
  options: { readonly movedAside: OpenedDatabase["movedAside"]; readonly startedAt: Instant },
): Recovered {
  const { startedAt } = options;
  const before = life.read();
  const { parts, damagedReadings } = openRows.readAll();
  const gaps = startGaps({ life: before, ...options });
  if (damagedReadings > 0) {
    gaps.push(damagedRowsGap({ lost: damagedReadings, life: before, startedAt }));
  }
  return { parts, gaps };
}

export function writeCommit(
  draft: Draft,
  options: {
    readonly tables: Tables;
    readonly recorder: Recorder;
    readonly tagOf: (point: number) => string;
    readonly recovered: Recovered | null;
    readonly pending: PendingReadings;
    /** Committed in open rows already. */
    readonly open: readonly ReadingColumns[];
    readonly alarms: readonly AlarmEvent[];
    readonly events: readonly BoxEvent[];
    /** Null: what is pending becomes an open row. Else all is sealed into this lane. */
    readonly sealInto: "live" | "backlog" | null;
    /** Evictions summed up so far are to be told. */
    readonly isGapDue: boolean;
  },
): void {
  const { tables, recorder, recovered, sealInto } = options;
  const { account, openRows, openGap } = tables;
  const { parts, readings, drops } = options.pending;
  if (recovered !== null) writeRecovered(draft, { tables, recorder, recovered });
  if (drops !== null) {
    account.add("readings", { made: drops.lost, lost: drops.lost });
    recorder.gap(draft, overloadGap(drops, options.tagOf));
  }
  if (readings > 0) account.add("readings", { made: readings });
  if (sealInto !== null) {
    // First, so that the sealed records may use the room of what they replace.
    openRows.clear();
    recorder.readings(draft, [...options.open, ...parts], sealInto);
  } else if (readings > 0) openRows.insert(parts, readings);
  for (const event of options.alarms) recorder.alarm(draft, event);
  for (const event of options.events) recorder.event(draft, event);
  const gap = options.isGapDue ? openGap.read() : null;
  if (gap !== null) {
    recorder.gap(draft, evictionGap(gap, draft.at));
    openGap.clear();
  }
}

/** Sealed apart: its monotonic times may be of another boot. */
function writeRecovered(
  draft: Draft,
  options: {
    readonly tables: Tables;
    readonly recorder: Recorder;
    readonly recovered: Recovered;
  },
): void {
  const { tables, recorder, recovered } = options;
  tables.openRows.clear();
  for (const gap of recovered.gaps) {
    if (gap.lost > 0) tables.account.add("readings", { lost: gap.lost });
    recorder.gap(draft, gap);
  }
  recorder.readings(draft, recovered.parts, "backlog");
}
