import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  active,
  type ConditionState,
  type Finding,
  isStanding,
  nextState,
  normal,
} from "../../agent/evaluate/condition.ts";

const findings: readonly Finding[] = ["beyond", "within", "between", "unknown"];
const delays = { onDelayMs: 5_000, offDelayMs: 3_000 };

describe("every state x finding, delays not yet over / over", () => {
  const states: readonly ConditionState[] = [
    normal,
    { phase: "pending", sinceMs: 0 },
    active,
    { phase: "returning", sinceMs: 0 },
  ];
  const table: Record<string, string> = {};
  for (const state of states) {
    for (const finding of findings) {
      const soon = nextState(delays, state, finding, 1_000).phase;
      const late = nextState(delays, state, finding, 10_000).phase;
      table[`${state.phase} ${finding}`] = `${soon} / ${late}`;
    }
  }
  test("is this table", () => {
    expect(table).toEqual({
      "normal beyond": "pending / pending",
      "normal within": "normal / normal",
      "normal between": "normal / normal",
      "normal unknown": "normal / normal",
      "pending beyond": "pending / active",
      "pending within": "normal / normal",
      "pending between": "pending / pending",
      "pending unknown": "pending / pending",
      "active beyond": "active / active",
      "active within": "returning / returning",
      "active between": "active / active",
      "active unknown": "active / active",
      "returning beyond": "active / active",
      "returning within": "returning / normal",
      "returning between": "active / active",
      "returning unknown": "active / active",
    });
  });
});

test("without delays the first finding decides", () => {
  const none = { onDelayMs: 0, offDelayMs: 0 };
  expect(nextState(none, normal, "beyond", 1)).toBe(active);
  expect(nextState(none, active, "within", 1)).toBe(normal);
});

const history = fc.array(
  fc.record({ finding: fc.constantFrom(...findings), waitMs: fc.integer({ min: 1, max: 4_000 }) }),
  { maxLength: 60 },
);

test("an alarm never begins before the on-delay nor ends before the off-delay, and only on evidence", () => {
  fc.assert(
    fc.property(history, (steps) => {
      let state: ConditionState = normal;
      let nowMs = 0;
      let firstBeyondMs: number | null = null;
      let firstWithinMs: number | null = null;
      for (const { finding, waitMs } of steps) {
        nowMs += waitMs;
        const before = state;
        state = nextState(delays, before, finding, nowMs);
        if (finding === "within") firstBeyondMs = null;
        else if (finding === "beyond" && !isStanding(before)) firstBeyondMs ??= nowMs;
        if (finding !== "within") firstWithinMs = null;
        else if (isStanding(before)) firstWithinMs ??= nowMs;
        if (!isStanding(before) && isStanding(state)) {
          expect(finding).toBe("beyond");
          expect(nowMs - (firstBeyondMs ?? nowMs)).toBeGreaterThanOrEqual(delays.onDelayMs);
          firstBeyondMs = null;
        }
        if (isStanding(before) && !isStanding(state)) {
          expect(finding).toBe("within");
          expect(nowMs - (firstWithinMs ?? nowMs)).toBeGreaterThanOrEqual(delays.offDelayMs);
          firstWithinMs = null;
        }
      }
    }),
  );
});

test("a condition that stays beyond always becomes an alarm, whatever was before", () => {
  fc.assert(
    fc.property(history, (steps) => {
      let state: ConditionState = normal;
      let nowMs = 0;
      for (const { finding, waitMs } of steps) {
        nowMs += waitMs;
        state = nextState(delays, state, finding, nowMs);
      }
      for (const waitMs of [0, delays.onDelayMs]) {
        nowMs += waitMs;
        state = nextState(delays, state, "beyond", nowMs);
      }
      expect(isStanding(state)).toBe(true);
    }),
  );
});
