import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type AgeBudget, lineBudget } from "../../agent/acquire/lineBudget.ts";
import type { BudgetQuestion } from "../../agent/acquire/lineWaits.ts";
import { type Adversary, type Told, worstAges } from "./simulatedLine.ts";

/** mulberry32. */
function randomFrom(start: number): () => number {
  let state = start >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Line {
  readonly baud: number;
  readonly timeoutMs: number;
  readonly turnaroundMs: number;
  readonly units: readonly (readonly { everyMs: number; registers: number; isHazard: boolean }[])[];
}

function questionsOf({ baud, timeoutMs, turnaroundMs, units }: Line): readonly BudgetQuestion[] {
  return units.flatMap((questions, device) =>
    questions.map(({ everyMs, registers, isHazard }) => {
      const leastMs = ((13 + 2 * registers + 3.5) * 10_000) / baud;
      const goodMs = leastMs + turnaroundMs;
      return { everyMs, leastMs, goodMs, silentMs: leastMs + timeoutMs, device, isHazard };
    }),
  );
}

const question = fc.record({
  everyMs: fc.constantFrom(
    50,
    100,
    200,
    500,
    700,
    1_000,
    1_000,
    1_000,
    1_500,
    2_000,
    5_000,
    10_000,
  ),
  registers: fc.constantFrom(1, 2, 10, 20, 60, 125),
  isHazard: fc.boolean(),
});
const anyLine: fc.Arbitrary<Line> = fc.record({
  baud: fc.constantFrom(2_400, 9_600, 19_200, 115_200),
  timeoutMs: fc.constantFrom(50, 200, 500, 1_000),
  turnaroundMs: fc.integer({ min: 0, max: 40 }),
  units: fc.array(fc.array(question, { minLength: 1, maxLength: 2 }), {
    minLength: 1,
    maxLength: 7,
  }),
});

const calm: Adversary = {
  ...{ deadFromStart: new Set(), dead: 0, isReviving: false, isKilling: false, restMs: 0 },
  durationMs: 40_000,
};

interface Scenario {
  readonly column: keyof AgeBudget;
  adversary(
    questions: readonly BudgetQuestion[],
    dead: number,
    ages: readonly AgeBudget[],
  ): Adversary;
}

const devicesOf = (questions: readonly BudgetQuestion[]): number[] => [
  ...new Set(questions.map((one) => one.device)),
];

const scenarios: Readonly<Record<string, Scenario>> = {
  "all units well": { column: "wellMs", adversary: () => calm },
  "some known to be silent, and coming back": {
    column: "deadMs",
    adversary: (questions, dead) => ({
      ...calm,
      deadFromStart: new Set(devicesOf(questions).slice(1).slice(0, dead)),
      ...{ dead, isReviving: true, durationMs: 90_000 },
    }),
  },
  "falling silent and coming back at any moment": {
    column: "dyingMs",
    adversary: (_, dead, ages) => {
      const finite = ages.map((age) => age.dyingMs).filter((ms) => ms < 20_000);
      const restMs = 1_000 + Math.max(0, ...finite);
      return {
        ...calm,
        ...{ dead, isReviving: true, isKilling: true, restMs, durationMs: 120_000 },
      };
    },
  },
  "all but one silent": {
    column: "aloneMs",
    adversary: (questions) => ({
      ...calm,
      deadFromStart: new Set(devicesOf(questions).slice(1)),
      durationMs: 60_000,
    }),
  },
};

const runs = Number(process.env["HAZGATE_BUDGET_RUNS"] ?? 25);

describe("the budget holds on any line, by the real scheduler and loop", () => {
  test.each(Object.entries(scenarios))(
    "with %s",
    async (_, { column, adversary }) => {
      await fc.assert(
        fc.asyncProperty(
          anyLine,
          fc.integer({ min: 1, max: 3 }),
          fc.integer(),
          async (line, dead, seed) => {
            const questions = questionsOf(line);
            const { ages } = lineBudget(questions, dead);
            const worst = await worstAges(
              questions,
              adversary(questions, dead, ages),
              randomFrom(seed),
            );
            for (const [i, age] of ages.entries()) {
              expect(worst[i], `question ${i}`).toBeLessThanOrEqual(age[column] + 1e-6);
            }
          },
        ),
        { numRuns: runs },
      );
    },
    600_000,
  );
});

const units = (
  count: number,
  everyMs: number,
  registers: number,
  isHazard = false,
): Line["units"] => Array.from({ length: count }, () => [{ everyMs, registers, isHazard }]);

const typical: Readonly<Record<string, Line>> = {
  "10 tank gauges, 9600 baud, 2 s": {
    ...{ baud: 9_600, timeoutMs: 500, turnaroundMs: 20 },
    units: units(10, 2_000, 20),
  },
  "10 units free-running, 9600 baud": {
    ...{ baud: 9_600, timeoutMs: 500, turnaroundMs: 20 },
    units: units(10, 10, 20),
  },
  "4 gas detectors before 6 tank gauges, 19200 baud": {
    ...{ baud: 19_200, timeoutMs: 200, turnaroundMs: 20 },
    units: [...units(4, 1_000, 4, true), ...units(6, 2_000, 20)],
  },
  "3 units, 115200 baud, 1 s": {
    ...{ baud: 115_200, timeoutMs: 200, turnaroundMs: 20 },
    units: units(3, 1_000, 60),
  },
};

describe("the budget is at most half as much again as the worst seen", () => {
  test.each(Object.entries(typical))(
    "on %s",
    async (_, line) => {
      const questions = questionsOf(line);
      const { ages } = lineBudget(questions, 1);
      for (const [name, { column, adversary }] of Object.entries(scenarios)) {
        const seen = questions.map(() => 0);
        for (let seed = 1; seed <= 6; seed += 1) {
          const worst = await worstAges(questions, adversary(questions, 1, ages), randomFrom(seed));
          worst.forEach((ms, i) => {
            seen[i] = Math.max(seen[i] ?? 0, ms);
          });
        }
        // The worst question of the line: alone, only the first one lives.
        const judged = column === "aloneMs" ? ages.slice(0, 1) : ages;
        const promised = Math.max(...judged.map((age) => age[column]));
        const ratio = promised / Math.max(...seen.slice(0, judged.length));
        expect(ratio, name).toBeGreaterThanOrEqual(1);
        expect(ratio, name).toBeLessThanOrEqual(1.5);
      }
    },
    600_000,
  );
});

/** What keeps the promise is the rule, not luck: without it the same measurement finds the promise broken. */
describe("a scheduler that breaks a rule is found out", () => {
  const line: Readonly<Record<string, Line>> = {
    "hazard points first": {
      ...{ baud: 9_600, timeoutMs: 500, turnaroundMs: 20 },
      units: [...units(1, 500, 2, true), ...units(9, 200, 60)],
    },
    "probes only in spare time": {
      ...{ baud: 9_600, timeoutMs: 500, turnaroundMs: 5 },
      units: units(4, 1_000, 20),
    },
  };
  const broken: Readonly<Record<string, Told>> = {
    "hazard points first": (one) => ({ ...one, isHazard: false }),
    // Told that an ask takes no time, it finds room for a probe anywhere.
    "probes only in spare time": (one) => ({ ...one, silentMs: one.leastMs + 1 }),
  };
  test.each(Object.keys(line))(
    "%s",
    async (rule) => {
      const questions = questionsOf(line[rule]!);
      const { ages } = lineBudget(questions, 1);
      const isHazardRule = rule.startsWith("hazard");
      const column = isHazardRule ? "wellMs" : "deadMs";
      const adversary = isHazardRule
        ? calm
        : { ...calm, deadFromStart: new Set([3]), durationMs: 90_000 };
      const kept = await worstAges(questions, adversary, randomFrom(1));
      const seen = await worstAges(questions, adversary, randomFrom(1), broken[rule]);
      expect(kept[0]).toBeLessThanOrEqual((ages[0]?.[column] ?? 0) + 1e-6);
      expect(seen[0]).toBeGreaterThan(ages[0]?.[column] ?? Number.POSITIVE_INFINITY);
    },
    60_000,
  );
});
