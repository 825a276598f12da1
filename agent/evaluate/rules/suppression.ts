/** While a plant is in a state in which alarms mean nothing, they are held back: whether that is so now. Pure. */

import { joinWords, word } from "../../../config/words/bilingual.ts";
import type { Finding } from "../condition.ts";
import { allOf, type ConditionTerms, conditionText, holds } from "./conditions.ts";
import type { RuleJudge } from "./ruleJudge.ts";

/**
 * Holding back must be earned by good readings: a condition that cannot be told does not hold. Time at its most: it
 * ends, and begins again only after the conditions have been over.
 */
export function createSuppression(terms: {
  readonly when: readonly ConditionTerms[];
  /** Null: as long as the conditions hold. */
  readonly atMostMs: number | null;
}): RuleJudge {
  const { when, atMostMs } = terms;
  const values = new Float64Array(when.length).fill(Number.NaN);
  let sinceMs: number | null = null;
  let isSpent = false;

  return {
    inputs: when.map(({ point }) => point),
    // What it cannot tell it does not hold back: nothing is missed.
    needs: 0,
    take(input, value) {
      values[input] = value;
    },
    judge({ monotonicMs }): Finding {
      const isMet = allOf(when.map((one, i) => holds(one, values[i] ?? Number.NaN))) === true;
      if (!isMet) {
        sinceMs = null;
        isSpent = false;
        return "within";
      }
      sinceMs ??= monotonicMs;
      isSpent = atMostMs !== null && monotonicMs - sinceMs >= atMostMs;
      return isSpent ? "within" : "beyond";
    },
    tell() {
      const facts = when.map((one, i) => conditionText(one, values[i] ?? Number.NaN));
      const spent = isSpent ? [word("已到最长抑制时间", "longest time reached")] : [];
      return { value: Number.NaN, reason: joinWords([...spent, ...facts]) };
    },
  };
}
