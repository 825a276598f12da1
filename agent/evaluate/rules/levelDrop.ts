/** A level falls, and neither a transfer nor anything else explains it. Pure. */

import type { Finding } from "../condition.ts";
import { FallWindow } from "../fallWindow.ts";
import { anyOf, type ConditionTerms, holds, type Truth } from "./conditions.ts";
import { type RuleJudge, tidy } from "./ruleJudge.ts";

/** The alarm is over when the fall within the time is down to this share. */
const overShare = 0.5;

/** A fall that was explained does not count later: the measure begins anew when the explanation ends. */
export function createLevelDrop(terms: {
  readonly point: string;
  readonly drop: number;
  readonly withinMs: number;
  readonly unless: readonly ConditionTerms[];
  readonly unit: string;
  /** Whether a person has declared a transfer of this tank. */
  readonly isTransferDeclared: (wallMs: number) => boolean;
}): RuleJudge {
  const { point, drop, withinMs, unless, unit } = terms;
  const window = new FallWindow(withinMs);
  const others = new Float64Array(unless.length).fill(Number.NaN);
  let level = Number.NaN;
  let told = { value: Number.NaN, reason: "" };

  const say = (reason: string): void => {
    told = { value: level, reason };
  };

  const explained = (wallMs: number): Truth => {
    if (terms.isTransferDeclared(wallMs)) return true;
    return anyOf(unless.map((condition, i) => holds(condition, others[i] ?? Number.NaN)));
  };

  return {
    inputs: [point, ...unless.map((condition) => condition.point)],
    take(input, value, nowMs) {
      if (input > 0) others[input - 1] = value;
      else {
        level = value;
        window.take(value, nowMs);
      }
    },
    judge({ wallMs, monotonicMs }): Finding {
      const isExplained = explained(wallMs);
      if (isExplained === true) {
        window.forget();
        window.take(level, monotonicMs);
        say("explained: a transfer is declared or running");
        return Number.isNaN(level) ? "unknown" : "within";
      }
      const fall = window.fall(monotonicMs);
      if (Number.isNaN(fall)) return "unknown";
      const minutes = tidy(withinMs / 60_000);
      say(`${point} fell by ${tidy(fall)} ${unit} within ${minutes} min, no transfer declared`);
      // What would explain it cannot be read: no new alarm, and no end of one.
      if (fall >= drop) return isExplained === null ? "unknown" : "beyond";
      return fall <= drop * overShare ? "within" : "between";
    },
    tell: () => told,
  };
}
