/** When the page's data counts as old. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Delay, freshMsMax, readingMsMax, silentMs } from "../../../agent/page/web/staleness.ts";

describe("the silence of the box", () => {
  it("is told by the wall clock when the machine slept and the other stood still", () => {
    const heard = { wallMs: 1_000, monotonicMs: 500 };
    expect(silentMs(heard, { wallMs: 61_000, monotonicMs: 600 })).toBe(60_000);
  });

  it("is told by the steady clock when somebody set the wall clock back", () => {
    const heard = { wallMs: 100_000, monotonicMs: 500 };
    expect(silentMs(heard, { wallMs: 1_000, monotonicMs: 8_500 })).toBe(8_000);
  });

  it("is never less than the steady clock says, wherever the wall clock is set", () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), fc.nat(), fc.nat(), (wall, later, steady, passed) => {
        const silent = silentMs(
          { wallMs: wall, monotonicMs: steady },
          { wallMs: later, monotonicMs: steady + passed },
        );
        expect(silent).toBeGreaterThanOrEqual(passed);
      }),
    );
  });
});

describe("the newest reading", () => {
  it("may be five seconds old where the plant is polled each second", () => {
    expect(readingMsMax([1_000, 60_000])).toBe(freshMsMax - 1_000);
  });

  it("may be older where nothing is polled more often", () => {
    expect(readingMsMax([10_000, 30_000])).toBe(21_000);
  });
});

describe("news that waited in a frozen tab", () => {
  it("is known by its delay, whatever the two clocks differ by", () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 1_000_000 }), (differ, late) => {
        const delay = new Delay();
        expect(delay.of(1_000, 1_000 + differ)).toBe(0);
        expect(delay.of(2_000, 2_000 + differ + late)).toBe(late);
        expect(delay.of(3_000, 3_000 + differ)).toBe(0);
      }),
    );
  });
});
