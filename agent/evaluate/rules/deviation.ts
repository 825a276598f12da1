/** Two or three instruments that measure the same: do they agree? Pure. */

import { type Word, word } from "../../../config/words/bilingual.ts";
import type { Finding } from "../condition.ts";
import { type RuleJudge, type Told, tidy } from "./ruleJudge.ts";

/** Two points are compared with each other, three with their median. */
export function createDeviation(terms: {
  readonly points: readonly string[];
  readonly max: number;
  readonly deadband: number;
}): RuleJudge {
  const { points, max, deadband } = terms;
  const values = new Float64Array(points.length).fill(Number.NaN);
  let apart = Number.NaN;

  return {
    inputs: points,
    needs: points.length,
    take(input, value) {
      values[input] = value;
    },
    judge(): Finding {
      apart = farthest(values);
      if (Number.isNaN(apart)) return "unknown";
      if (apart > max) return "beyond";
      return apart <= max - deadband ? "within" : "between";
    },
    tell(): Told {
      const readings = points.map((tag, i) => `${tag} ${tidy(values[i] ?? Number.NaN)}`).join(", ");
      if (apart <= max) {
        const reason = word(`相差不超过 ${max}: ${readings}`, `agree within ${max}: ${readings}`);
        return { value: apart, reason };
      }
      const who = blamed(points, values, max);
      return {
        value: apart,
        reason: word(
          `${who.zh}, 相差 ${tidy(apart)}, 超过 ${max}: ${readings}`,
          `${who.en}: ${tidy(apart)} apart, more than ${max}: ${readings}`,
        ),
      };
    },
  };
}

/** NaN when one has no number: the others alone prove nothing against it. */
function farthest(values: Float64Array): number {
  const sorted = values.toSorted();
  const low = sorted[0] ?? Number.NaN;
  const high = sorted.at(-1) ?? Number.NaN;
  if (values.length === 2) return high - low;
  const middle = sorted[1] ?? Number.NaN;
  return Math.max(high - middle, middle - low);
}

function blamed(points: readonly string[], values: Float64Array, max: number): Word {
  if (points.length === 2) return word(points.join(" 与 "), points.join(" and "));
  const middle = values.toSorted()[1] ?? Number.NaN;
  const far = points.filter((_, i) => Math.abs((values[i] ?? middle) - middle) > max);
  return far.length === 1
    ? word(`${far[0]} 与另外两个不一致`, `${far[0]} disagrees with the others`)
    : word("三个互不一致", "no two agree");
}
