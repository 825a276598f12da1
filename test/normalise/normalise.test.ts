import fc from "fast-check";
import { expect, test } from "vitest";
import { createNormaliser } from "../../agent/normalise/normalise.ts";
import { compileScaler, type ScalingSettings } from "../../agent/normalise/scaling.ts";
import { type Quality, qualities, qualityCode } from "../../config/words/quality.ts";
import { monotonicMs, wallMs } from "../../config/words/time.ts";

const at = { wallMs: wallMs(1), monotonicMs: monotonicMs(1) };
const plain: ScalingSettings = { range: [0, 100] };
const loop: ScalingSettings = { ...plain, scale: { loop: [4, 20] } };

function normalise(values: number[], words: Quality[], settings = values.map(() => plain)) {
  const block = createNormaliser(
    Uint32Array.from(values, (_, i) => i + 10),
    settings,
  ).readings({
    takenAt: at,
    values: Float64Array.from(values),
    qualities: Uint8Array.from(words, (word) => qualityCode[word]),
  });
  return [...block.values].map((value, i) => [
    block.points[i],
    value,
    qualities[block.qualities[i] ?? -1],
  ]);
}

test("no number in, no number out, whatever the driver called it", () => {
  expect(
    normalise([Number.NaN, Number.POSITIVE_INFINITY, 5], ["good", "good", "device-fault"]),
  ).toEqual([
    [10, Number.NaN, "device-fault"],
    [11, Number.NaN, "device-fault"],
    [12, Number.NaN, "device-fault"],
  ]);
});

test("the device's doubt stays on the value, but a broken loop has none", () => {
  expect(normalise([50, 0], ["uncertain", "uncertain"], [plain, loop])).toEqual([
    [10, 50, "uncertain"],
    [11, Number.NaN, "open-loop"],
  ]);
});

test("silence is one reading without a number for every point", () => {
  const block = createNormaliser(Uint32Array.of(3, 4), [plain, plain]).silence(
    at,
    qualityCode["comm-fail"],
  );
  expect([...block.points]).toEqual([3, 4]);
  expect([...block.values]).toEqual([Number.NaN, Number.NaN]);
  expect([...block.qualities]).toEqual([6, 6]);
});

test("columns in one loop come out as their points do one by one", () => {
  const range = fc.tuple(fc.integer({ min: -500, max: 0 }), fc.integer({ min: 1, max: 500 }));
  const number = fc.double({ noNaN: true, min: -1e6, max: 1e6 });
  const setting = fc.record(
    {
      range,
      decimals: fc.integer({ min: 0, max: 4 }),
      scale: fc.oneof(
        fc.record({ factor: number, offset: number }),
        fc.record({ raw: fc.constant([0, 4095] as [number, number]), to: range }),
      ),
    },
    { requiredKeys: ["range"] },
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(setting, number), { minLength: 1, maxLength: 8 }), (points) => {
      const settings = points.map(([one]) => one);
      const raws = points.map(([, raw]) => raw);
      const good = raws.map((): Quality => "good");
      const one = points.map(([own, raw], i) => {
        const out = { value: 0, quality: 0 };
        compileScaler(own)(raw, out);
        return [i + 10, out.value + 0, qualities[out.quality]];
      });
      // A zero has no sign that anybody could mean.
      const all = normalise(raws, good, settings).map(([i, value, word]) => [
        i,
        Number(value) + 0,
        word,
      ]);
      expect(all).toEqual(one);
    }),
  );
});
