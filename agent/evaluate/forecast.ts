/** Time until a point reaches its next limit at the present rate, and whether that is soon. Pure. */

import type { AlarmType, Priority } from "../../config/words/alarms.ts";
import type { Finding } from "./condition.ts";
import { Trend } from "./trend.ts";

export interface ForecastTerms {
  /** Soon enough for an alarm. */
  readonly withinMs: number;
  /** The rate is that of this much time past. */
  readonly overMs: number;
  readonly priority: Priority;
}

/** A limit that may be reached. */
export interface Goal {
  readonly type: AlarmType;
  readonly at: number;
  readonly isHigh: boolean;
}

export interface Arrival {
  readonly goal: Goal;
  /** Above 0. */
  readonly inMs: number;
  /** Signed, units a minute. */
  readonly perMinute: number;
}

/** The alarm is over when the limit has moved away to this many times the configured time. */
const farther = 1.5;

/** Only limits ahead count: one that is passed has its own alarm. */
export class Forecast {
  readonly #terms: ForecastTerms;
  readonly #goals: readonly Goal[];
  readonly #trend: Trend;
  #next: Arrival | null = null;

  constructor(terms: ForecastTerms, goals: readonly Goal[]) {
    this.#terms = terms;
    this.#goals = goals;
    this.#trend = new Trend(terms.overMs);
  }

  /** The nearest limit ahead, as of the last value. */
  get next(): Arrival | null {
    return this.#next;
  }

  /** NaN, and a rate that cannot be told yet, are `unknown`. */
  judge(value: number, nowMs: number): Finding {
    if (Number.isNaN(value)) return "unknown";
    this.#trend.take(value, nowMs);
    const perMs = this.#trend.perMs;
    this.#next = null;
    if (Number.isNaN(perMs)) return "unknown";
    for (const goal of this.#goals) {
      const inMs = (goal.at - value) / perMs;
      const isAhead = goal.isHigh === perMs > 0 && inMs > 0 && Number.isFinite(inMs);
      if (!isAhead || inMs >= (this.#next?.inMs ?? Number.POSITIVE_INFINITY)) continue;
      this.#next = { goal, inMs, perMinute: perMs * 60_000 };
    }
    const inMs = this.#next?.inMs ?? Number.POSITIVE_INFINITY;
    if (inMs <= this.#terms.withinMs) return "beyond";
    return inMs > this.#terms.withinMs * farther ? "within" : "between";
  }
}

/** "HH in 7 min at 12 mm/min" */
export function arrivalText({ goal, inMs, perMinute }: Arrival, unit: string): string {
  const time = inMs < 90_000 ? `${Math.ceil(inMs / 1_000)} s` : `${Math.round(inMs / 60_000)} min`;
  return `${goal.type} in ${time} at ${Number(perMinute.toPrecision(2))} ${unit}/min`;
}
