/** "pump P-1 is 1", "flow above 5": three-valued, because a reading without a number is neither. Pure. */

import { type Word, word } from "../../../config/words/bilingual.ts";
import { tidy } from "./ruleJudge.ts";

export interface ConditionTerms {
  readonly point: string;
  readonly is?: number | undefined;
  readonly above?: number | undefined;
  readonly below?: number | undefined;
}

/** Null: cannot be told. */
export type Truth = boolean | null;

export function holds({ is, above, below }: ConditionTerms, value: number): Truth {
  if (Number.isNaN(value)) return null;
  return (
    (is === undefined || value === is) &&
    (above === undefined || value > above) &&
    (below === undefined || value < below)
  );
}

export function anyOf(truths: readonly Truth[]): Truth {
  if (truths.includes(true)) return true;
  return truths.includes(null) ? null : false;
}

export function allOf(truths: readonly Truth[]): Truth {
  if (truths.includes(false)) return false;
  return truths.includes(null) ? null : true;
}

export function conditionText({ point, is, above, below }: ConditionTerms, value: number): Word {
  const terms = [
    ...(is === undefined ? [] : [`= ${is}`]),
    ...(above === undefined ? [] : [`> ${above}`]),
    ...(below === undefined ? [] : [`< ${below}`]),
  ];
  const asked = terms.join(", ");
  if (Number.isNaN(value))
    return word(`${point} 无数值 (${asked})`, `${point} without value (${asked})`);
  const seen = `${point} ${tidy(value)} (${asked})`;
  return word(seen, seen);
}
