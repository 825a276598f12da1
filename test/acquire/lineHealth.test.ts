/** A line at fault (converter, wiring, baud rate) is told apart from dead devices. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LineHealth } from "../../agent/acquire/lineHealth.ts";
import { createLineLoop } from "../../agent/acquire/lineLoop.ts";
import { deviceId, pointId } from "../../config/words/names.ts";
import { fail, ok } from "../../config/words/result.ts";
import type { DriverError } from "../../drivers/errors.ts";
import { FakeClock } from "../fakes/fakeClock.ts";

const silence: DriverError = { kind: "timeout", message: "no reply" };
const gone: DriverError = { kind: "lineDown", message: "port is gone" };
const busy: DriverError = { kind: "deviceBusy", message: "", exceptionCode: 6 };
const burstMs = 5_000;

/** Two failures in a row make a device silent. */
function dies(health: LineHealth, device: number, nowMs: number): readonly number[] {
  const first = health.learn(device, silence, nowMs).cleared;
  return [...first, ...health.learn(device, silence, nowMs + 600).cleared];
}

describe("devices that stop to answer", () => {
  test("are dead themselves while any other answers, however many they are", () => {
    const health = new LineHealth(10, burstMs);
    for (let device = 0; device < 9; device += 1) expect(dies(health, device, 0)).toEqual([]);
    expect(health.fault).toBeNull();
  });

  test("all together mean the line, and nobody of them is blamed", () => {
    const health = new LineHealth(3, burstMs);
    dies(health, 0, 0);
    dies(health, 1, 1_000);
    expect(health.fault).toBeNull();
    expect(dies(health, 2, 2_000)).toEqual([0, 1, 2]);
    expect(health.fault).toBe("all-silent");
  });

  test("one by one are dead devices, even when the last one falls silent", () => {
    const health = new LineHealth(3, burstMs);
    for (const device of [0, 1, 2]) expect(dies(health, device, device * 60_000)).toEqual([]);
    expect(health.fault).toBeNull();
  });

  test("with one that had been dead long before: that one stays blamed", () => {
    const health = new LineHealth(3, burstMs);
    dies(health, 0, 0);
    dies(health, 1, 60_000);
    expect(dies(health, 2, 60_500)).toEqual([1, 2]);
    expect(health.fault).toBe("all-silent");
  });

  test("are all asked again at once when the line works again; an exception is an answer, too", () => {
    for (const answer of [null, busy]) {
      const health = new LineHealth(3, burstMs);
      for (const device of [0, 1, 2]) dies(health, device, 0);
      expect(health.learn(1, answer, 40_000)).toMatchObject({ isBack: true });
      expect(health.fault).toBeNull();
      expect(health.devices[0]).toMatchObject({ phase: "down", probeAtMs: 40_000 });
    }
  });
});

test("a port that is gone is the wire's fault, and says nothing of any device", () => {
  const health = new LineHealth(2, burstMs);
  health.learn(0, gone, 0);
  health.learn(1, gone, 0);
  expect(health.fault).toBe("wire");
  expect(health.devices.map(({ phase }) => phase)).toEqual(["up", "up"]);
  health.learn(0, null, 100);
  expect(health.fault).toBeNull();
});

test("whatever happens, a line on which somebody answers is never called silent", () => {
  const event = fc.record({
    device: fc.nat(3),
    error: fc.constantFrom(null, silence, silence, silence, busy, gone),
    afterMs: fc.integer({ min: 1, max: 4_000 }),
  });
  fc.assert(
    fc.property(fc.array(event, { maxLength: 80 }), (events) => {
      const health = new LineHealth(4, burstMs);
      let nowMs = 0;
      for (const { device, error, afterMs } of events) {
        nowMs += afterMs;
        health.learn(device, error, nowMs);
        const isAnyoneUp = health.devices.some(({ phase }) => phase === "up");
        if (isAnyoneUp) expect(health.fault).not.toBe("all-silent");
      }
    }),
  );
});

/** Four devices on one line; `isSilent` says who does not answer when. */
async function told(isSilent: (device: number, ms: number) => boolean): Promise<{
  readonly line: readonly boolean[];
  readonly blamed: ReadonlySet<string>;
}> {
  const clock = new FakeClock();
  const startMs = clock.monotonicMs();
  const line: boolean[] = [];
  const blamed = new Set<string>();
  const loop = createLineLoop({
    clock,
    sink: {
      samples: () => {},
      silence: () => {},
      connection(device, isAnswering) {
        if (device === null) {
          if (line.at(-1) !== isAnswering) line.push(isAnswering);
        } else if (isAnswering) blamed.delete(device);
        else blamed.add(device);
      },
    },
    asked: [0, 1, 2, 3].map((key) => ({
      ...{ key, device: deviceId(`d${key}`), isHazard: false },
      question: {
        ...{ name: `${key}`, points: [pointId(`p${key}`)], everyMs: 1_000, readMsMax: 500 },
        async read(signal) {
          const isDead = isSilent(key, clock.monotonicMs() - startMs);
          await clock.sleep(isDead ? 500 : 60, signal);
          if (isDead) return fail(silence);
          const [values, qualities] = [Float64Array.of(1), Uint8Array.of(0)];
          return ok({ takenAt: clock.now(), values, qualities });
        },
      },
    })),
  });
  const stop = new AbortController();
  const ended = loop.run(stop.signal);
  await clock.advance(60_000);
  stop.abort();
  await clock.advance(0);
  await ended;
  return { line, blamed };
}

describe("what the loop tells", () => {
  test("of one dead device: that device, and a line that works", async () => {
    const { line, blamed } = await told((device, ms) => device === 2 && ms > 10_000);
    expect(line).toEqual([true]);
    expect([...blamed]).toEqual(["d2"]);
  });

  test("of a burst of time-outs on all: the line, and no device; then the line again", async () => {
    const during = await told((_, ms) => ms > 10_000);
    expect(during.line).toEqual([true, false]);
    expect([...during.blamed]).toEqual([]);
    const after = await told((_, ms) => ms > 10_000 && ms < 20_000);
    expect(after.line).toEqual([true, false, true]);
    expect([...after.blamed]).toEqual([]);
  });
});
