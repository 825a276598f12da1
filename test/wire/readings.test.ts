import fc from "fast-check";
import { expect, test } from "vitest";
import { ByteWriter } from "../../agent/wire/byteWriter.ts";
import { ColumnsBuilder, type ReadingColumns } from "../../agent/wire/readingColumns.ts";
import { decodeReadings } from "../../agent/wire/readingsDecoder.ts";
import { pointLabel, writeReadingsBody } from "../../agent/wire/readingsEncoder.ts";
import { wallToleranceMs } from "../../agent/wire/timeline.ts";
import { sortByPoint } from "../../agent/wire/transpose.ts";
import { qualities } from "../../config/words/quality.ts";
import { monotonicMs, wallMs } from "../../config/words/time.ts";

interface Reading {
  readonly point: number;
  readonly value: number;
  readonly quality: number;
}
interface Block {
  readonly stepMs: number;
  readonly wallStepMs: number;
  readonly readings: readonly Reading[];
}

/** What a plant sends, and what it should never send: any double, any time, any step of the clock. */
const value = fc.oneof(
  fc.integer({ min: -5000, max: 5000 }).map((tenths) => tenths / 10),
  fc.double(),
  fc.float(),
  fc.constantFrom(0, -0, Number.NaN, 1e300, -1e-300, 2 ** 53, -(2 ** 53), 123456789012345.6),
);
const reading = fc.record({
  point: fc.nat(4),
  value,
  quality: fc.nat(qualities.length - 1),
});
const blocks = fc.array(
  fc.record<Block>({
    stepMs: fc.oneof(fc.constant(1000), fc.nat(2000), fc.constant(0)),
    wallStepMs: fc.oneof(
      { weight: 9, arbitrary: fc.constant(0) },
      { weight: 1, arbitrary: fc.integer({ min: -400_000_000, max: 400_000_000 }) },
    ),
    readings: fc.array(reading, { minLength: 1, maxLength: 6 }),
  }),
  { minLength: 1, maxLength: 40 },
);

function columnsOf(list: readonly Block[]): { columns: ReadingColumns; wall: number[] } {
  const builder = new ColumnsBuilder();
  const wall: number[] = [];
  let monotonic = 5_000;
  let offset = 1_767_225_600_000;
  for (const { stepMs, wallStepMs, readings } of list) {
    monotonic += stepMs;
    offset += wallStepMs;
    wall.push(monotonic + offset);
    builder.append({
      takenAt: { wallMs: wallMs(monotonic + offset), monotonicMs: monotonicMs(monotonic) },
      points: Uint32Array.from(readings, ({ point }) => point),
      values: Float64Array.from(readings, (one) => one.value),
      qualities: Uint8Array.from(readings, ({ quality }) => quality),
    });
  }
  return { columns: builder.take(), wall };
}

function bodyOf(columns: ReadingColumns, decimals: number | null): unknown {
  const out = new ByteWriter(16);
  const sorted = sortByPoint([columns], 60_000);
  const labels = [0, 1, 2, 3, 4].map((point) =>
    pointLabel({ tag: `点-"${point}"`, unit: "m³/h", decimals }),
  );
  writeReadingsBody(out, sorted, {
    segments: sorted.segments,
    labelOf: (point) => labels[point] ?? labels[0]!,
  });
  return JSON.parse(new TextDecoder().decode(out.view()));
}

test("every reading comes back: value, quality, order and time, whatever the clock did", () => {
  fc.assert(
    fc.property(blocks, fc.constantFrom(null, 0, 1, 6), (list, decimals) => {
      const { columns, wall } = columnsOf(list);
      const decoded = decodeReadings(bodyOf(columns, decimals));
      expect(decoded.ok).toBe(true);
      if (!decoded.ok) return;
      for (const point of [0, 1, 2, 3, 4]) {
        const expected = list.flatMap((one, index) =>
          one.readings.filter((made) => made.point === point).map((made) => ({ ...made, index })),
        );
        const got = decoded.value.find(({ tag }) => tag === `点-"${point}"`);
        expect(got?.values ?? []).toEqual(
          // A wire without a minus sign for nothing: -0 is 0.
          expected.map((made) => (Number.isFinite(made.value) ? made.value + 0 : null)),
        );
        expect(got?.qualities ?? []).toEqual(expected.map((made) => qualities[made.quality]));
        for (const [i, { index }] of expected.entries()) {
          expect(Math.abs((got?.wallMs[i] ?? 0) - (wall[index] ?? 0))).toBeLessThan(
            wallToleranceMs,
          );
        }
      }
    }),
    { numRuns: 300 },
  );
});

test("without steps of the clock, both times are exact to the millisecond", () => {
  const { columns } = columnsOf(
    [3, 997, 0, 1000, 1001].map((stepMs) => ({
      stepMs,
      wallStepMs: 0,
      readings: [{ point: 0, value: 1, quality: 0 }],
    })),
  );
  const decoded = decodeReadings(bodyOf(columns, 1));
  expect(decoded.ok && decoded.value[0]?.monotonicMs).toEqual([5003, 6000, 6000, 7000, 8001]);
  expect(decoded.ok && decoded.value[0]?.wallMs).toEqual(
    [5003, 6000, 6000, 7000, 8001].map((ms) => ms + 1_767_225_600_000),
  );
});

test("points read in the same requests share one time column", () => {
  const { columns } = columnsOf(
    [0, 1000, 1000].map((stepMs) => ({
      stepMs,
      wallStepMs: 0,
      readings: [0, 1, 2].map((point) => ({ point, value: point, quality: 0 })),
    })),
  );
  expect(bodyOf(columns, 1)).toMatchObject({
    times: [[0, 1000, 1000]],
    points: { t: [0, 0, 0] },
  });
});

test("a body that breaks its promises is refused with a sentence", () => {
  const { columns } = columnsOf([
    { stepMs: 0, wallStepMs: 0, readings: [{ point: 0, value: 1, quality: 0 }] },
  ]);
  const good = bodyOf(columns, 0) as Record<string, unknown>;
  const points = good["points"] as Record<string, unknown>;
  const bad = [
    { ...good, readings: 2 },
    { ...good, times: [[0, 1]] },
    { ...good, times: [] },
    { ...good, points: { ...points, q: [[["good", 2]]] } },
    { ...good, points: { ...points, q: ["excellent"] } },
    { ...good, points: { ...points, v: [["1"]] } },
    { ...good, points: { ...points, u: [] } },
    { ...good, anchors: [] },
  ];
  for (const body of bad) {
    const decoded = decodeReadings(body);
    expect(decoded.ok).toBe(false);
  }
  expect(decodeReadings(good).ok).toBe(true);
});
