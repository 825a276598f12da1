/** Readings + states of all conditions -> new states and the changes. Holds the state, does no I/O. */

import type { AlarmType } from "../../config/words/alarms.ts";
import { qualityCode } from "../../config/words/quality.ts";
import type { Instant } from "../../config/words/time.ts";
import type {
  AlarmHead,
  ConditionChange,
  StandingAlarm,
  SuppressionChange,
} from "../alarmRecords.ts";
import type { ReadingBlock } from "../records.ts";
import { active, type Finding, normal } from "./condition.ts";
import {
  equipmentPriority,
  freshMsOf,
  isQuiet,
  type JudgedPoint,
  judgePoint,
  numberAt,
  pointSlots,
} from "./pointSlots.ts";
import type { JudgedRule } from "./rules/judgedRule.ts";
import { createRuleBench, type Unjudged } from "./rules/ruleBench.ts";
import { type Cause, headOf, move, ripen, type Slot, type SlotPlan } from "./slot.ts";

/** A bus or device whose silence is an alarm of its own. */
export interface JudgedSource {
  readonly id: string;
  readonly offlineDelayMs: number;
}

export interface Evaluator {
  /** Judges every reading of the block, in order. */
  evaluate(block: ReadingBlock): readonly ConditionChange[];
  /** Judges whether a bus or device answers. `unknown` keeps what was. */
  connection(id: string, finding: Finding, at: Instant): readonly ConditionChange[];
  /**
   * What time alone does: delays that are up, readings that have become too old for a rule. To be called each second.
   * A delay ends only on the word of a reading that is still fresh: a value gone stale proves nothing.
   */
  tick(at: Instant): readonly ConditionChange[];
  /** What the rules began or ceased to hold back since the last call; to be asked after `evaluate` and `tick`. */
  takeSuppressions(): readonly SuppressionChange[];
  /** Rules that are blind now, because a reading they hang on has no number. */
  unjudged(): readonly Unjudged[];
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
  const { heads, slot, waiting } = slotMaker(options.standing);
  const sources = new Map(
    options.sources.map((source) => [source.id, slot(offlinePlan(source, waiting))] as const),
  );
  const ruled = new Set(options.rules?.flatMap(({ judge: { inputs } }) => inputs));
  const points = options.points.map((point) => {
    const behind = point.behind?.flatMap((id) => sources.get(id) ?? []) ?? [];
    return pointSlots(point, { slot, behind, waiting, isInRule: ruled.has(point.id) });
  });
  const bench = createRuleBench({
    ...{ rules: options.rules ?? [], heads, standing: options.standing },
    points: options.points.map((point) => ({ tag: point.id, freshMs: freshMsOf(point) })),
  });
  return {
    heads: [...heads, ...bench.heads],
    takeSuppressions: bench.takeSuppressions,
    unjudged: bench.unjudged,
    evaluate(block) {
      // One scratch object for the whole block: this runs for every reading of the plant.
      const cause: Cause = { at: block.takenAt, value: 0, quality: 0, changes: [] };
      for (let i = 0; i < block.points.length; i += 1) {
        const slots = points[block.points[i] ?? -1];
        if (slots === undefined || isQuiet(slots, block, i)) continue;
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
      const cause: Cause = { at, value: Number.NaN, quality, changes: [] };
      move(offline, finding, cause);
      return cause.changes;
    },
    tick(at) {
      const changes: ConditionChange[] = [];
      for (const slot of waiting) ripen(slot, at, changes);
      bench.tick(at, changes);
      return changes;
    },
  };
}

function slotMaker(standing: readonly StandingAlarm[]) {
  const wereActive = new Set(
    standing
      .filter((alarm) => alarm.detail?.isActive ?? true)
      .map((alarm) => key(alarm.source, alarm.type)),
  );
  const heads: AlarmHead[] = [];
  return {
    heads,
    waiting: new Set<Slot>(),
    slot(plan: SlotPlan): Slot {
      const head = headOf(plan);
      heads.push(head);
      const isActive = wereActive.has(key(head.source, head.type));
      if (isActive) plan.watch.awake += 1;
      return {
        ...plan,
        state: isActive ? active : normal,
        ...{ found: "unknown", value: Number.NaN, quality: qualityCode.good },
        ...{ heardMs: Number.NEGATIVE_INFINITY, tell: null },
      };
    },
  };
}

/** That it was silent stays true until it answers: such a finding does not grow old. */
function offlinePlan({ id, offlineDelayMs }: JudgedSource, waiting: Set<Slot>): SlotPlan {
  const source = { id, unit: "", tank: null, hazard: null };
  return {
    type: "OFFLINE",
    delays: { onDelayMs: offlineDelayMs, offDelayMs: 0 },
    priority: equipmentPriority,
    limit: null,
    watch: { source, awake: 0, freshMs: Number.POSITIVE_INFINITY, waiting },
  };
}

function key(source: string, type: AlarmType): string {
  return `${type} ${source}`;
}
