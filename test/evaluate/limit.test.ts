import fc from "fast-check";
import { expect, test } from "vitest";
import { compileLimits, judge } from "../../agent/evaluate/limit.ts";
import { siteSchema } from "../../config/site.ts";

function limitsOf(limits: Record<string, unknown>) {
  const site = siteSchema.parse({
    site: { id: "s", name: "s" },
    buses: { b: { type: "modbus-tcp", host: "h" } },
    devices: { d: { bus: "b", unit: 1 } },
    points: {
      P: { device: "d", register: { address: 0 }, kind: "level", range: [0, 100], limits },
    },
  });
  return compileLimits(site.points["P"]?.limits ?? expect.fail("no limits"));
}

test("the more severe limit comes first, with the field's usual priorities", () => {
  const limits = limitsOf({ l: 10, h: 80, hh: 90, ll: 5, rate: 3, deadband: 2, onDelay: "5s" });
  expect(limits.map(({ type, priority }) => `${type}${priority}`)).toEqual([
    "HH1",
    "LL1",
    "H2",
    "L2",
    "RATE3",
  ]);
  expect(limits.map((limit) => limit.deadband)).toEqual([2, 2, 2, 2, 0]);
  expect(limits.every((limit) => limit.onDelayMs === 5_000)).toBe(true);
});

test("a limit's own settings go before the shared ones", () => {
  const [hh] = limitsOf({
    hh: { at: 90, priority: 2, deadband: 1, onDelay: "0s", offDelay: "1min" },
    deadband: 5,
    onDelay: "9s",
  });
  expect(hh).toMatchObject({ priority: 2, deadband: 1, onDelayMs: 0, offDelayMs: 60_000 });
});

test("reaching a limit passes it; the way back must leave the deadband; no number says nothing", () => {
  const [high] = limitsOf({ h: 80, deadband: 2 });
  const [low] = limitsOf({ l: 10, deadband: 2 });
  if (high === undefined || low === undefined) return expect.fail("no limit");
  expect([79.9, 80, 78.1, 78, Number.NaN].map((value) => judge(high, value))).toEqual([
    "between",
    "beyond",
    "between",
    "within",
    "unknown",
  ]);
  expect([10.1, 10, 11.9, 12, Number.NaN].map((value) => judge(low, value))).toEqual([
    "between",
    "beyond",
    "between",
    "within",
    "unknown",
  ]);
});

test("high and low are mirror images of each other", () => {
  const number = fc.double({ min: -1e6, max: 1e6, noNaN: true });
  fc.assert(
    fc.property(
      number,
      number,
      fc.double({ min: 0, max: 100, noNaN: true }),
      (at, value, deadband) => {
        const common = { type: "H", deadband, priority: 1, onDelayMs: 0, offDelayMs: 0 } as const;
        expect(judge({ ...common, at, isHigh: true }, value)).toBe(
          judge({ ...common, at: -at, isHigh: false }, -value),
        );
      },
    ),
  );
});
