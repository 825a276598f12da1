/** The rules of a site file -> what the evaluator runs: their judges, alarms, and who is held back. Pure. */

import type { Site } from "../../../config/site.ts";
import type { AlarmType, Priority } from "../../../config/words/alarms.ts";
import { unreachable } from "../../../config/words/result.ts";
import type { Delays } from "../condition.ts";
import { createCorroborated } from "./corroborated.ts";
import { createDeviation } from "./deviation.ts";
import { createLevelDrop } from "./levelDrop.ts";
import type { RuleJudge } from "./ruleJudge.ts";
import { createSuppression } from "./suppression.ts";

export type Rule = Site["alarms"]["rules"][string];

/** Transfers that people declare. */
export interface Transfers {
  isDeclared(tank: string, wallMs: number): boolean;
}

export interface JudgedRule extends Delays {
  readonly id: string;
  readonly judge: RuleJudge;
  /** Null: the rule raises no alarm, it holds alarms back. */
  readonly alarm: {
    readonly type: AlarmType;
    readonly priority: Priority;
    readonly limit: number;
    readonly unit: string;
    readonly tank: string | null;
    readonly hazard: string | null;
  } | null;
  /** Patterns over "TYPE SOURCE". */
  readonly holdsBack: readonly string[];
}

/** LEVEL-DROP and CORROBORATED speak of a leak: red; instruments that disagree: yellow. */
const usual = {
  deviation: { type: "DEVIATION", priority: 3 },
  vote2oo3: { type: "DEVIATION", priority: 3 },
  "level-drop": { type: "LEVEL-DROP", priority: 1 },
  corroborated: { type: "CORROBORATED", priority: 1 },
} as const;

export function judgedRules(site: Site, transfers: Transfers): readonly JudgedRule[] {
  return Object.entries(site.alarms.rules).map(([id, rule]) =>
    judgedRule(id, rule, { site, transfers }),
  );
}

function judgedRule(
  id: string,
  rule: Rule,
  { site, transfers }: { readonly site: Site; readonly transfers: Transfers },
): JudgedRule {
  const delays = { id, onDelayMs: rule.onDelay, offDelayMs: rule.offDelay };
  if (rule.type === "suppress") {
    const judge = createSuppression({ when: rule.when, atMostMs: rule.atMost ?? null });
    return { ...delays, judge, alarm: null, holdsBack: rule.alarms };
  }
  const measured = measuredBy(rule);
  const tank = rule.tank ?? tankOf(site, measured);
  const { type, priority } = usual[rule.type];
  const unit = site.points[measured]?.unit ?? "";
  const judge = judgeOf(
    rule,
    unit,
    (wallMs) => tank !== null && transfers.isDeclared(tank, wallMs),
  );
  const hazard = tank === null ? null : (site.tanks[tank]?.hazard ?? null);
  return {
    ...delays,
    judge,
    holdsBack: [],
    alarm: {
      ...{ type, unit, tank, hazard, limit: limitOf(rule) },
      priority: (rule.priority as Priority | undefined) ?? priority,
    },
  };
}

type AlarmRule = Exclude<Rule, { type: "suppress" }>;

function judgeOf(
  rule: AlarmRule,
  unit: string,
  isTransferDeclared: (wallMs: number) => boolean,
): RuleJudge {
  switch (rule.type) {
    case "deviation":
    case "vote2oo3":
      return createDeviation(rule);
    case "level-drop":
      return createLevelDrop({
        ...{ point: rule.point, drop: rule.drop, unless: rule.unless, unit },
        withinMs: rule.within,
        isTransferDeclared: rule.transfers ? isTransferDeclared : () => false,
      });
    case "corroborated":
      return createCorroborated({
        ...{ gas: rule.gas, gasAbove: rule.gasAbove },
        falls: rule.with.map(({ within, ...fall }) => ({ ...fall, withinMs: within })),
      });
    default:
      return unreachable(rule);
  }
}

function measuredBy(rule: AlarmRule): string {
  if (rule.type === "level-drop") return rule.point;
  return (rule.type === "corroborated" ? rule.gas[0] : rule.points[0]) ?? "";
}

function limitOf(rule: AlarmRule): number {
  if (rule.type === "level-drop") return rule.drop;
  return rule.type === "corroborated" ? rule.gasAbove : rule.max;
}

function tankOf(site: Site, point: string): string | null {
  return Object.entries(site.tanks).find(([, { points }]) => points.includes(point))?.[0] ?? null;
}
