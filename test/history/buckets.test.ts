import fc from "fast-check";
import { expect, test } from "vitest";
import { BucketFold, levelMs, worseQuality } from "../../agent/store/trendBuckets.ts";
import { packChunks, unpackChunk } from "../../agent/store/trendChunk.ts";
import { decodeBuckets, encodeBuckets } from "../../agent/store/trendCodec.ts";
import { TrendCollector } from "../../agent/store/trendCollector.ts";
import { qualities, qualityCode } from "../../config/words/quality.ts";
import { monotonicMs, wallMs } from "../../config/words/time.ts";

const value = fc.oneof(
  fc.integer({ min: -5_000, max: 5_000 }).map((n) => n / 10),
  fc.double({ noDefaultInfinity: true, noNaN: true }),
  fc.float({ noDefaultInfinity: true, noNaN: true }),
  fc.constant(Number.NaN),
);
const reading = fc.record({
  point: fc.nat(2),
  afterMs: fc.nat(20_000),
  value,
  quality: fc.nat(12),
});
interface Raw {
  readonly point: number;
  readonly afterMs: number;
  readonly value: number;
  readonly quality: number;
}
const startWallMs = Date.UTC(2026, 10, 24);

function taken(readings: readonly Raw[]) {
  let at = 0;
  return readings.map((one) => {
    at += one.afterMs;
    return { ...one, ms: startWallMs + at };
  });
}
type Taken = ReturnType<typeof taken>[number];

function block({ point, value: number, quality, ms }: Taken) {
  return {
    takenAt: { wallMs: wallMs(ms), monotonicMs: monotonicMs(ms - startWallMs) },
    points: Uint32Array.of(point),
    values: Float64Array.of(number),
    qualities: Uint8Array.of(quality),
  };
}

test("a bucket never loses a minimum or maximum, its last is the last, however it was handed over", () => {
  fc.assert(
    fc.property(
      fc.array(reading, { maxLength: 60 }),
      fc.nat(10),
      fc.nat(2),
      (raw, every, level) => {
        const all = taken(raw);
        const collector = new TrendCollector(3);
        const widthMs = levelMs[level] ?? 0;
        const folds = [0, 1, 2].map(() => new BucketFold(widthMs));
        const hand = (before: number) => {
          const chunk = collector.handOver(before);
          const [unpacked] = chunk === null ? [] : [unpackChunk(packChunks([chunk]))];
          for (const [i, point] of (unpacked?.point ?? []).entries()) {
            folds[point]!.add({
              startMs: unpacked!.startMs[i]!,
              min: unpacked!.min[i]!,
              max: unpacked!.max[i]!,
              last: unpacked!.last[i]!,
              quality: unpacked!.quality[i]!,
              count: unpacked!.count[i]!,
            });
          }
        };
        for (const [i, one] of all.entries()) {
          collector.take(block(one));
          // Now and then all of it, as a question does.
          if (every > 0 && i % every === 0) hand(i % 2 === 0 ? one.ms : Number.POSITIVE_INFINITY);
        }
        hand(Number.POSITIVE_INFINITY);
        for (const point of [0, 1, 2]) {
          const mine = all.filter((one) => one.point === point);
          const expected = Map.groupBy(mine, ({ ms }) => Math.floor(ms / widthMs) * widthMs);
          const buckets = folds[point]!.buckets();
          expect(buckets.startMs).toEqual([...expected.keys()].sort((a, b) => a - b));
          for (const [i, start] of buckets.startMs.entries()) {
            const held = expected.get(start)!;
            const numbers = held.map((one) => one.value).filter((n) => !Number.isNaN(n));
            expect(buckets.count[i]).toBe(held.length);
            expect(buckets.quality[i]).toBe(held.map((one) => one.quality).reduce(worseQuality));
            const none = numbers.length === 0;
            expect(buckets.min[i]! + 0).toBe(none ? Number.NaN : Math.min(...numbers) + 0);
            expect(buckets.max[i]! + 0).toBe(none ? Number.NaN : Math.max(...numbers) + 0);
            expect(buckets.last[i]).toBe(none ? Number.NaN : numbers.at(-1));
          }
        }
      },
    ),
  );
});

test("blocks of buckets survive as bytes, to the last bit", () => {
  const bucket = fc.record({
    gap: fc.integer({ min: 1, max: 9 }),
    value,
    more: value,
    less: value,
  });
  fc.assert(
    fc.property(fc.array(bucket, { maxLength: 80 }), fc.nat(12), (rows, quality) => {
      let at = Math.floor(startWallMs / 5_000);
      const startMs = rows.map(({ gap }) => {
        at += gap;
        return at * 5_000;
      });
      const isHeld = (i: number) => !Number.isNaN(rows[i]!.value + rows[i]!.more + rows[i]!.less);
      const pick = (of: "value" | "more" | "less") =>
        rows.map((row, i) => (isHeld(i) ? row[of] : Number.NaN));
      const all = {
        ...{ startMs, last: pick("value"), min: pick("less"), max: pick("more") },
        quality: rows.map(() => quality),
        count: rows.map(({ gap }) => gap * 1_000),
      };
      expect(decodeBuckets(encodeBuckets(all, 5_000), 5_000)).toEqual({ ok: true, value: all });
    }),
  );
});

test("bytes that are no block are said to be none", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const decoded = decodeBuckets(bytes, 5_000);
      expect(decoded.ok ? decoded.value.startMs.length : 0).toBeLessThan(200_001);
      unpackChunk(bytes);
    }),
  );
  expect(decodeBuckets(new Uint8Array(0), 5_000).ok).toBe(false);
});

test("of a bucket's qualities the one that a person must know most is shown, whatever its code", () => {
  // From what need not be minded to what is no measurement at all.
  const ascending = [
    ...(["good", "simulated", "test", "uncertain", "frozen", "under-range", "over-range"] as const),
    ...(["stale", "short", "open-loop", "device-fault", "comm-fail", "out-of-service"] as const),
  ];
  expect([...ascending].sort()).toEqual([...qualities].sort());
  for (const [rank, worse] of ascending.entries()) {
    for (const better of ascending.slice(0, rank)) {
      expect(worseQuality(qualityCode[better], qualityCode[worse])).toBe(qualityCode[worse]);
      expect(worseQuality(qualityCode[worse], qualityCode[better])).toBe(qualityCode[worse]);
    }
  }
  // A code of a newer program, of which nothing is known.
  expect(worseQuality(qualityCode["out-of-service"], 200)).toBe(200);
});

test("a step of the clock is told with both its ends", () => {
  const collector = new TrendCollector(1);
  const one = (ms: number, stepMs: number) => ({
    ...block({ point: 0, value: 1, quality: 0, ms, afterMs: 0 }),
    takenAt: { wallMs: wallMs(ms + stepMs), monotonicMs: monotonicMs(ms - startWallMs) },
  });
  collector.take(one(startWallMs, 0));
  collector.take(one(startWallMs + 1_000, 200));
  expect(collector.takeSteps()).toEqual([]);
  collector.take(one(startWallMs + 2_000, -3_600_000));
  const [step] = collector.takeSteps();
  expect(step!.fromMs - step!.toMs).toBe(3_600_200);
  expect(collector.takeSteps()).toEqual([]);
});
