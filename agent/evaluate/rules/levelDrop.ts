/** A level falls, and neither a transfer nor anything else explains it. Pure. */

import { joinWords, type Word, word } from "../../../config/words/bilingual.ts";
import type { Finding } from "../condition.ts";
import { FallWindow } from "../fallWindow.ts";
import { anyOf, type ConditionTerms, holds, type Truth } from "./conditions.ts";
import { type RuleJudge, tidy } from "./ruleJudge.ts";

/** The alarm is over when the fall within the time is down to this share. */
const overShare = 0.5;
/** A lost frame does not end what a running pump explains. */
const trustedMs = 30_000;

export interface LevelDropTerms {
  readonly point: string;
  readonly drop: number;
  readonly withinMs: number;
  readonly unless: readonly ConditionTerms[];
  readonly unit: string;
  /** Whether a person has declared a transfer of this tank. */
  readonly isTransferDeclared: (wallMs: number) => boolean;
}

/**
 * A fall that was explained does not count later: the measure begins anew when the explanation ends. What would
 * explain a fall and cannot be read explains nothing (the safe side); the reason names it.
 */
export function createLevelDrop(terms: LevelDropTerms): RuleJudge {
  const { point, drop, withinMs, unless } = terms;
  const window = new FallWindow(withinMs);
  const others = new Explanations(unless);
  let level = Number.NaN;
  let told = { value: Number.NaN, reason: word("", "") };

  return {
    inputs: [point, ...unless.map((condition) => condition.point)],
    needs: 1,
    take(input, value, nowMs) {
      if (input > 0) others.take(input - 1, value, nowMs);
      else {
        level = value;
        window.take(value, nowMs);
      }
    },
    judge({ wallMs, monotonicMs }): Finding {
      const running = others.truth(monotonicMs);
      if (running === true || terms.isTransferDeclared(wallMs)) {
        window.forget();
        window.take(level, monotonicMs);
        told = { value: 0, reason: word("有收发作业", "a transfer is declared or running") };
        return Number.isNaN(level) ? "unknown" : "within";
      }
      const fall = window.fall(monotonicMs);
      if (Number.isNaN(fall)) return "unknown";
      const dead = running === null ? [others.unread(monotonicMs)] : [];
      told = { value: tidy(fall), reason: joinWords([fallText(terms, fall), ...dead]) };
      if (fall >= drop) return "beyond";
      return fall <= drop * overShare ? "within" : "between";
    },
    tell: () => told,
  };
}

/** What may explain a fall, each with its last number. */
class Explanations {
  readonly #unless: readonly ConditionTerms[];
  readonly #values: Float64Array;
  readonly #heardMs: Float64Array;
  readonly #isSilent: boolean[];

  constructor(unless: readonly ConditionTerms[]) {
    this.#unless = unless;
    this.#values = new Float64Array(unless.length).fill(Number.NaN);
    this.#heardMs = new Float64Array(unless.length);
    this.#isSilent = unless.map(() => true);
  }

  take(i: number, value: number, nowMs: number): void {
    this.#isSilent[i] = Number.isNaN(value);
    if (Number.isNaN(value)) return;
    this.#values[i] = value;
    this.#heardMs[i] = nowMs;
  }

  truth(nowMs: number): Truth {
    return anyOf(this.#unless.map((condition, i) => holds(condition, this.#value(i, nowMs))));
  }

  unread(nowMs: number): Word {
    const tags = this.#unless.filter((_, i) => Number.isNaN(this.#value(i, nowMs)));
    const dead = [...new Set(tags.map(({ point }) => point))].join(", ");
    return word(`${dead} 无数值，按未运行处理`, `${dead} has no value and is taken as not running`);
  }

  #value(i: number, nowMs: number): number {
    const isLost = this.#isSilent[i] === true && nowMs - (this.#heardMs[i] ?? 0) > trustedMs;
    return isLost ? Number.NaN : (this.#values[i] ?? Number.NaN);
  }
}

function fallText({ point, withinMs, unit }: LevelDropTerms, fall: number): Word {
  const minutes = tidy(withinMs / 60_000);
  return word(
    `${point} ${minutes} 分钟内下降 ${tidy(fall)} ${unit}，未申报收发作业`,
    `${point} fell by ${tidy(fall)} ${unit} within ${minutes} min, no transfer declared`,
  );
}
