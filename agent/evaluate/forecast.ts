/** Time until a point reaches its next limit at the present rate, and whether that is soon. Pure. */

import type { AlarmType, Priority } from "../../config/words/alarms.ts";
import { typeWords } from "../../config/words/alarmWords.ts";
import { type Word, word } from "../../config/words/bilingual.ts";
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

/** People are called again when the time left is a third of what they were last told, unless that was this short. */
const shrunkTo = 1 / 3;
const shortMs = 120_000;

/** The alarm is over when the limit has moved away to this many times the configured time. */
const farther = 1.5;

/** Only limits ahead count: one that is passed has its own alarm. */
export class Forecast {
  readonly #terms: ForecastTerms;
  readonly #goals: readonly Goal[];
  readonly #trend: Trend;
  #next: Arrival | null = null;
  /** What people were last told while the alarm stands: limit -> time left. */
  readonly #told = new Map<Goal, number>();

  constructor(terms: ForecastTerms, goals: readonly Goal[]) {
    this.#terms = terms;
    this.#goals = goals;
    this.#trend = new Trend(terms.overMs);
  }

  /** The nearest limit ahead, as of the last value. */
  get next(): Arrival | null {
    return this.#next;
  }

  /**
   * People must be told anew: another limit is the nearest now and near enough, or two thirds of the time that they were told are
   * gone. Each limit is told once and each of its thirds once, as long as the alarm stands: a wavering rate is no spam.
   * To be asked after each judgement while the alarm stands.
   */
  hasWorsened(): boolean {
    const { goal, inMs } = this.#next ?? {};
    if (goal === undefined || inMs === undefined || inMs > this.#terms.withinMs) return false;
    const told = this.#told.get(goal);
    const isFirst = this.#told.size === 0;
    const isSooner = told !== undefined && told > shortMs && inMs <= told * shrunkTo;
    if (told !== undefined && !isSooner) return false;
    this.#told.set(goal, inMs);
    return !isFirst;
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
    if (inMs > this.#terms.withinMs * farther) this.#told.clear();
    return inMs > this.#terms.withinMs * farther ? "within" : "between";
  }
}

/** "HH in 7 min at 12 mm/min" */
export function arrivalText({ goal, inMs, perMinute }: Arrival, unit: string): Word {
  const time =
    inMs < 90_000
      ? word(`${Math.ceil(inMs / 1_000)} 秒`, `${Math.ceil(inMs / 1_000)} s`)
      : word(`${Math.round(inMs / 60_000)} 分钟`, `${Math.round(inMs / 60_000)} min`);
  const rate = `${Number(perMinute.toPrecision(2))} ${unit}/min`;
  return word(
    `按 ${rate} 的速度, ${time.zh}后到${typeWords[goal.type].zh} (${goal.type})`,
    `${goal.type} in ${time.en} at ${rate}`,
  );
}
