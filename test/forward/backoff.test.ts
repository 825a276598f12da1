import fc from "fast-check";
import { expect, test } from "vitest";
import { backoffMs, defaultBackoff } from "../../agent/forward/backoff.ts";

test("doubles from four seconds to thirty", () => {
  const full = [1, 2, 3, 4, 5, 6, 7, 100].map((failures) =>
    backoffMs(failures, 1 - Number.EPSILON, defaultBackoff),
  );
  expect(full.map(Math.round)).toEqual([4e3, 8e3, 16e3, 30e3, 30e3, 30e3, 30e3, 30e3]);
});

test("property: never shorter than half, never longer than whole, and an attempt falls within 60 s", () => {
  const connectTimeoutMs = 15_000;
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1e6 }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (failures, random) => {
        const ms = backoffMs(failures, random, defaultBackoff);
        const least = backoffMs(failures, 0, defaultBackoff);
        expect(ms).toBeGreaterThanOrEqual(least);
        expect(ms).toBeLessThanOrEqual(least * 2);
        // The network may return just after an attempt began to fail.
        expect(connectTimeoutMs + ms).toBeLessThan(60_000);
      },
    ),
  );
});

test("boxes that lost the broker in the same second do not return in the same second", () => {
  const spreadMs = (failures: number): number => {
    const returns = Array.from({ length: 100 }, (_, box) =>
      backoffMs(failures, box / 100, defaultBackoff),
    );
    return Math.max(...returns) - Math.min(...returns);
  };
  expect(spreadMs(6)).toBeGreaterThan(10_000);
  // Also after the first failure: all of them were connected until the broker went.
  expect(spreadMs(1)).toBeGreaterThan(1_900);
});
