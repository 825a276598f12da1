import fc from "fast-check";
import { expect, test } from "vitest";
import { createTokenBucket } from "../../agent/forward/tokenBucket.ts";

test("without a bound nothing waits", () => {
  const bucket = createTokenBucket(null, 0);
  bucket.spend(1e9, 0);
  expect(bucket.waitMs(0)).toBe(0);
});

test("an idle second is saved up, not more", () => {
  const bucket = createTokenBucket(1_000, 0);
  bucket.spend(1_500, 3_600_000);
  expect(bucket.waitMs(3_600_000)).toBe(500);
  expect(bucket.waitMs(3_600_501)).toBe(0);
});

test("a command lowers the site's rate, never raises it, and is taken back", () => {
  const bucket = createTokenBucket(1_000, 0);
  bucket.ask(100, 0);
  expect(bucket.bytesPerS).toBe(100);
  bucket.ask(5_000, 0);
  expect(bucket.bytesPerS).toBe(1_000);
  bucket.ask(100, 0);
  bucket.ask(null, 0);
  expect(bucket.bytesPerS).toBe(1_000);
});

test("property: in the mean over any time no more goes than the rate, a second and one message", () => {
  const message = fc.record({ bytes: fc.integer({ min: 1, max: 5_000 }), pauseMs: fc.nat(3_000) });
  fc.assert(
    fc.property(
      fc.integer({ min: 10, max: 100_000 }),
      fc.array(message, { minLength: 1 }),
      (rate, all) => {
        const bucket = createTokenBucket(rate, 0);
        let nowMs = 0;
        let sent = 0;
        for (const { bytes, pauseMs } of all) {
          nowMs += pauseMs;
          nowMs += bucket.waitMs(nowMs) + 0.001;
          expect(bucket.waitMs(nowMs)).toBeLessThanOrEqual(1);
          bucket.spend(bytes, nowMs);
          sent += bytes;
          expect(sent).toBeLessThanOrEqual((rate * (nowMs + 1_001 + all.length)) / 1_000 + 5_000);
        }
      },
    ),
  );
});
