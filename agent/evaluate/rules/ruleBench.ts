/** Runs the rules over several points: takes the readings of a block, then judges the rules they concern. */

import { word } from "../../../config/words/bilingual.ts";
import type { Instant } from "../../../config/words/time.ts";
import type {
  AlarmHead,
  ConditionChange,
  StandingAlarm,
  SuppressionChange,
} from "../../alarmRecords.ts";
import { active, type ConditionState, isStanding, nextState, normal } from "../condition.ts";
import { fits } from "./fits.ts";
import type { JudgedRule } from "./judgedRule.ts";

export interface RuleBench {
  readonly heads: readonly AlarmHead[];
  /** `value` is NaN where there is no number. */
  take(position: number, value: number, at: Instant): void;
  /** Judges the rules that took something since the last time. */
  judge(at: Instant, changes: ConditionChange[]): void;
  /** Forgets what is too old to be believed, then judges all rules. */
  tick(at: Instant, changes: ConditionChange[]): void;
  /** What the rules began or ceased to hold back since the last call. */
  takeSuppressions(): readonly SuppressionChange[];
  unjudged(): readonly Unjudged[];
}

/** A rule that may miss what it is there for: `inputs` have no number. */
export interface Unjudged {
  /** `rule/ID` */
  readonly source: string;
  readonly inputs: readonly string[];
}

interface Input {
  readonly freshMs: number;
  heardMs: number;
  hasNumber: boolean;
}

interface Running {
  readonly rule: JudgedRule;
  readonly source: string;
  readonly inputs: readonly Input[];
  /** Alarms it holds back. */
  readonly held: readonly AlarmHead[];
  /** Of its own alarm; of the alarm that it is blind. */
  state: ConditionState;
  blind: ConditionState;
  isTouched: boolean;
}

/** Blind for a moment is no news: a lost frame, the first reading of a slow point after a start. */
const blindMsMin = 30_000;
const blindPriority = 3;

export function createRuleBench(options: {
  readonly rules: readonly JudgedRule[];
  /** In the order of positions; a reading older than `freshMs` is not believed. */
  readonly points: readonly { readonly tag: string; readonly freshMs: number }[];
  /** Every alarm of points and devices. */
  readonly heads: readonly AlarmHead[];
  readonly standing: readonly StandingAlarm[];
}): RuleBench {
  const { rules, points, standing } = options;
  const heads = rules.flatMap(headsOf);
  const freshMs = new Map(points.map((point) => [point.tag, point.freshMs]));
  const running = rules.map((rule): Running => {
    const source = sourceOf(rule);
    const held = [...options.heads, ...heads].filter((head) => fits(rule.holdsBack, head));
    const inputs = rule.judge.inputs.map((tag) => ({
      freshMs: freshMs.get(tag) ?? 0,
      ...{ heardMs: Number.NEGATIVE_INFINITY, hasNumber: false },
    }));
    const state = wasActive(rule, standing) ? active : normal;
    const blind = wasStanding(standing, source, "FAULT") ? active : normal;
    return { rule, source, held, inputs, state, blind, isTouched: false };
  });
  const takers = takersOf(running, points);
  const suppressions: SuppressionChange[] = [];

  const judgeOne = (one: Running, at: Instant, changes: ConditionChange[]): void => {
    const before = one.state;
    one.state = nextState(one.rule, before, one.rule.judge.judge(at), at.monotonicMs);
    if (isStanding(before) !== isStanding(one.state)) {
      if (one.rule.alarm === null) suppressions.push(...heldBack(one, at));
      else changes.push(changeOf(one, at));
    }
    judgeSight(one, at, changes);
  };

  const judgeTouched = (at: Instant, changes: ConditionChange[]): void => {
    for (const one of running) {
      if (!one.isTouched) continue;
      one.isTouched = false;
      judgeOne(one, at, changes);
    }
  };

  return {
    heads,
    take(position, value, at) {
      for (const { one, input } of takers.get(position) ?? []) takeOne(one, input, value, at);
    },
    judge: judgeTouched,
    tick(at, changes) {
      for (const one of running) {
        one.isTouched = true;
        for (const [i, { heardMs, hasNumber, freshMs: trustedMs }] of one.inputs.entries()) {
          if (hasNumber && at.monotonicMs - heardMs > trustedMs) takeOne(one, i, Number.NaN, at);
        }
      }
      judgeTouched(at, changes);
    },
    takeSuppressions: () => suppressions.splice(0),
    unjudged: () =>
      running
        .map((one) => ({ source: one.source, inputs: deadInputs(one) }))
        .filter(({ inputs }) => inputs.length > 0),
  };
}

function takeOne(one: Running, i: number, value: number, at: Instant): void {
  one.rule.judge.take(i, value, at.monotonicMs);
  one.isTouched = true;
  const input = one.inputs[i];
  if (input === undefined) return;
  input.heardMs = at.monotonicMs;
  input.hasNumber = !Number.isNaN(value);
}

function deadInputs({ rule: { judge }, inputs }: Running): readonly string[] {
  return judge.inputs.filter((_, i) => i < judge.needs && inputs[i]?.hasNumber !== true);
}

/** A rule that has gone blind is an alarm of its own: it would be silent just when it is needed. */
function judgeSight(one: Running, at: Instant, changes: ConditionChange[]): void {
  if (one.rule.judge.needs === 0) return;
  const isBlind = one.inputs.some((input, i) => i < one.rule.judge.needs && !input.hasNumber);
  const before = one.blind;
  if (!isBlind && before === normal) return;
  const onDelayMs = Math.max(blindMsMin, ...one.inputs.map(({ freshMs }) => freshMs));
  const delays = { onDelayMs, offDelayMs: 0 };
  one.blind = nextState(delays, before, isBlind ? "beyond" : "within", at.monotonicMs);
  if (isStanding(before) === isStanding(one.blind)) return;
  const dead = deadInputs(one).join(", ");
  const head = headsOf(one.rule).find(({ type }) => type === "FAULT");
  if (head === undefined) return;
  changes.push({
    ...head,
    ...{ isStanding: isBlind, value: null, quality: isBlind ? "uncertain" : "good", at },
    reason: isBlind
      ? word(`规则无法判断: ${dead} 无数值`, `the rule is blind: no value from ${dead}`)
      : word("规则恢复判断", "the rule can judge again"),
  });
}

type Takers = Map<number, { readonly one: Running; readonly input: number }[]>;

function takersOf(
  running: readonly Running[],
  points: readonly { readonly tag: string }[],
): Takers {
  const positions = new Map(points.map(({ tag }, position) => [tag, position]));
  const takers: Takers = new Map();
  for (const one of running) {
    for (const [input, tag] of one.rule.judge.inputs.entries()) {
      const position = positions.get(tag);
      if (position === undefined) continue;
      takers.set(position, [...(takers.get(position) ?? []), { one, input }]);
    }
  }
  return takers;
}

function sourceOf({ id }: JudgedRule): string {
  return `rule/${id}`;
}

/** Its own alarm first, then that it is blind. */
function headsOf(rule: JudgedRule): readonly AlarmHead[] {
  if (rule.alarm === null) return [];
  const own = { source: sourceOf(rule), ...rule.alarm };
  return [own, { ...own, type: "FAULT", priority: blindPriority, limit: null, unit: "" }];
}

function wasActive(rule: JudgedRule, standing: readonly StandingAlarm[]): boolean {
  const { alarm, id } = rule;
  if (alarm === null) {
    return standing.some(({ detail }) => detail?.suppressedBy?.split(", ").includes(id) === true);
  }
  return wasStanding(standing, sourceOf(rule), alarm.type);
}

function wasStanding(
  standing: readonly StandingAlarm[],
  source: string,
  type: AlarmHead["type"],
): boolean {
  return standing.some(
    (one) => one.source === source && one.type === type && (one.detail?.isActive ?? true),
  );
}

function heldBack({ rule, held, state }: Running, at: Instant): readonly SuppressionChange[] {
  const { reason } = rule.judge.tell();
  const isSuppressed = isStanding(state);
  return held.map(({ source, type }) => ({
    rule: rule.id,
    source,
    type,
    isSuppressed,
    reason,
    at,
  }));
}

function changeOf({ rule, source, state }: Running, at: Instant): ConditionChange {
  const { value, reason } = rule.judge.tell();
  const [head] = headsOf(rule);
  return {
    ...(head ?? {
      source,
      type: "DEVIATION",
      tank: null,
      hazard: null,
      unit: "",
      limit: null,
      priority: 3,
    }),
    isStanding: isStanding(state),
    value: Number.isNaN(value) ? null : value,
    quality: Number.isNaN(value) ? "uncertain" : "good",
    reason,
    at,
  };
}
