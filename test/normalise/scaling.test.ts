import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compileScaler, type ScalingSettings } from "../../agent/normalise/scaling.ts";
import { qualities } from "../../config/words/quality.ts";

function scale(settings: Partial<ScalingSettings>, raw: number): [number, string] {
  const out = { value: 0, quality: 0 };
  compileScaler({ scale: undefined, range: [0, 100], decimals: undefined, ...settings })(raw, out);
  return [out.value, qualities[out.quality] ?? "?"];
}

describe("a 4-20 mA loop of 0..4000 mm read as 4000..20000 microampere", () => {
  const loop = { scale: { loop: [4_000, 20_000] as [number, number] }, range: [0, 4_000] as const };
  test.each([
    [4_000, 0, "good"],
    [12_000, 2_000, "good"],
    [20_000, 4_000, "good"],
    [3_800, -50, "good"],
    [3_790, -52.5, "under-range"],
    [3_600, -100, "under-range"],
    [20_500, 4_125, "good"],
    [20_510, 4_127.5, "over-range"],
    [21_000, 4_250, "over-range"],
  ])("%d uA is %d mm, %s", (raw, value, quality) => {
    const [seen, word] = scale(loop, raw);
    expect(seen).toBeCloseTo(value, 6);
    expect(word).toBe(quality);
  });
  test.each([
    [3_599, "open-loop"],
    [0, "open-loop"],
    [-32_768, "open-loop"],
    [21_001, "short"],
    [32_767, "short"],
  ])("%d uA is no value: %s", (raw, quality) => {
    expect(scale(loop, raw)).toEqual([Number.NaN, quality]);
  });
});

test("factor and offset, or two points of a line", () => {
  expect(scale({ scale: { factor: 0.1, offset: -5 } }, 123)[0]).toBeCloseTo(7.3, 9);
  expect(scale({ scale: { raw: [0, 27_648], to: [0, 100] } }, 13_824)[0]).toBeCloseTo(50, 9);
});

test("a value clearly outside the declared range says so and keeps its number", () => {
  expect(scale({}, 102)).toEqual([102, "good"]);
  expect(scale({}, 104)).toEqual([104, "over-range"]);
  expect(scale({}, -1)).toEqual([-1, "good"]);
  expect(scale({}, -2)).toEqual([-2, "under-range"]);
});

test("declared decimals round, and never by more than half a unit of the last one", () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 100, noNaN: true }), fc.nat(4), (raw, decimals) => {
      const [value] = scale({ decimals }, raw);
      expect(Math.abs(value - raw)).toBeLessThanOrEqual(0.5 * 10 ** -decimals + 1e-12);
      expect(Number(value.toFixed(decimals))).toBe(value);
    }),
  );
});
