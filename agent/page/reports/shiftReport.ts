/** The shift's record for hand-over, and the page an inspector prints: both out of what the journal has. */

import type { Priority } from "../../../config/words/alarms.ts";
import type { AlarmHistory, AlarmLine, AlarmView } from "../protocol/alarms.ts";
import type { OperatorLine, ShiftReport, TrendView } from "../protocol/history.ts";
import type { SiteView } from "../protocol/site.ts";
import type { InspectionView, OnlineView } from "../protocol/system.ts";
import { standingViews } from "./standing.ts";

/** What reports ask of the history. */
export interface ReportHistory {
  alarmHistory(query: {
    readonly fromMs: number;
    readonly toMs: number;
    readonly search: string;
    readonly priority: readonly Priority[];
    readonly type: readonly string[];
    readonly event: readonly string[];
    readonly limit: number;
    readonly before: string | null;
  }): Promise<AlarmHistory>;
  standingAt(atMs: number): Promise<readonly AlarmLine[]>;
  gaps(fromMs: number, toMs: number): Promise<TrendView["gaps"]>;
  online(): Promise<OnlineView>;
  oldestReadingMs(): Promise<number | null>;
}

export interface ShiftQuestion {
  readonly fromMs: number;
  readonly toMs: number;
  readonly operator: readonly OperatorLine[];
  readonly handover: ShiftReport["handover"];
}

const pageLines = 5_000;
/** Of one report; a shift with more is asked for in halves. The counts are of these. */
export const reportLinesMax = 50_000;

/** Lines oldest first. Rejects when the history does not answer. */
export async function shiftReport(
  history: ReportHistory,
  parts: {
    readonly question: ShiftQuestion;
    readonly site: Pick<SiteView, "name" | "box">;
    readonly nowMs: number;
  },
): Promise<ShiftReport> {
  const { question, site, nowMs } = parts;
  const { fromMs, toMs, operator, handover } = question;
  const lines = await allLines(history, { fromMs, toMs });
  const standing = standingViews(await history.standingAt(Math.min(toMs, nowMs)));
  return {
    site: site.name,
    box: site.box,
    ...{ fromMs, toMs, madeMs: nowMs },
    counts: countsOf(lines),
    lines,
    ...sorted(standing),
    operator,
    gaps: await history.gaps(fromMs, toMs),
    handover,
  };
}

/** As things are now. Rejects when the history does not answer. */
export async function inspection(
  history: ReportHistory,
  parts: {
    readonly site: SiteView;
    readonly standing: readonly AlarmView[];
    readonly nowMs: number;
    readonly keepReadingsDays: number;
  },
): Promise<InspectionView> {
  const { site, nowMs, keepReadingsDays } = parts;
  return {
    site,
    madeMs: nowMs,
    online: await history.online(),
    ...sorted(parts.standing),
    keepReadingsDays,
    oldestReadingMs: await history.oldestReadingMs(),
  };
}

async function allLines(
  history: ReportHistory,
  span: { readonly fromMs: number; readonly toMs: number },
): Promise<readonly AlarmLine[]> {
  const lines: AlarmLine[] = [];
  let before: string | null = null;
  do {
    const all = { search: "", priority: [], type: [], event: [], limit: pageLines };
    const page: AlarmHistory = await history.alarmHistory({ ...span, ...all, before });
    lines.push(...page.lines);
    before = page.next;
  } while (before !== null && lines.length < reportLinesMax);
  return lines.reverse();
}

/** Each alarm is in one list: held back by a person, or open. */
function sorted(all: readonly AlarmView[]): Pick<ShiftReport, "open" | "shelved" | "outOfService"> {
  const shelved = all.filter(({ state }) => state === "shelved");
  const outOfService = all.filter(({ state }) => state === "out-of-service");
  const held = new Set([...shelved, ...outOfService]);
  return { open: all.filter((alarm) => !held.has(alarm)), shelved, outOfService };
}

function countsOf(lines: readonly AlarmLine[]): ShiftReport["counts"] {
  const of = (...events: readonly string[]) => lines.filter(({ event }) => events.includes(event));
  const raised = of("raise", "escalate");
  const at = (priority: Priority) => raised.filter((line) => line.priority === priority).length;
  return {
    raised: raised.length,
    returned: of("return").length,
    acked: of("ack").length,
    byPriority: { 1: at(1), 2: at(2), 3: at(3), 4: at(4) },
  };
}
