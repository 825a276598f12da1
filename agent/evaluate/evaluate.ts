/** Readings + states of all conditions -> new states and the changes. Holds the state, does no I/O. */

import type { AlarmType, Priority } from "../../config/words/alarms.ts";
import { carriesNumber, qualities, qualityCode } from "../../config/words/quality.ts";
import type { Instant } from "../../config/words/time.ts";
import type {
  AlarmHead,
  ConditionChange,
  StandingAlarm,
  SuppressionChange,
} from "../alarmRecords.ts";
import type { ReadingBlock } from "../records.ts";
import {
  active,
  type ConditionState,
  type Delays,
  type Finding,
  isStanding,
  nextState,
  normal,
} from "./condition.ts";
import { faultFinding } from "./fault.ts";
import { judge, type Limit } from "./limit.ts";
import { neverQuiet, type Quiet, quietBand } from "./quiet.ts";
import { RateWindow } from "./rate.ts";
import type { JudgedRule } from "./rules/judgedRule.ts";
import { createRuleBench } from "./rules/ruleBench.ts";
import { faultSaid, type Sign, type SignTerms, signsOf } from "./signs.ts";

/** What evaluation must know of one point. */
export interface JudgedPoint {
  readonly id: string;
  readonly unit: string;
  readonly tank: string | null;
  readonly hazard: string | null;
  readonly limits: readonly Limit[];
  /** Without a number: keep each limit's state, or judge as if it were passed. */
  readonly onBadQuality: "hold" | "raise";
  readonly faultDelayMs: number;
  readonly signs?: SignTerms;
}

/** A bus or device whose silence is an alarm of its own. */
export interface JudgedSource {
  readonly id: string;
  readonly offlineDelayMs: number;
}

interface Slot {
  readonly type: AlarmType;
  readonly delays: Delays;
  readonly priority: Priority;
  readonly limit: Limit | null;
  readonly watch: Watch;
  state: ConditionState;
}

/** How many conditions of one point are not normal. */
interface Watch {
  awake: number;
}

type SlotPlan = Omit<Slot, "state">;

interface PointSlots {
  readonly point: JudgedPoint;
  readonly limits: readonly Slot[];
  readonly fault: Slot;
  readonly rate: RateWindow | null;
  readonly signs: readonly { readonly sign: Sign; readonly slot: Slot }[];
  readonly isInRule: boolean;
  readonly watch: Watch;
  readonly quiet: Quiet;
}

type Source = Pick<JudgedPoint, "id" | "unit" | "tank" | "hazard">;

interface Cause {
  source: Source;
  readonly at: Instant;
  value: number;
  quality: number;
  readonly changes: ConditionChange[];
}

type MakeSlot = (source: Source, template: SlotPlan) => Slot;

const equipmentPriority: Priority = 3;
const nowhere: Source = { id: "", unit: "", tank: null, hazard: null };
export interface Evaluator {
  /** Judges every reading of the block, in order. */
  evaluate(block: ReadingBlock): readonly ConditionChange[];
  /** Judges whether a bus or device answers. `unknown` keeps what was. */
  connection(id: string, finding: Finding, at: Instant): readonly ConditionChange[];
  /** What the rules began or ceased to hold back since the last call; to be asked after each `evaluate`. */
  takeSuppressions(): readonly SuppressionChange[];
  /** Rules that cannot judge now, because a reading they hang on has no number: `rule/ID`. */
  readonly unjudged: ReadonlySet<string>;
  /** Every alarm that these points, sources and rules can have. */
  readonly heads: readonly AlarmHead[];
}

/** `standing`: the alarms that stood when the agent last stopped; the conditions of the active ones go on. */
export function createEvaluator(options: {
  readonly points: readonly JudgedPoint[];
  readonly sources: readonly JudgedSource[];
  readonly rules?: readonly JudgedRule[];
  readonly standing: readonly StandingAlarm[];
}): Evaluator {
  const wereActive = new Set(
    options.standing
      .filter((alarm) => alarm.detail?.isActive ?? true)
      .map((alarm) => key(alarm.source, alarm.type)),
  );
  const heads: AlarmHead[] = [];
  const slot: MakeSlot = (source, template) => {
    heads.push(headOf(source, template));
    const isActive = wereActive.has(key(source.id, template.type));
    if (isActive) template.watch.awake += 1;
    return { ...template, state: isActive ? active : normal };
  };
  const ruled = new Set(options.rules?.flatMap(({ judge: { inputs } }) => inputs));
  const points = options.points.map(
    (point): PointSlots => pointSlots(point, { slot, isInRule: ruled.has(point.id) }),
  );
  const sources = new Map(
    options.sources.map((source) => [source.id, offlineSlot(source, slot)] as const),
  );
  const bench = createRuleBench({
    ...{ rules: options.rules ?? [], heads, standing: options.standing },
    tags: options.points.map(({ id }) => id),
  });
  return {
    heads: [...heads, ...bench.heads],
    takeSuppressions: bench.takeSuppressions,
    unjudged: bench.unjudged,
    evaluate(block) {
      // One scratch object for the whole block: this runs for every reading of the plant.
      const cause: Cause = {
        source: nowhere,
        at: block.takenAt,
        value: 0,
        quality: 0,
        changes: [],
      };
      for (let i = 0; i < block.points.length; i += 1) {
        const slots = points[block.points[i] ?? -1];
        if (slots === undefined || isQuiet(slots, block, i)) continue;
        cause.source = slots.point;
        cause.quality = block.qualities[i] ?? qualityCode["comm-fail"];
        cause.value = numberAt(block, i);
        judgePoint(slots, cause);
        if (slots.isInRule) bench.take(block.points[i] ?? -1, cause.value, cause.at);
      }
      bench.judge(cause.at, cause.changes);
      return cause.changes;
    },
    connection(id, finding, at) {
      const offline = sources.get(id);
      if (offline === undefined) return [];
      const quality = finding === "beyond" ? qualityCode["comm-fail"] : qualityCode.good;
      const source = { ...nowhere, id };
      const cause: Cause = { source, at, value: Number.NaN, quality, changes: [] };
      move(offline, finding, cause);
      return cause.changes;
    },
  };
}

/** NaN: none. */
function numberAt({ values, qualities: codes }: ReadingBlock, i: number): number {
  const hasNumber = carriesNumber(codes[i] ?? qualityCode["comm-fail"]);
  return hasNumber ? (values[i] ?? Number.NaN) : Number.NaN;
}

/** Moves one slot; a change only when the condition begins or ceases to stand. */
function move(slot: Slot, finding: Finding, cause: Cause, tell?: Sign["tell"]): void {
  const before = slot.state;
  const after = nextState(slot.delays, before, finding, cause.at.monotonicMs);
  if (after === before) return;
  slot.state = after;
  slot.watch.awake += Number(after !== normal) - Number(before !== normal);
  if (isStanding(before) !== isStanding(after)) {
    cause.changes.push({ ...describe(slot, cause), ...tell?.(cause.at.monotonicMs) });
  }
}

function pointSlots(
  point: JudgedPoint,
  { slot, isInRule }: { readonly slot: MakeSlot; readonly isInRule: boolean },
): PointSlots {
  const watch: Watch = { awake: 0 };
  const signs = point.signs === undefined ? [] : signsOf(point.signs, point.limits, point.unit);
  const isAlwaysJudged = isInRule || signs.length > 0 || (point.signs?.faultWhen.length ?? 0) > 0;
  return {
    watch,
    isInRule,
    quiet: isAlwaysJudged ? neverQuiet : quietBand(point.limits),
    signs: signs.map((sign) => ({ sign, slot: slot(point, { ...sign, limit: null, watch }) })),
    point,
    limits: point.limits.map((limit) =>
      slot(point, { type: limit.type, delays: limit, priority: limit.priority, limit, watch }),
    ),
    fault: slot(point, {
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
function isQuiet({ watch, quiet }: PointSlots, block: ReadingBlock, i: number): boolean {
  if (watch.awake > 0 || block.qualities[i] !== qualityCode.good) return false;
  const value = block.values[i] ?? Number.NaN;
  return value > quiet.low && value < quiet.high;
}

function offlineSlot(source: JudgedSource, slot: MakeSlot): Slot {
  return slot(
    { ...nowhere, id: source.id },
    {
      type: "OFFLINE",
      delays: { onDelayMs: source.offlineDelayMs, offDelayMs: 0 },
      priority: equipmentPriority,
      limit: null,
      watch: { awake: 0 },
    },
  );
}

function judgePoint(slots: PointSlots, cause: Cause): void {
  for (const slot of slots.limits) {
    if (slot.limit === null || slot.type === "RATE") continue;
    const mustRaise = Number.isNaN(cause.value) && slots.point.onBadQuality === "raise";
    move(slot, mustRaise ? "beyond" : judge(slot.limit, cause.value), cause);
  }
  if (slots.rate !== null) judgeRate(slots, slots.rate, cause);
  for (const { sign, slot } of slots.signs) {
    const nowMs = cause.at.monotonicMs;
    move(slot, sign.judge(cause.value, nowMs), cause, () => sign.tell(nowMs));
  }
  const said = faultSaid(slots.point.signs?.faultWhen ?? [], cause.value);
  if (said === null) move(slots.fault, faultFinding(cause.quality), cause);
  else move(slots.fault, "beyond", cause, () => ({ limit: null, reason: said }));
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

function describe(slot: Slot, cause: Cause): ConditionChange {
  return {
    ...headOf(cause.source, slot),
    isStanding: isStanding(slot.state),
    value: Number.isNaN(cause.value) ? null : cause.value,
    quality: qualities[cause.quality] ?? "uncertain",
    reason: reason(slot, cause, isStanding(slot.state)),
    at: cause.at,
  };
}

function headOf(source: Source, { type, limit, priority }: SlotPlan): AlarmHead {
  return {
    source: source.id,
    tank: source.tank,
    hazard: source.hazard,
    type,
    unit: type === "RATE" ? `${source.unit}/min` : source.unit,
    limit: limit?.at ?? null,
    priority,
  };
}

function reason(slot: Slot, cause: Cause, isRaised: boolean): string {
  const quality = qualities[cause.quality] ?? "uncertain";
  if (slot.limit === null) {
    if (isRaised) return quality;
    return slot.type === "OFFLINE" ? "answers again" : "has a value again";
  }
  if (Number.isNaN(cause.value)) return `no value (${quality}), judged as passed`;
  const side = slot.limit.isHigh === isRaised ? ">=" : "<=";
  return `${cause.value} ${side} ${slot.limit.at}`;
}

function key(source: string, type: AlarmType): string {
  return `${type} ${source}`;
}
