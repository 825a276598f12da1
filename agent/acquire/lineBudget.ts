/**
 * How old a value can be when it is judged, at worst: the arithmetic of scheduler.ts. Pure.
 *
 * A register changes just after it was asked for. It is asked again one period later, plus what differs between the two
 * waits of its question, and judged when that answer is in. A wait is at most what can pass before it by the
 * scheduler's rules: one question of its own period each, others by their deadlines, hazard points at every due time,
 * one lower question already under way, and one probe per round while the line has no spare time.
 * Promised is that, not more: answers within the turnaround, no lost frames, this machine does not stand still.
 */

import { type BudgetQuestion, isSpareSure, longest, sum, worstAges } from "./lineWaits.ts";

/** Worst time from a register's change to its judgement, in ms; infinite: others may keep it from the line for ever. */
export interface AgeBudget {
  /** Every device of the line answers. */
  readonly wellMs: number;
  /** Up to `dead` other devices are known to be silent: they are probed, and come back. */
  readonly deadMs: number;
  /** While up to `dead` other devices fall silent, at once or one by one. */
  readonly dyingMs: number;
  /** Only its own device answers. */
  readonly aloneMs: number;
}

export interface LineBudget {
  /** All questions once, every device answering, in ms. */
  readonly cycleMs: number;
  /** Share of the line's time that the periods ask for; above 1 they cannot be kept. */
  readonly utilisation: number;
  /** Time left of the shortest period after one cycle, in ms; negative: none. */
  readonly spareMs: number;
  /** Silent devices are probed at nobody's expense. */
  readonly hasSpareForProbes: boolean;
  readonly ages: readonly AgeBudget[];
}

/** `atOnce`: questions that can be on their way together. */
export function lineBudget(
  questions: readonly BudgetQuestion[],
  dead: number,
  atOnce = 1,
): LineBudget {
  const cycleMs = sum(questions.map((question) => question.goodMs));
  const shortestMs = Math.min(...questions.map((question) => question.everyMs));
  const others = new Set(questions.map((question) => question.device)).size - 1;
  const count = Math.min(dead, others);
  const well = worstAges(questions, { dead: 0, isDying: false, atOnce });
  const known = count === 0 ? well : worstAges(questions, { dead: count, isDying: false, atOnce });
  const dying = count === 0 ? well : worstAges(questions, { dead: count, isDying: true, atOnce });
  const alone = agesAlone(questions, others, atOnce);
  return {
    cycleMs,
    utilisation: sum(questions.map((question) => question.goodMs / question.everyMs)),
    spareMs: shortestMs - cycleMs,
    hasSpareForProbes: isSpareSure(questions, longest(questions)),
    ages: questions.map((_, i) => ({
      wellMs: well[i] ?? 0,
      deadMs: known[i] ?? 0,
      dyingMs: Math.max(known[i] ?? 0, dying[i] ?? 0),
      aloneMs: alone[i] ?? 0,
    })),
  };
}

function agesAlone(
  questions: readonly BudgetQuestion[],
  others: number,
  atOnce: number,
): readonly number[] {
  const ages = new Float64Array(questions.length);
  const byDevice = Map.groupBy(questions.keys(), (i) => questions[i]?.device ?? -1);
  for (const positions of byDevice.values()) {
    const own = positions.flatMap((i) => questions[i] ?? []);
    const trouble = { dead: others, isDying: false, probeMs: longest(questions), atOnce };
    const worst = worstAges(own, trouble);
    positions.forEach((i, at) => {
      ages[i] = worst[at] ?? 0;
    });
  }
  return [...ages];
}
