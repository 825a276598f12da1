/** All alarm conditions of one point, and how one reading of it moves them. */

import type { Priority } from "../../config/words/alarms.ts";
import { sameWord } from "../../config/words/bilingual.ts";
import { carriesNumber, qualityCode } from "../../config/words/quality.ts";
import type { ReadingBlock } from "../records.ts";
import { type Finding, isStanding } from "./condition.ts";
import { faultFinding } from "./fault.ts";
import { judge, type Limit } from "./limit.ts";
import { neverQuiet, type Quiet, quietBand } from "./quiet.ts";
import { RateWindow } from "./rate.ts";
import { faultSaid, type Sign, type SignTerms, signsOf } from "./signs.ts";
import { type Cause, describe, move, type Slot, type SlotPlan, type Watch } from "./slot.ts";

/** What evaluation must know of one point. */
export interface JudgedPoint {
  readonly id: string;
  readonly unit: string;
  readonly tank: string | null;
  readonly hazard: string | null;
  /** Its device and bus: while one of these is silent, that is the alarm, and not the point's. */
  readonly behind?: readonly string[];
  /** Between two readings. */
  readonly everyMs: number;
  readonly limits: readonly Limit[];
  /** Without a number: keep each limit's state, or judge as if it were passed. */
  readonly onBadQuality: "hold" | "raise";
  readonly faultDelayMs: number;
  readonly signs?: SignTerms;
}

export interface PointSlots {
  readonly point: JudgedPoint;
  readonly limits: readonly Slot[];
  readonly fault: Slot;
  /** The alarms of what lies between it and the agent. */
  readonly behind: readonly Slot[];
  readonly rate: RateWindow | null;
  readonly signs: readonly { readonly sign: Sign; readonly slot: Slot }[];
  readonly isInRule: boolean;
  readonly watch: Watch;
  readonly quiet: Quiet;
  /** No answer for this point since then, while nothing behind it was known to be silent; NaN: it answers. */
  silentSinceMs: number;
}

export const equipmentPriority: Priority = 3;
/** A point that never answers while its device does is a fault of its own. */
const silenceMs = 60_000;
const periodsTrusted = 3;
const slackMs = 5_000;

/** A reading older than this is not passed off as fresh. */
export function freshMsOf({ everyMs }: Pick<JudgedPoint, "everyMs">): number {
  return periodsTrusted * everyMs + slackMs;
}

export function pointSlots(
  point: JudgedPoint,
  parts: {
    readonly slot: (plan: SlotPlan) => Slot;
    readonly isInRule: boolean;
    readonly behind: readonly Slot[];
    readonly waiting: Set<Slot>;
  },
): PointSlots {
  const { slot, isInRule, behind, waiting } = parts;
  const watch: Watch = { source: point, awake: 0, freshMs: freshMsOf(point), waiting };
  const signs = point.signs === undefined ? [] : signsOf(point.signs, point.limits, point.unit);
  const isAlwaysJudged = isInRule || signs.length > 0 || (point.signs?.faultWhen.length ?? 0) > 0;
  return {
    ...{ point, watch, isInRule, behind, silentSinceMs: Number.NaN },
    quiet: isAlwaysJudged ? neverQuiet : quietBand(point.limits),
    signs: signs.map((sign) => ({ sign, slot: slot({ ...sign, limit: null, watch }) })),
    limits: point.limits.map((limit) =>
      slot({ type: limit.type, delays: limit, priority: limit.priority, limit, watch }),
    ),
    fault: slot({
      type: "FAULT",
      delays: { onDelayMs: point.faultDelayMs, offDelayMs: 0 },
      priority: equipmentPriority,
      limit: null,
      watch,
    }),
    rate: point.limits.some((limit) => limit.type === "RATE") ? new RateWindow() : null,
  };
}

/** Almost every reading of a plant: all is normal and stays so. Nothing else need be looked at then. */
export function isQuiet({ watch, quiet }: PointSlots, block: ReadingBlock, i: number): boolean {
  if (watch.awake > 0 || block.qualities[i] !== qualityCode.good) return false;
  const value = block.values[i] ?? Number.NaN;
  return value > quiet.low && value < quiet.high;
}

/** NaN: none. */
export function numberAt({ values, qualities: codes }: ReadingBlock, i: number): number {
  const hasNumber = carriesNumber(codes[i] ?? qualityCode["comm-fail"]);
  return hasNumber ? (values[i] ?? Number.NaN) : Number.NaN;
}

export function judgePoint(slots: PointSlots, cause: Cause): void {
  for (const slot of slots.limits) {
    if (slot.limit === null || slot.type === "RATE") continue;
    const mustRaise = Number.isNaN(cause.value) && slots.point.onBadQuality === "raise";
    move(slot, mustRaise ? "beyond" : judge(slot.limit, cause.value), cause);
  }
  if (slots.rate !== null) judgeRate(slots, slots.rate, cause);
  for (const { sign, slot } of slots.signs) judgeSign(sign, slot, cause);
  const finding = silenceOr(slots, faultFinding(cause.quality), cause);
  const said = faultSaid(slots.point.signs?.faultWhen ?? [], cause.value);
  if (said === null) move(slots.fault, finding, cause);
  else move(slots.fault, "beyond", cause, () => ({ limit: null, reason: sameWord(said) }));
}

function judgeSign(sign: Sign, slot: Slot, cause: Cause): void {
  const nowMs = cause.at.monotonicMs;
  const stood = isStanding(slot.state);
  move(slot, sign.judge(cause.value, nowMs), cause, sign.tell);
  if (!stood || !isStanding(slot.state) || sign.hasWorsened?.(nowMs) !== true) return;
  cause.changes.push({ ...describe(slot, cause), ...sign.tell(nowMs), isWorse: true });
}

/** A rate that cannot be told yet, from too few values, is no bad quality: the state stays. */
function judgeRate(slots: PointSlots, rate: RateWindow, cause: Cause): void {
  const slot = slots.limits.find((candidate) => candidate.type === "RATE");
  if (slot?.limit === null || slot === undefined) return;
  const value = cause.value;
  cause.value = rate.rate(value, cause.at.monotonicMs);
  move(slot, judge(slot.limit, cause.value), cause);
  cause.value = value;
}

/** No answer for this point alone, for long: else nobody would hear of it while its device answers for others. */
function silenceOr(slots: PointSlots, finding: Finding, { quality, at }: Cause): Finding {
  const isSilent = quality === qualityCode["comm-fail"];
  const wasSilent = !Number.isNaN(slots.silentSinceMs);
  if (isSilent !== wasSilent) slots.watch.awake += isSilent ? 1 : -1;
  if (!isSilent) {
    slots.silentSinceMs = Number.NaN;
    return finding;
  }
  const isElsewhere = slots.behind.some(({ state }) => isStanding(state));
  if (!wasSilent || isElsewhere) slots.silentSinceMs = at.monotonicMs;
  return at.monotonicMs - slots.silentSinceMs >= silenceMs ? "beyond" : finding;
}
