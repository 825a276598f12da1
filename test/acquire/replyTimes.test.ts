import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type DeviceHealth, up } from "../../agent/acquire/deviceHealth.ts";
import { createLineLoop } from "../../agent/acquire/lineLoop.ts";
import { ReplyTimes } from "../../agent/acquire/replyTimes.ts";
import { deviceId, pointId } from "../../config/words/names.ts";
import { fail, ok } from "../../config/words/result.ts";
import { FakeClock } from "../fakes/fakeClock.ts";

const timeoutMs = 500;
const question = { readMsMax: 650, timeoutMs };
const down = (failures: number): DeviceHealth => ({ phase: "down", failures, probeAtMs: 0 });

describe("the wait of a probe", () => {
  test("is all of the time-out until there was an answer, as after a restart", () => {
    const times = new ReplyTimes([question]);
    expect(times.timeoutMs(0, down(2))).toBeUndefined();
    expect(times.occupationMs(0, down(2))).toBe(650);
  });

  test("is all of it for a device that answers, and for a question that cannot be cut short", () => {
    const times = new ReplyTimes([question, { readMsMax: 650 }]);
    for (const i of [0, 1]) times.answered(i, 60);
    expect(times.timeoutMs(0, up)).toBeUndefined();
    expect(times.timeoutMs(0, { phase: "suspect", failures: 1 })).toBeUndefined();
    expect(times.timeoutMs(0, down(2))).toBe(120);
    expect(times.occupationMs(0, down(2))).toBe(650 - 500 + 120);
    expect(times.timeoutMs(1, down(2))).toBeUndefined();
    expect(times.occupationMs(1, down(2))).toBe(650);
  });

  test("is within the configured time-out, and longer than any of the latest answers by 50 ms", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 400 }),
        fc.integer({ min: 2, max: 100 }),
        (answers, failures) => {
          const times = new ReplyTimes([question, question]);
          for (const ms of answers) times.answered(1, ms);
          const waitMs = times.timeoutMs(1, down(failures)) ?? timeoutMs;
          const latest = Math.max(...answers.slice(-256));
          expect(waitMs).toBeLessThanOrEqual(timeoutMs);
          expect(waitMs).toBeGreaterThanOrEqual(
            Math.min(timeoutMs, Math.max(latest + 50, 2 * latest)),
          );
          if (failures % 4 === 0) expect(waitMs).toBe(timeoutMs);
          expect(times.timeoutMs(0, down(failures))).toBeUndefined();
        },
      ),
    );
  });

  test("forgets one slow answer after some hundred quick ones", () => {
    const times = new ReplyTimes([question]);
    times.answered(0, 400);
    for (let i = 0; i < 600; i += 1) times.answered(0, 30);
    expect(times.timeoutMs(0, down(2))).toBe(80);
  });
});

/** One device whose answers take `replyMs(now)`; infinite: none. */
function lineOf(replyMs: (ms: number) => number) {
  const clock = new FakeClock();
  const startMs = clock.monotonicMs();
  const seen = { waits: [] as number[], values: [] as number[] };
  const loop = createLineLoop({
    clock,
    sink: {
      samples: () => seen.values.push(clock.monotonicMs() - startMs),
      silence: () => {},
      connection: () => {},
    },
    asked: [
      {
        ...{ key: 0, device: deviceId("a"), isHazard: false },
        question: {
          ...{ name: "a", points: [pointId("a")], everyMs: 1_000, readMsMax: 650, timeoutMs },
          async read(signal, timeoutMsMax = timeoutMs) {
            const neededMs = replyMs(clock.monotonicMs() - startMs);
            const waitMs = Math.min(timeoutMs, timeoutMsMax);
            await clock.sleep(Math.min(neededMs, waitMs), signal);
            if (neededMs <= waitMs) {
              const [values, qualities] = [Float64Array.of(1), Uint8Array.of(0)];
              return ok({ takenAt: clock.now(), values, qualities });
            }
            seen.waits.push(waitMs);
            return fail({ kind: "timeout", message: "no reply" });
          },
        },
      },
    ],
  });
  const stop = new AbortController();
  const ended = loop.run(stop.signal);
  return {
    ...{ clock, seen },
    async end() {
      stop.abort();
      await clock.advance(0);
      await ended;
    },
  };
}

test("a silent device is waited for twice its worst answer, and every fourth time for all of the time-out", async () => {
  const line = lineOf((ms) => (ms < 10_500 ? 60 : Number.POSITIVE_INFINITY));
  await line.clock.advance(180_000);
  await line.end();
  // Twice in its turn; then probes: the third failure in a row is the first of them.
  expect(line.seen.waits.slice(0, 9)).toEqual([500, 500, 120, 120, 500, 120, 120, 120, 500]);
});

test("a device that comes back slower than it ever was is heard again", async () => {
  const line = lineOf((ms) => {
    if (ms < 10_500) return 60;
    return ms < 60_000 ? Number.POSITIVE_INFINITY : 450;
  });
  await line.clock.advance(600_000);
  await line.end();
  const back = line.seen.values.filter((ms) => ms > 60_000);
  expect(back.length).toBeGreaterThan(400);
  // From then on a probe waits longer than that.
  expect(back[0]).toBeLessThanOrEqual(60_000 + 4 * 31_000);
});
