/** Runs the rules over several points: takes the readings of a block, then judges the rules they concern. */

import type { Instant } from "../../../config/words/time.ts";
import type {
  AlarmHead,
  ConditionChange,
  StandingAlarm,
  SuppressionChange,
} from "../../alarmRecords.ts";
import { active, type ConditionState, isStanding, nextState, normal } from "../condition.ts";
import type { JudgedRule } from "./judgedRule.ts";

export interface RuleBench {
  readonly heads: readonly AlarmHead[];
  /** Positions of points that a rule looks at. */
  readonly watched: ReadonlySet<number>;
  /** `value` is NaN where there is no number. */
  take(position: number, value: number, at: Instant): void;
  /** Judges the rules that took something since the last time. */
  judge(at: Instant, changes: ConditionChange[]): void;
  /** What the rules began or ceased to hold back since the last call. */
  takeSuppressions(): readonly SuppressionChange[];
  /** Rules that cannot judge now, because a reading they hang on has no number: `rule/ID`. */
  readonly unjudged: ReadonlySet<string>;
}

interface Running {
  readonly rule: JudgedRule;
  readonly source: string;
  /** Alarms it holds back. */
  readonly held: readonly AlarmHead[];
  state: ConditionState;
  isTouched: boolean;
}

export function createRuleBench(options: {
  readonly rules: readonly JudgedRule[];
  /** Tags in the order of positions. */
  readonly tags: readonly string[];
  /** Every alarm of points and devices. */
  readonly heads: readonly AlarmHead[];
  readonly standing: readonly StandingAlarm[];
}): RuleBench {
  const { rules, standing } = options;
  const heads = rules.flatMap(headsOf);
  const running = rules.map((rule): Running => {
    const source = sourceOf(rule);
    const held = [...options.heads, ...heads].filter((head) => fits(rule.holdsBack, head));
    const state = wasActive(rule, standing) ? active : normal;
    return { rule, source, held, state, isTouched: false };
  });
  const takers = takersOf(running, options.tags);
  const suppressions: SuppressionChange[] = [];
  const unjudged = new Set<string>();

  const judgeOne = (one: Running, at: Instant, changes: ConditionChange[]): void => {
    const finding = one.rule.judge.judge(at);
    if (finding === "unknown") unjudged.add(one.source);
    else unjudged.delete(one.source);
    const before = one.state;
    one.state = nextState(one.rule, before, finding, at.monotonicMs);
    if (isStanding(before) === isStanding(one.state)) return;
    if (one.rule.alarm === null) suppressions.push(...heldBack(one, at));
    else changes.push(changeOf(one, at));
  };

  return {
    heads,
    unjudged,
    watched: new Set(takers.keys()),
    take(position, value, at) {
      for (const { one, input } of takers.get(position) ?? []) {
        one.rule.judge.take(input, value, at.monotonicMs);
        one.isTouched = true;
      }
    },
    judge(at, changes) {
      for (const one of running) {
        if (!one.isTouched) continue;
        one.isTouched = false;
        judgeOne(one, at, changes);
      }
    },
    takeSuppressions: () => suppressions.splice(0),
  };
}

type Takers = Map<number, { readonly one: Running; readonly input: number }[]>;

function takersOf(running: readonly Running[], tags: readonly string[]): Takers {
  const positions = new Map(tags.map((tag, position) => [tag, position]));
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

function headsOf(rule: JudgedRule): readonly AlarmHead[] {
  return rule.alarm === null ? [] : [{ source: sourceOf(rule), ...rule.alarm }];
}

function wasActive(rule: JudgedRule, standing: readonly StandingAlarm[]): boolean {
  const { alarm, id } = rule;
  if (alarm === null) {
    return standing.some(({ detail }) => detail?.suppressedBy?.split(", ").includes(id) === true);
  }
  return standing.some(
    ({ source, type, detail }) =>
      source === sourceOf(rule) && type === alarm.type && (detail?.isActive ?? true),
  );
}

const special = /[\\^$.+?()[\]{}|/]/g;

/** Whether one of a rule's patterns names the alarm. */
export function fits(
  patterns: readonly string[],
  { type, source }: Pick<AlarmHead, "type" | "source">,
): boolean {
  return patterns.some((pattern) => {
    const parts = pattern.split("*").map((part) => part.replaceAll(special, "\\$&"));
    return new RegExp(`^${parts.join(".*")}$`, "su").test(`${type} ${source}`);
  });
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
