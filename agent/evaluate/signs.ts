/** What one point tells beside its limits: where it is heading, whether it lives, what its state says. Pure. */

import type { Limits } from "../../config/site.ts";
import type { AlarmType, Priority } from "../../config/words/alarms.ts";
import { word } from "../../config/words/bilingual.ts";
import type { Delays, Finding } from "./condition.ts";
import { arrivalText, Forecast, type ForecastTerms } from "./forecast.ts";
import { Frozen } from "./frozen.ts";
import type { Limit } from "./limit.ts";
import type { Tell } from "./slot.ts";

export interface FaultWhen {
  readonly is?: number | undefined;
  readonly isNot?: number | undefined;
  readonly bit?: number | undefined;
  readonly say: string;
}

export interface SignTerms {
  readonly forecast: ForecastTerms | null;
  readonly frozenMs: number | null;
  readonly faultWhen: readonly FaultWhen[];
}

export interface Sign {
  readonly type: AlarmType;
  readonly priority: Priority;
  readonly delays: Delays;
  judge(value: number, nowMs: number): Finding;
  /** Whether it is so much worse than when it was last told that it must be told anew. To be asked after `judge`. */
  hasWorsened?(nowMs: number): boolean;
  /** Of the last judgement, while the alarm stands. */
  readonly tell: Tell;
}

const usualPriority: Priority = 3;

export function signTerms(limits: Limits): SignTerms {
  const { forecast, frozen } = limits;
  return {
    forecast:
      forecast === undefined
        ? null
        : {
            withinMs: forecast.within,
            overMs: forecast.over,
            priority: (forecast.priority as Priority | undefined) ?? usualPriority,
          },
    frozenMs: frozen ?? null,
    faultWhen: limits.faultWhen ?? [],
  };
}

export function signsOf(terms: SignTerms, limits: readonly Limit[], unit: string): readonly Sign[] {
  const { forecast, frozenMs } = terms;
  const goals = limits.filter(({ type }) => type !== "RATE");
  return [
    ...(forecast === null ? [] : [forecastSign(forecast, goals, unit)]),
    ...(frozenMs === null ? [] : [frozenSign(frozenMs)]),
  ];
}

/** The text of the first line that is true of the value; null: no fault. */
export function faultSaid(faults: readonly FaultWhen[], value: number): string | null {
  return faults.find((fault) => isTrue(fault, value))?.say ?? null;
}

function isTrue({ is, isNot, bit }: FaultWhen, value: number): boolean {
  if (Number.isNaN(value)) return false;
  return (
    (is === undefined || value === is) &&
    (isNot === undefined || value !== isNot) &&
    (bit === undefined || Math.floor((value >>> 0) / 2 ** bit) % 2 === 1)
  );
}

function forecastSign(terms: ForecastTerms, goals: readonly Limit[], unit: string): Sign {
  const forecast = new Forecast(terms, goals);
  return {
    type: "FORECAST",
    priority: terms.priority,
    // A trend that fails to stand out for a moment has not ended.
    delays: { onDelayMs: 0, offDelayMs: terms.overMs / 2 },
    judge: (value, nowMs) => forecast.judge(value, nowMs),
    hasWorsened: () => forecast.hasWorsened(),
    tell() {
      const { next } = forecast;
      if (next === null) return { limit: null, reason: word("不再趋向限值", "no limit ahead") };
      return { limit: next.goal.at, reason: arrivalText(next, unit) };
    },
  };
}

function frozenSign(forMs: number): Sign {
  const frozen = new Frozen(forMs);
  return {
    type: "FROZEN",
    priority: usualPriority,
    delays: { onDelayMs: 0, offDelayMs: 0 },
    judge: (value, nowMs) => frozen.judge(value, nowMs),
    tell(nowMs) {
      const minutes = Number((frozen.stillMs(nowMs) / 60_000).toPrecision(3));
      return { limit: null, reason: word(`${minutes} 分钟未变化`, `unmoved for ${minutes} min`) };
    },
  };
}
