/** Readings + states of all alarms -> new states and the transitions. Holds the state, does no I/O. */

import { carriesNumber, qualities, qualityCode } from "../../config/words/quality.ts";
import type { Instant } from "../../config/words/time.ts";
import type { AlarmEvent, AlarmType, Priority, ReadingBlock, StandingAlarm } from "../records.ts";
import {
  active,
  type ConditionState,
  type Delays,
  type Finding,
  isStanding,
  nextState,
  normal,
} from "./condition.ts";
import { judge, type Limit } from "./limit.ts";
import { RateWindow } from "./rate.ts";

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
  alarmId: string;
}

/** How many conditions of one point are not normal. */
interface Watch {
  awake: number;
}

type SlotPlan = Omit<Slot, "state" | "alarmId">;

interface PointSlots {
  readonly point: JudgedPoint;
  readonly limits: readonly Slot[];
  readonly fault: Slot;
  readonly rate: RateWindow | null;
  readonly watch: Watch;
  /** A good value strictly between these passes no limit. Empty (NaN) for a point whose rate is judged. */
  readonly quiet: { readonly low: number; readonly high: number };
}

type Source = Pick<JudgedPoint, "id" | "unit" | "tank" | "hazard">;

interface Cause {
  source: Source;
  readonly at: Instant;
  value: number;
  quality: number;
  readonly events: AlarmEvent[];
}

type Move = (slot: Slot, finding: Finding, cause: Cause) => void;

const equipmentPriority: Priority = 3;
const nowhere: Source = { id: "", unit: "", tank: null, hazard: null };
const isFault = new Set([qualityCode["open-loop"], qualityCode.short, qualityCode["device-fault"]]);

export interface Evaluator {
  /** Judges every reading of the block, in order. */
  evaluate(block: ReadingBlock): readonly AlarmEvent[];
  /** Judges whether a bus or device answers. `unknown` keeps what was. */
  connection(id: string, finding: Finding, at: Instant): readonly AlarmEvent[];
  /** Transitions for alarms that stood at the last stop but have no limit in this site file any more. */
  readonly orphans: readonly StandingAlarm[];
  /** Ends an orphan. */
  retire(orphan: StandingAlarm, at: Instant): AlarmEvent;
}

/** `standing`: the alarms that stood when the agent last stopped; they go on under their own id. */
export function createEvaluator(options: {
  readonly points: readonly JudgedPoint[];
  readonly sources: readonly JudgedSource[];
  readonly standing: readonly StandingAlarm[];
  readonly newAlarmId: (at: Instant) => string;
}): Evaluator {
  const restored = new Map(options.standing.map((alarm) => [key(alarm.source, alarm.type), alarm]));
  const slot = (source: string, template: SlotPlan): Slot => {
    const alarm = restored.get(key(source, template.type));
    restored.delete(key(source, template.type));
    if (alarm !== undefined) template.watch.awake += 1;
    return {
      ...template,
      state: alarm === undefined ? normal : active,
      alarmId: alarm?.alarmId ?? "",
    };
  };
  const points = options.points.map((point): PointSlots => pointSlots(point, slot));
  const sources = new Map(
    options.sources.map((source) => [source.id, offlineSlot(source, slot)] as const),
  );

  /** Moves one slot; an event only when the alarm begins or ends to stand. */
  const move: Move = (slotToMove, finding, cause) => {
    const before = slotToMove.state;
    const after = nextState(slotToMove.delays, before, finding, cause.at.monotonicMs);
    if (after === before) return;
    slotToMove.state = after;
    slotToMove.watch.awake += Number(after !== normal) - Number(before !== normal);
    if (isStanding(before) === isStanding(after)) return;
    if (isStanding(after)) slotToMove.alarmId = options.newAlarmId(cause.at);
    cause.events.push(describe(slotToMove, cause));
  };

  return {
    orphans: [...restored.values()],
    evaluate(block) {
      // One scratch object for the whole block: this runs for every reading of the plant.
      const cause: Cause = { source: nowhere, at: block.takenAt, value: 0, quality: 0, events: [] };
      for (let i = 0; i < block.points.length; i += 1) {
        const slots = points[block.points[i] ?? -1];
        if (slots === undefined || isQuiet(slots, block, i)) continue;
        cause.source = slots.point;
        cause.quality = block.qualities[i] ?? qualityCode["comm-fail"];
        cause.value = carriesNumber(cause.quality) ? (block.values[i] ?? Number.NaN) : Number.NaN;
        judgePoint(slots, cause, move);
      }
      return cause.events;
    },
    connection(id, finding, at) {
      const offline = sources.get(id);
      if (offline === undefined) return [];
      const quality = finding === "beyond" ? qualityCode["comm-fail"] : qualityCode.good;
      const source = { ...nowhere, id };
      const cause: Cause = { source, at, value: Number.NaN, quality, events: [] };
      move(offline, finding, cause);
      return cause.events;
    },
    retire(orphan, at) {
      return {
        alarmId: orphan.alarmId,
        source: orphan.source,
        tank: null,
        hazard: null,
        type: orphan.type,
        event: "return",
        value: null,
        quality: "uncertain",
        unit: "",
        limit: null,
        priority: orphan.priority,
        stateAfter: "normal",
        reason: "the site file no longer has this limit",
        at,
      };
    },
  };
}

function pointSlots(
  point: JudgedPoint,
  slot: (source: string, template: SlotPlan) => Slot,
): PointSlots {
  const watch: Watch = { awake: 0 };
  return {
    watch,
    quiet: quietBand(point.limits),
    point,
    limits: point.limits.map((limit) =>
      slot(point.id, { type: limit.type, delays: limit, priority: limit.priority, limit, watch }),
    ),
    fault: slot(point.id, {
      type: "FAULT",
      delays: { onDelayMs: point.faultDelayMs, offDelayMs: 0 },
      priority: equipmentPriority,
      limit: null,
      watch,
    }),
    rate: point.limits.some((limit) => limit.type === "RATE") ? new RateWindow() : null,
  };
}

function quietBand(limits: readonly Limit[]): PointSlots["quiet"] {
  if (limits.some((limit) => limit.type === "RATE")) return { low: Number.NaN, high: Number.NaN };
  const at = (isHigh: boolean): number[] =>
    limits.filter((limit) => limit.isHigh === isHigh).map((limit) => limit.at);
  return { low: Math.max(-Infinity, ...at(false)), high: Math.min(Infinity, ...at(true)) };
}

/** Almost every reading of a plant: all is normal and stays so. Nothing else need be looked at then. */
function isQuiet({ watch, quiet }: PointSlots, block: ReadingBlock, i: number): boolean {
  if (watch.awake > 0 || block.qualities[i] !== qualityCode.good) return false;
  const value = block.values[i] ?? Number.NaN;
  return value > quiet.low && value < quiet.high;
}

function offlineSlot(
  source: JudgedSource,
  slot: (source: string, template: SlotPlan) => Slot,
): Slot {
  return slot(source.id, {
    type: "OFFLINE",
    delays: { onDelayMs: source.offlineDelayMs, offDelayMs: 0 },
    priority: equipmentPriority,
    limit: null,
    watch: { awake: 0 },
  });
}

function judgePoint(slots: PointSlots, cause: Cause, move: Move): void {
  for (const slot of slots.limits) {
    if (slot.limit === null || slot.type === "RATE") continue;
    const mustRaise = Number.isNaN(cause.value) && slots.point.onBadQuality === "raise";
    move(slot, mustRaise ? "beyond" : judge(slot.limit, cause.value), cause);
  }
  if (slots.rate !== null) judgeRate(slots, slots.rate, cause, move);
  move(slots.fault, faultFinding(cause.quality), cause);
}

/** A rate that cannot be told yet, from too few values, is no bad quality: the state stays. */
function judgeRate(slots: PointSlots, rate: RateWindow, cause: Cause, move: Move): void {
  const slot = slots.limits.find((candidate) => candidate.type === "RATE");
  if (slot?.limit === null || slot === undefined) return;
  const value = cause.value;
  cause.value = rate.rate(value, cause.at.monotonicMs);
  move(slot, judge(slot.limit, cause.value), cause);
  cause.value = value;
}

/** Silence is the device's alarm (OFFLINE), not one per point: it says nothing about the sensor. */
function faultFinding(quality: number): Finding {
  if (isFault.has(quality)) return "beyond";
  return quality === qualityCode["comm-fail"] ? "unknown" : "within";
}

function describe(slot: Slot, cause: Cause): AlarmEvent {
  const isRaised = isStanding(slot.state);
  return {
    alarmId: slot.alarmId,
    source: cause.source.id,
    tank: cause.source.tank,
    hazard: cause.source.hazard,
    type: slot.type,
    event: isRaised ? "raise" : "return",
    value: Number.isNaN(cause.value) ? null : cause.value,
    quality: qualities[cause.quality] ?? "uncertain",
    unit: slot.type === "RATE" ? `${cause.source.unit}/min` : cause.source.unit,
    limit: slot.limit?.at ?? null,
    priority: slot.priority,
    stateAfter: isRaised ? "unacked" : "normal",
    reason: reason(slot, cause, isRaised),
    at: cause.at,
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
