import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  createTrustWindow,
  type TrustMark,
  type TrustWindow,
  trustBounds,
} from "../../agent/forward/trustWindow.ts";

const ackTimeoutMs = 20_000;
const stepMs = 1;

interface Sent {
  readonly mark: TrustMark;
  readonly doneMs: number;
}

/**
 * A platform that works for `workMs` on each record, `wayMs` away, and confirms at once, each `everyMs`, or each
 * `everyRecords`. Bulk without end is sent to it as far as the window allows.
 */
function run(platform: {
  readonly workMs: number;
  readonly wayMs: number;
  readonly everyMs?: number;
  readonly everyRecords?: number;
  readonly sizeBytes?: number;
  readonly forMs: number;
}) {
  const { workMs, wayMs, everyMs = 0, everyRecords = 1, sizeBytes = 2_000 } = platform;
  const window: TrustWindow = createTrustWindow(ackTimeoutMs);
  let waiting: Sent[] = [];
  let freeMs = 0;
  const seen = { confirmed: 0, confirmedLate: 0, queueMaxLate: 0 };
  for (let nowMs = 0; nowMs < platform.forMs; nowMs += stepMs) {
    const fits = () =>
      waiting.length < window.records && (waiting.length + 1) * sizeBytes <= window.bytes;
    while (waiting.length === 0 || fits()) {
      const owed = { records: waiting.length + 1, bytes: (waiting.length + 1) * sizeBytes };
      const mark = window.sent({ bytes: sizeBytes, nowMs, owed });
      freeMs = Math.max(freeMs, nowMs + wayMs / 2) + workMs;
      waiting.push({ mark, doneMs: freeMs + wayMs / 2 });
    }
    const isTime =
      everyMs === 0 || Math.floor(nowMs / everyMs) > Math.floor((nowMs - stepMs) / everyMs);
    const done = waiting.filter(({ doneMs }) => doneMs <= nowMs);
    const whole = done.length - (done.length % everyRecords);
    if (isTime && whole > 0) {
      window.confirmed(
        done.slice(0, whole).map(({ mark }) => mark),
        nowMs,
      );
      waiting = waiting.slice(whole);
      seen.confirmed += whole;
      if (nowMs > platform.forMs / 2) seen.confirmedLate += whole;
    }
    if (nowMs % 1_000 === 0) {
      const bytes = waiting.length * sizeBytes;
      window.look(nowMs, { records: waiting.length, bytes });
    }
    if (nowMs > platform.forMs / 2) {
      seen.queueMaxLate = Math.max(seen.queueMaxLate, waiting.length);
    }
  }
  return { ...seen, window };
}

describe("what may be with the platform unconfirmed", () => {
  test("starts at four records", () => {
    expect(createTrustWindow(ackTimeoutMs).records).toBe(4);
  });

  test("a platform that is the bottleneck gets few records at a time, and is kept busy", () => {
    const { queueMaxLate, confirmedLate } = run({ workMs: 4, wayMs: 2, forMs: 20_000 });
    expect(queueMaxLate).toBeLessThanOrEqual(5);
    expect(confirmedLate).toBeGreaterThan(1_200);
  });

  test("a platform far away gets as many as fill the way", () => {
    const { confirmedLate } = run({ workMs: 1, wayMs: 200, forMs: 60_000 });
    expect(confirmedLate).toBeGreaterThan(30_000 / 4);
  });

  test.each([
    { name: "each second", everyMs: 1_000, leastPerS: 50 },
    { name: "each 5 s", everyMs: 5_000, leastPerS: 50 },
  ])("a platform that confirms $name is not mistaken for a slow one", ({ everyMs, leastPerS }) => {
    const { confirmedLate } = run({ workMs: 0.1, wayMs: 2, everyMs, forMs: 120_000 });
    expect(confirmedLate / 60).toBeGreaterThan(leastPerS);
  });

  test.each([20, 100])("a platform that confirms only each %i records goes on", (everyRecords) => {
    const { confirmedLate } = run({ workMs: 0.1, wayMs: 2, everyRecords, forMs: 60_000 });
    expect(confirmedLate / 30).toBeGreaterThan(50);
  });

  test("large records, confirmed each 100: no deadlock by bytes", () => {
    const large = { sizeBytes: 262_144, everyRecords: 100 };
    const { confirmedLate } = run({ workMs: 0.1, wayMs: 2, forMs: 120_000, ...large });
    expect(confirmedLate).toBeGreaterThan(100);
  });

  test("a new connection begins as carefully as the first", () => {
    const { window } = run({ workMs: 1, wayMs: 200, forMs: 20_000 });
    window.restart();
    expect([window.records, window.bytes]).toEqual([
      trustBounds.recordsStart,
      trustBounds.bytesStart,
    ]);
  });

  test("property: whatever the platform does, the bounds hold, and who hears nothing is let on", () => {
    const step = fc.record({
      bytes: fc.integer({ min: 1, max: 262_144 }),
      records: fc.integer({ min: 1, max: 200 }),
      tookMs: fc.nat(30_000),
      isConfirmed: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const window = createTrustWindow(ackTimeoutMs);
        let nowMs = 0;
        for (const { bytes, records, tookMs, isConfirmed } of steps) {
          const owed = { records, bytes: bytes * records };
          const marks = Array.from({ length: records }, () => window.sent({ bytes, nowMs, owed }));
          nowMs += tookMs;
          window.look(nowMs, owed);
          if (isConfirmed) window.confirmed(marks, nowMs);
          expect(window.records).toBeGreaterThanOrEqual(trustBounds.recordsMin);
          expect(window.records).toBeLessThanOrEqual(trustBounds.recordsMax);
          expect(window.bytes).toBeGreaterThanOrEqual(trustBounds.bytesMin);
          expect(window.bytes).toBeLessThanOrEqual(trustBounds.bytesMax);
        }
        // Silence with the window full: in less than an ack time-out all that may be is allowed.
        for (let ms = 0; ms < 60_000; ms += 500) {
          nowMs += 500;
          window.look(nowMs, { records: window.records, bytes: window.bytes });
        }
        expect(window.records).toBe(trustBounds.recordsMax);
      }),
    );
  });
});
