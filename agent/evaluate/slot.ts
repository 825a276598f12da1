/** One alarm condition of one source while the agent runs: its state, and what was last found of it. */

import type { AlarmType, Priority } from "../../config/words/alarms.ts";
import { type Word, word } from "../../config/words/bilingual.ts";
import { qualities } from "../../config/words/quality.ts";
import { qualityWord } from "../../config/words/qualityWords.ts";
import type { Instant } from "../../config/words/time.ts";
import type { AlarmHead, ConditionChange } from "../alarmRecords.ts";
import {
  type ConditionState,
  type Delays,
  type Finding,
  isStanding,
  nextState,
  normal,
} from "./condition.ts";
import type { Limit } from "./limit.ts";

/** Whose alarms these are. */
export interface Source {
  readonly id: string;
  readonly unit: string;
  readonly tank: string | null;
  readonly hazard: string | null;
}

/** What is the same for all slots of one source. */
export interface Watch {
  readonly source: Source;
  /** How many things of it must be looked at again with its next reading. */
  awake: number;
  /** A finding older than this proves nothing. */
  readonly freshMs: number;
  /** Slots of any source with a delay running. */
  readonly waiting: Set<Slot>;
}

/** What goes with a change beside the value. */
export type Tell = (nowMs: number) => { readonly limit: number | null; readonly reason: Word };

export interface SlotPlan {
  readonly type: AlarmType;
  readonly delays: Delays;
  readonly priority: Priority;
  readonly limit: Limit | null;
  readonly watch: Watch;
}

export interface Slot extends SlotPlan {
  state: ConditionState;
  /** Of the last judgement. */
  found: Finding;
  value: number;
  quality: number;
  heardMs: number;
  tell: Tell | null;
}

/** What is judged now. One object for many judgements: this runs for every reading of the plant. */
export interface Cause {
  readonly at: Instant;
  value: number;
  quality: number;
  readonly changes: ConditionChange[];
}

/** Moves one slot; a change only when the condition begins or ceases to stand. */
export function move(slot: Slot, found: Finding, cause: Cause, tell: Tell | null = null): void {
  slot.found = found;
  slot.value = cause.value;
  slot.quality = cause.quality;
  slot.heardMs = cause.at.monotonicMs;
  slot.tell = tell;
  step(slot, cause);
}

/** A delay that is up ends without a further reading, if the last finding is not too old to be believed. */
export function ripen(slot: Slot, at: Instant, changes: ConditionChange[]): void {
  if (at.monotonicMs - slot.heardMs > slot.watch.freshMs) return;
  step(slot, { at, value: slot.value, quality: slot.quality, changes });
}

function step(slot: Slot, cause: Cause): void {
  const before = slot.state;
  const after = nextState(slot.delays, before, slot.found, cause.at.monotonicMs);
  if (after === before) return;
  slot.state = after;
  slot.watch.awake += Number(after !== normal) - Number(before !== normal);
  if (after.phase === "pending" || after.phase === "returning") slot.watch.waiting.add(slot);
  else slot.watch.waiting.delete(slot);
  if (isStanding(before) !== isStanding(after)) {
    cause.changes.push({ ...describe(slot, cause), ...slot.tell?.(cause.at.monotonicMs) });
  }
}

export function describe(slot: Slot, cause: Cause): ConditionChange {
  return {
    ...headOf(slot),
    isStanding: isStanding(slot.state),
    value: Number.isNaN(cause.value) ? null : cause.value,
    quality: qualities[cause.quality] ?? "uncertain",
    reason: reasonOf(slot, cause),
    at: cause.at,
  };
}

export function headOf({ type, limit, priority, watch: { source } }: SlotPlan): AlarmHead {
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

function reasonOf({ limit, type, state }: Slot, { value, quality }: Cause): Word {
  const isRaised = isStanding(state);
  const seen = qualityWord(quality);
  if (limit === null) {
    if (isRaised) return seen;
    return type === "OFFLINE"
      ? word("恢复应答", "answers again")
      : word("恢复有值", "has a value again");
  }
  if (Number.isNaN(value)) {
    return word(`无数值 (${seen.zh})，按越限处理`, `no value (${seen.en}), judged as passed`);
  }
  const figures = `${value} ${limit.isHigh === isRaised ? ">=" : "<="} ${limit.at}`;
  return word(figures, figures);
}
