/** What one commit writes, within its transaction. Nothing in memory changes here. */

import type { Instant } from "../../config/words/time.ts";
import type { AlarmEvent } from "../alarmRecords.ts";
import type { BoxEvent, Lane, SeqRange } from "../records.ts";
import type { ReadingColumns } from "../wire/readingColumns.ts";
import type { OpenedDatabase } from "./database.ts";
import { damagedRowsGap, dropGap, openGapTold, startGaps } from "./gaps.ts";
import type { Life } from "./lifeRow.ts";
import type { PendingReadings } from "./pendingReadings.ts";
import type { Draft, Gap, Recorder } from "./recorder.ts";
import type { Tables } from "./tables.ts";

export interface Committed {
  /** Lanes that got a record. */
  readonly lanes: ReadonlySet<Lane>;
}

/** What the life before left behind: readings to seal, and what has to be said about it. */
export interface Recovered {
  readonly parts: readonly ReadingColumns[];
  readonly gaps: readonly Gap[];
  /** Numbers never to be given out; null: none. */
  readonly skipped: SeqRange | null;
}

export function recover(
  { life, openRows, stop }: Tables,
  options: {
    readonly movedAside: OpenedDatabase["movedAside"];
    readonly startedAt: Instant;
    readonly skipped: SeqRange | null;
  },
): Recovered {
  const { startedAt, skipped } = options;
  const before = life.read();
  const { parts, damagedReadings } = openRows.readAll();
  const gaps = startGaps({ life: before, stoppedBy: stop.read(), ...options });
  if (damagedReadings > 0) {
    gaps.push(damagedRowsGap({ lost: damagedReadings, life: before, startedAt }));
  }
  if (skipped !== null) gaps.push(skippedGap(skipped, { life: before, startedAt }));
  return { parts, gaps, skipped };
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
  for (const dropped of drops) {
    const { lost } = dropped.drops;
    account.add("readings", { made: lost, lost });
    recorder.gap(draft, dropGap(dropped, options.tagOf));
  }
  if (readings > 0) account.add("readings", { made: readings });
  if (sealInto !== null) {
    // First, so that the sealed records may use the room of what they replace.
    openRows.clear();
    recorder.readings(draft, [...options.open, ...parts], sealInto);
  } else if (readings > 0) openRows.insert(parts, readings);
  for (const event of options.alarms) recorder.alarm(draft, event);
  for (const event of options.events) recorder.event(draft, event);
  if (options.isGapDue) {
    for (const gap of openGap.all()) recorder.gap(draft, openGapTold(gap, draft.at));
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
  tables.stop.clear();
  if (recovered.skipped !== null) {
    tables.gone.addRange(recovered.skipped, "damaged");
    draft.nextSeq = recovered.skipped.to + 1;
  }
  for (const gap of recovered.gaps) {
    if (gap.lost > 0) tables.account.add("readings", { lost: gap.lost });
    recorder.gap(draft, gap);
  }
  recorder.readings(draft, recovered.parts, "backlog");
}

function skippedGap(
  skipped: SeqRange,
  { life, startedAt }: { readonly life: Life; readonly startedAt: Instant },
): Gap {
  return {
    reason: "damaged",
    from: life.committedAt ?? startedAt,
    to: startedAt,
    lost: 0,
    points: null,
    seqs: [skipped],
    isLostUnknown: true,
    note: "the mark beside the journal was missing or damaged: whether the last commits are still there cannot be said; their numbers are not used again",
  };
}
