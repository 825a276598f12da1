import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeOpenRow, encodeOpenRow } from "../../agent/store/openRow.ts";
import { ColumnsBuilder } from "../../agent/wire/readingColumns.ts";
import { monotonicMs, wallMs } from "../../config/words/time.ts";

const value = fc.oneof(
  fc.integer({ min: -9999, max: 9999 }).map((hundredths) => hundredths / 100),
  fc.double({ noDefaultInfinity: true }),
  fc.float(),
  fc.constant(Number.NaN),
);
const blocks = fc.array(
  fc.record({
    at: fc.double({ min: 0, max: 2e12, noNaN: true }),
    readings: fc.array(fc.record({ point: fc.nat(100_000), value, quality: fc.nat(12) }), {
      minLength: 1,
      maxLength: 20,
    }),
  }),
  { maxLength: 20 },
);

const columns = blocks.map((list) => {
  const builder = new ColumnsBuilder();
  for (const { at, readings } of list) {
    builder.append({
      takenAt: { wallMs: wallMs(at + 1e12), monotonicMs: monotonicMs(at) },
      points: Uint32Array.from(readings, ({ point }) => point),
      values: Float64Array.from(readings, (one) => one.value),
      qualities: Uint8Array.from(readings, ({ quality }) => quality),
    });
  }
  return builder.take();
});

test("an open row gives back exactly what was put in", () => {
  fc.assert(
    fc.property(columns, (given) => {
      const back = decodeOpenRow(encodeOpenRow([given]));
      // The sign of zero is the one thing not kept.
      const values = given.values.map((one) => one + 0);
      expect(back && { ...back, values: back.values.map((one) => one + 0) }).toEqual({
        ...given,
        values,
      });
    }),
  );
});

test("cut or foreign bytes are no open row, and never an endless one", () => {
  fc.assert(
    fc.property(columns, fc.nat(), (given, cut) => {
      const bytes = encodeOpenRow([given]);
      expect(decodeOpenRow(bytes.subarray(0, cut % bytes.length))).toBeNull();
    }),
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const decoded = decodeOpenRow(bytes);
      expect(decoded === null || decoded.points.length <= 200 * 200).toBe(true);
    }),
  );
});
