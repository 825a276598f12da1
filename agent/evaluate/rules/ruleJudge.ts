/** What every rule over several points is to the evaluator. */

import type { Word } from "../../../config/words/bilingual.ts";
import type { Finding } from "../condition.ts";

/** Why, for people, and the value that goes with it. */
export interface Told {
  readonly value: number;
  readonly reason: Word;
}

/**
 * First all values of one moment are taken, then it judges: the order of points in a block does not matter. NaN stands
 * for a reading without a number. A verdict that hangs on one is `unknown`: it raises nothing and ends nothing.
 */
export interface RuleJudge {
  /** Tags, in the order of `take`. */
  readonly inputs: readonly string[];
  /** Without a number from one of the first so many inputs the rule may miss what it is there for: it is blind. */
  readonly needs: number;
  take(input: number, value: number, nowMs: number): void;
  judge(at: { readonly wallMs: number; readonly monotonicMs: number }): Finding;
  /** Of the last judgement. */
  tell(): Told;
}

/** Numbers as people read them: without the tail of binary fractions. */
export function tidy(value: number): number {
  return Number(value.toPrecision(6));
}
