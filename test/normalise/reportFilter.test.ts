import { expect, test } from "vitest";
import { createReportFilter } from "../../agent/normalise/reportFilter.ts";
import { type Quality, qualityCode } from "../../config/words/quality.ts";
import { monotonicMs, wallMs } from "../../config/words/time.ts";

function run(
  report: { deadband: number; min: number; max: number } | undefined,
  steps: readonly (readonly [s: number, value: number, quality?: Quality, keepAll?: boolean])[],
): number[] {
  const filter = createReportFilter([report]);
  return steps
    .filter(([s, value, quality = "good", keepAll = false]) => {
      const block = {
        takenAt: { wallMs: wallMs(s * 1000), monotonicMs: monotonicMs(s * 1000) },
        points: Uint32Array.of(0),
        values: Float64Array.of(value),
        qualities: Uint8Array.of(qualityCode[quality]),
      };
      return filter.filter(block, keepAll).points.length === 1;
    })
    .map(([s]) => s);
}

test("without a report rule every sample is a record", () => {
  expect(
    run(undefined, [
      [0, 1],
      [1, 1],
      [2, 1],
    ]),
  ).toEqual([0, 1, 2]);
});

test("deadband: only a change of more than it; slow drift is caught against the last report", () => {
  const report = { deadband: 1, min: 0, max: 1e9 };
  expect(
    run(report, [
      [0, 10],
      [1, 10.9],
      [2, 11],
      [3, 11.1],
      [4, 10.2],
      [5, 10],
    ]),
  ).toEqual([0, 3, 5]);
});

test("min holds back, max reports anyway", () => {
  const report = { deadband: 1, min: 5_000, max: 20_000 };
  expect(
    run(report, [
      [0, 0],
      [1, 9],
      [4, 9],
      [5, 9],
      [15, 9],
      [24, 9],
      [25, 9],
    ]),
  ).toEqual([0, 5, 25]);
});

test("a change of quality is always a record, at once", () => {
  const report = { deadband: 100, min: 60_000, max: 1e9 };
  const nan = Number.NaN;
  expect(
    run(report, [
      [0, 1],
      [1, nan, "comm-fail"],
      [2, nan, "comm-fail"],
      [3, 1],
      [4, 1],
    ]),
  ).toEqual([0, 1, 3]);
});

test("the readings of an alarm are always records", () => {
  expect(
    run({ deadband: 100, min: 0, max: 1e9 }, [
      [0, 1],
      [1, 1],
      [2, 2, "good", true],
    ]),
  ).toEqual([0, 2]);
});
