/** Gas near a tank whose level or pressure is falling: two weak signs make a strong one. Pure. */

import { joinWords, word } from "../../../config/words/bilingual.ts";
import type { Finding } from "../condition.ts";
import { FallWindow } from "../fallWindow.ts";
import { type RuleJudge, type Told, tidy } from "./ruleJudge.ts";

export interface FallTerms {
  readonly point: string;
  readonly fallsBy: number;
  readonly withinMs: number;
}

/** Half of each sign must be gone before the alarm is over. */
const overShare = 0.5;

export function createCorroborated(terms: {
  readonly gas: readonly string[];
  readonly gasAbove: number;
  readonly falls: readonly FallTerms[];
}): RuleJudge {
  const { gas, gasAbove, falls } = terms;
  const concentrations = new Float64Array(gas.length).fill(Number.NaN);
  const windows = falls.map((fall) => new FallWindow(fall.withinMs));
  const shares = { gas: concentrations, falls: new Float64Array(falls.length).fill(Number.NaN) };

  return {
    inputs: [...gas, ...falls.map(({ point }) => point)],
    needs: gas.length + falls.length,
    take(input, value, nowMs) {
      if (input < gas.length) concentrations[input] = value;
      else windows[input - gas.length]?.take(value, nowMs);
    },
    judge({ monotonicMs }): Finding {
      for (const [i, window] of windows.entries()) shares.falls[i] = window.fall(monotonicMs);
      const isGas = signOf(shares.gas, () => gasAbove);
      const isFalling = signOf(shares.falls, (i) => falls[i]?.fallsBy ?? Number.NaN);
      if (isGas === "beyond" && isFalling === "beyond") return "beyond";
      if (isGas === "within" || isFalling === "within") return "within";
      return isGas === "unknown" || isFalling === "unknown" ? "unknown" : "between";
    },
    tell(): Told {
      const most = highestOf(shares.gas);
      const falling = falls.flatMap(({ point, withinMs }, i) => {
        const fall = shares.falls[i] ?? 0;
        const minutes = tidy(withinMs / 60_000);
        if (!(fall > 0)) return [];
        return [
          word(
            `${point} ${minutes} 分钟内下降 ${tidy(fall)}`,
            `${point} fell by ${tidy(fall)} in ${minutes} min`,
          ),
        ];
      });
      const seen = falling.length === 0 ? [word("无下降", "nothing falls")] : falling;
      const smelt = word(
        `${gas[most.at]} 达 ${tidy(most.value)}`,
        `${gas[most.at]} at ${tidy(most.value)}`,
      );
      return { value: most.value, reason: joinWords([smelt, ...seen]) };
    },
  };
}

/** Of several measures: one that has come up is enough; `within` only when all are known to be down. */
function signOf(values: Float64Array, limit: (i: number) => number): Finding {
  let sign: Finding = "within";
  for (const [i, value] of values.entries()) {
    if (value >= limit(i)) return "beyond";
    if (Number.isNaN(value)) sign = "unknown";
    else if (value > limit(i) * overShare && sign === "within") sign = "between";
  }
  return sign;
}

function highestOf(values: Float64Array): { readonly at: number; readonly value: number } {
  let at = 0;
  for (const [i, value] of values.entries()) {
    const known = values[at] ?? Number.NaN;
    if (Number.isNaN(known) || value > known) at = i;
  }
  return { at, value: values[at] ?? Number.NaN };
}
