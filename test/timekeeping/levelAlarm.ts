/** One level with one delayed limit, judged as the agent does it. */

import { ulid } from "ulid";
import type { AlarmEvent } from "../../agent/alarmRecords.ts";
import { createAlarmDesk } from "../../agent/alarms/alarmDesk.ts";
import { createEvaluator } from "../../agent/evaluate/evaluate.ts";
import type { Limit } from "../../agent/evaluate/limit.ts";
import type { ReadingBlock } from "../../agent/records.ts";
import type { Engine } from "../../agent/store/engine.ts";
import type { Instant } from "../../config/words/time.ts";

const limit: Limit = {
  type: "H",
  at: 5,
  isHigh: true,
  deadband: 0.5,
  onDelayMs: 5_000,
  offDelayMs: 3_000,
  priority: 2,
};

const never = { ackWithinMs: null, reAlarmMs: null };
const terms = {
  isLatching: false,
  isShelvable: true,
  shelveMsMax: 1,
  outOfServiceMsMax: 1,
  ...never,
};

/** Gives the transitions of a block, where somebody acknowledges each alarm at once. */
export interface LevelAlarm {
  evaluate(block: ReadingBlock): readonly AlarmEvent[];
}

/** Two points: a serial number without limits, and a level with one. */
export function levelAlarm(engine: Engine, now: Instant): LevelAlarm {
  const point = { id: "LT-101", unit: "m", tank: null, hazard: null };
  const idle = { id: "SERIAL", unit: "1", tank: null, hazard: null, limits: [] };
  const rest = { onBadQuality: "hold", faultDelayMs: 0, everyMs: 1_000 } as const;
  const evaluator = createEvaluator({
    points: [
      { ...idle, ...rest },
      { ...point, ...rest, limits: [limit] },
    ],
    sources: [],
    standing: engine.standing(),
  });
  const desk = createAlarmDesk({
    heads: evaluator.heads,
    rules: [],
    termsOf: () => terms,
    standing: engine.standing(),
    now,
    // As the agent names its alarms.
    newAlarmId: (at) => ulid(at.wallMs, Math.random),
    onFlood: () => {},
  });
  return {
    evaluate(block) {
      const found = desk.conditions(evaluator.evaluate(block));
      const by = { by: "officer", reason: "seen", note: "", at: block.takenAt };
      const raised = found.filter(({ event }) => event === "raise");
      return [...found, ...desk.act({ do: "ack", alarms: raised, ...by }).events];
    },
  };
}

/** What of an alarm must not depend on the wall clock. */
export function told({ at, event, type, source, value }: AlarmEvent): string {
  return `${at.monotonicMs} ${event} ${type} ${source} ${value}`;
}
