import { expect, test } from "vitest";
import { type AnswerSink, type Asked, createLineLoop } from "../../agent/acquire/lineLoop.ts";
import { deviceId, pointId } from "../../config/words/names.ts";
import { qualities } from "../../config/words/quality.ts";
import { fail, ok, type Result } from "../../config/words/result.ts";
import type { Samples } from "../../drivers/contract.ts";
import type { DriverError } from "../../drivers/errors.ts";
import { FakeClock } from "../fakes/fakeClock.ts";

type Answer = "answers" | DriverError;

const silentError: DriverError = { kind: "timeout", message: "no reply within 500 ms" };

/** Two devices of one question each on one line, answering as told. */
function lineOf(answers: { a: () => Answer; b: () => Answer }) {
  const clock = new FakeClock();
  const seen: string[] = [];
  const startMs = clock.monotonicMs();
  const seconds = () => ((clock.monotonicMs() - startMs) / 1000).toFixed(1);
  const sink: AnswerSink = {
    samples: (key) => seen.push(`${seconds()} ${key} value`),
    silence: (key, _at, quality) => seen.push(`${seconds()} ${key} ${qualities[quality]}`),
    connection: (device, isAnswering) => {
      if (!isAnswering) seen.push(`${seconds()} ${device ?? "line"} not answering`);
    },
  };
  const asked = (key: number, device: "a" | "b"): Asked => ({
    key,
    device: deviceId(device),
    isHazard: false,
    question: {
      name: device,
      points: [pointId(device)],
      everyMs: 1_000,
      readMsMax: 500,
      async read(signal): Promise<Result<Samples, DriverError>> {
        const answer = answers[device]();
        if (answer !== "answers") {
          if (answer.kind === "timeout") await clock.sleep(500, signal);
          return fail(answer);
        }
        await clock.sleep(50, signal);
        return ok({
          takenAt: clock.now(),
          values: Float64Array.of(1),
          qualities: Uint8Array.of(0),
        });
      },
    },
  });
  const loop = createLineLoop({ asked: [asked(0, "a"), asked(1, "b")], sink, clock });
  const stop = new AbortController();
  return { clock, seen, loop, stop, ended: loop.run(stop.signal) };
}

test("a dead device is answered with silence in its turn and does not take its neighbour's", async () => {
  const { clock, seen, loop, stop, ended } = lineOf({ a: () => "answers", b: () => silentError });
  await clock.advance(10_000);
  stop.abort();
  await clock.advance(0);
  await ended;
  expect(seen.filter((line) => line.endsWith("0 value")).length).toBe(10);
  expect(seen.filter((line) => line.endsWith("1 comm-fail")).length).toBeGreaterThanOrEqual(9);
  expect(seen).toContain("0.6 b not answering");
  expect(loop.counters.get(deviceId("b"))).toMatchObject({ health: "down", good: 0 });
  expect(loop.counters.get(deviceId("a"))).toMatchObject({ health: "up", timeouts: 0 });
  expect(clock.pending).toBe(0);
});

test("a device that comes back is heard within its probe and gets its period again", async () => {
  let isDead = true;
  const { clock, seen, stop, ended } = lineOf({
    a: () => "answers",
    b: () => (isDead ? silentError : "answers"),
  });
  await clock.advance(20_000);
  isDead = false;
  seen.length = 0;
  await clock.advance(40_000);
  stop.abort();
  await clock.advance(0);
  await ended;
  const first = seen.findIndex((line) => line.endsWith("1 value"));
  expect(first).toBeGreaterThanOrEqual(0);
  expect(seen.slice(first).filter((line) => line.endsWith("1 comm-fail"))).toEqual([]);
});

test("a refusing device is at fault itself; a line that is down is one trouble, not one per device", async () => {
  const refused: DriverError = { kind: "refused", message: "illegal address", exceptionCode: 2 };
  const down: DriverError = { kind: "lineDown", message: "port is gone" };
  const one = lineOf({ a: () => refused, b: () => "answers" });
  await one.clock.advance(2_900);
  one.stop.abort();
  await one.clock.advance(0);
  await one.ended;
  expect(one.seen.filter((line) => line.endsWith("0 device-fault")).length).toBe(3);
  expect(one.seen.filter((line) => line.includes("not answering"))).toEqual([]);

  const two = lineOf({ a: () => down, b: () => down });
  await two.clock.advance(2_900);
  expect(two.loop.isLineDown).toBe(true);
  two.stop.abort();
  await two.clock.advance(0);
  await two.ended;
  expect(two.seen.filter((line) => line.endsWith("comm-fail")).length).toBe(6);
  const blamed = two.seen.filter((line) => line.includes("not answering"));
  expect(new Set(blamed.map((line) => line.split(" ")[1]))).toEqual(new Set(["line"]));
});

test("a unit that a gateway calls silent is probed in spare time, and its points say comm-fail", async () => {
  const unreached: DriverError = { kind: "deviceBusy", message: "exception 11", exceptionCode: 11 };
  const { clock, seen, loop, stop, ended } = lineOf({ a: () => "answers", b: () => unreached });
  await clock.advance(9_900);
  stop.abort();
  await clock.advance(0);
  await ended;
  expect(seen.filter((line) => line.endsWith("1 device-fault"))).toEqual([]);
  expect(seen.filter((line) => line.endsWith("1 comm-fail")).length).toBeGreaterThanOrEqual(9);
  expect(loop.counters.get(deviceId("b"))).toMatchObject({ health: "down" });
});

test("abort in the middle of a question ends the loop with no sample after it", async () => {
  const { clock, seen, stop, ended } = lineOf({ a: () => "answers", b: () => silentError });
  await clock.advance(200);
  const before = seen.length;
  stop.abort();
  await clock.advance(5_000);
  await ended;
  expect(seen.length).toBe(before);
});

test("questions asked together: a silent one costs its own time-out, the others are asked again at once", async () => {
  const clock = new FakeClock();
  const startMs = clock.monotonicMs();
  const values: string[] = [];
  const batches: string[][] = [];
  const devices = ["a", "b", "c"] as const;
  const asked = devices.map((name, key): Asked => {
    const request = { unit: key, table: "holding", address: 0, count: 1, timeoutMs: 500 } as const;
    const decode = () => ({
      takenAt: clock.now(),
      values: Float64Array.of(1),
      qualities: Uint8Array.of(0),
    });
    return {
      ...{ key, device: deviceId(name), isHazard: false },
      question: {
        ...{ name, points: [pointId(name)], everyMs: 1_000, readMsMax: 600 },
        direct: { request, decode },
        read: async () => {
          await clock.sleep(500, new AbortController().signal);
          return fail(silentError);
        },
      },
    };
  });
  const behind: DriverError = { ...silentError, kind: "timeout", notAsked: true };
  const loop = createLineLoop({
    ...{ asked, clock },
    sink: {
      samples: (key) => values.push(`${Math.round(clock.monotonicMs() - startMs)} ${devices[key]}`),
      silence: () => {},
      connection: () => {},
    },
    together: {
      most: 2,
      async ask(questions, { signal, take }) {
        batches.push(questions.map(({ name }) => name));
        let isStuck = false;
        for (const [i, { name, direct }] of questions.entries()) {
          isStuck ||= name === "a";
          if (isStuck && name === "a") await clock.sleep(500, signal);
          if (isStuck) take(i, fail(name === "a" ? silentError : behind));
          else if (direct !== undefined)
            take(i, { ok: true, value: direct.decode(Buffer.alloc(2)) });
        }
      },
    },
  });
  const stop = new AbortController();
  const ended = loop.run(stop.signal);
  await clock.advance(2_900);
  stop.abort();
  await clock.advance(0);
  await ended;
  expect(batches.slice(0, 2)).toEqual([
    ["a", "b"],
    ["c", "b"],
  ]);
  // Two time-outs of "a" in its turn, then it is down and probed in spare time: nobody waits for it.
  const sorted = values.toSorted((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10));
  expect(sorted.map((one) => one.split(" ")[0])).toEqual([
    "500",
    "500",
    "1500",
    "1500",
    "2000",
    "2000",
  ]);
  expect(values.filter((one) => one.endsWith("b"))).toHaveLength(3);
  expect(loop.counters.get(deviceId("b"))).toMatchObject({ good: 3, timeouts: 0, health: "up" });
  expect(loop.counters.get(deviceId("a"))).toMatchObject({ good: 0, health: "down" });
  expect(clock.pending).toBe(0);
});
