/** Monotonic times -> true times. */

import fc from "fast-check";
import { expect, test } from "vitest";
import { placedWallMs, placingAnchors } from "../../agent/timekeeping/placing.ts";

test("one anchor places everything at the pace of the monotonic clock", () => {
  const anchors = [{ monotonicMs: 10_000, wallMs: 1_000_000 }];
  expect(placedWallMs(anchors, 10_000)).toBe(1_000_000);
  expect(placedWallMs(anchors, 0)).toBe(990_000);
  expect(placedWallMs(anchors, 12_000)).toBe(1_002_000);
});

test("between two anchors the drift is shared out along the way", () => {
  const anchors = [
    { monotonicMs: 0, wallMs: 0 },
    { monotonicMs: 1_000, wallMs: 1_100 },
  ];
  expect(placedWallMs(anchors, 500)).toBe(550);
  expect(placedWallMs(anchors, -500)).toBe(-500);
  expect(placedWallMs(anchors, 2_000)).toBe(2_100);
});

test("without an anchor nothing can be placed", () => {
  expect(placedWallMs([], 0)).toBeNaN();
});

test("whatever the sleeps, each moment awake is placed right", () => {
  const sleeps = fc.array(
    fc.record({
      awakeMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 1e8 })),
      ms: fc.integer({ min: 1_000, max: 1e9 }),
    }),
    { maxLength: 20 },
  );
  fc.assert(
    fc.property(sleeps, fc.boolean(), fc.nat(10), (naps, isBeginKnown, probe) => {
      // True time begins at 5e12 with monotonic 0; each nap lasts `ms` and is noticed within a second.
      const told: { fromMonotonicMs: number; toMonotonicMs: number; ms: number }[] = [];
      const truth = [{ monotonicMs: 0, wallMs: 5e12 }];
      let [monotonicMs, sleptMs] = [0, 0];
      for (const { awakeMs, ms } of naps) {
        monotonicMs += awakeMs;
        sleptMs += ms;
        told.push({ fromMonotonicMs: monotonicMs, toMonotonicMs: monotonicMs + 1_000, ms });
        monotonicMs += 1_000;
        truth.push({ monotonicMs, wallMs: 5e12 + monotonicMs + sleptMs });
      }
      const end = {
        monotonicMs: monotonicMs + 5_000,
        wallMs: 5e12 + monotonicMs + 5_000 + sleptMs,
      };
      const anchors = placingAnchors(isBeginKnown ? [truth[0]!, end] : [end], told);
      for (const [i, { monotonicMs: fromMs, wallMs }] of truth.entries()) {
        const untilMs = (told[i]?.fromMonotonicMs ?? end.monotonicMs) - fromMs;
        const atMs = (untilMs * probe) / 10;
        expect(placedWallMs(anchors, fromMs + atMs)).toBeCloseTo(wallMs + atMs, 0);
      }
    }),
  );
});
