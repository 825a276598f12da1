/** One level with one delayed limit, judged as the agent does it. */

import { ulid } from "ulid";
import { createEvaluator, type Evaluator } from "../../agent/evaluate/evaluate.ts";
import type { Limit } from "../../agent/evaluate/limit.ts";
import type { AlarmEvent } from "../../agent/records.ts";
import type { Engine } from "../../agent/store/engine.ts";

const limit: Limit = {
  type: "H",
  at: 5,
  isHigh: true,
  deadband: 0.5,
  onDelayMs: 5_000,
  offDelayMs: 3_000,
  priority: 2,
};

/** Two points: a serial number without limits, and a level with one. */
export function levelEvaluator(engine: Engine): Evaluator {
  const point = { id: "LT-101", unit: "m", tank: null, hazard: null };
  const idle = { id: "SERIAL", unit: "1", tank: null, hazard: null, limits: [] };
  const rest = { onBadQuality: "hold", faultDelayMs: 0 } as const;
  return createEvaluator({
    points: [
      { ...idle, ...rest },
      { ...point, ...rest, limits: [limit] },
    ],
    sources: [],
    standing: engine.standing(),
    // As the agent names its alarms.
    newAlarmId: (at) => ulid(at.wallMs, Math.random),
  });
}

/** What of an alarm must not depend on the wall clock. */
export function told({ at, event, type, source, value }: AlarmEvent): string {
  return `${at.monotonicMs} ${event} ${type} ${source} ${value}`;
}
