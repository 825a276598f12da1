import fc from "fast-check";
import { expect, test } from "vitest";
import type { AlarmDetail, ConditionChange, StandingAlarm } from "../../agent/alarmRecords.ts";
import { createEvaluator } from "../../agent/evaluate/evaluate.ts";
import type { Limit } from "../../agent/evaluate/limit.ts";
import type { JudgedPoint } from "../../agent/evaluate/pointSlots.ts";
import type { ReadingBlock } from "../../agent/records.ts";
import { type Quality, qualityCode } from "../../config/words/quality.ts";
import { monotonicMs, wallMs } from "../../config/words/time.ts";

const instant = (ms: number) => ({ wallMs: wallMs(1e12 + ms), monotonicMs: monotonicMs(ms) });

function block(ms: number, value: number, quality: Quality = "good", position = 0): ReadingBlock {
  return {
    takenAt: instant(ms),
    points: Uint32Array.of(position),
    values: Float64Array.of(value),
    qualities: Uint8Array.of(qualityCode[quality]),
  };
}

function high(type: "H" | "HH", at: number): Limit {
  return {
    type,
    at,
    isHigh: true,
    deadband: 5,
    priority: type === "HH" ? 1 : 2,
    onDelayMs: 0,
    offDelayMs: 0,
  };
}

function level(more: Partial<JudgedPoint> = {}): JudgedPoint {
  return {
    id: "LT-1",
    unit: "mm",
    tank: "T-1",
    hazard: "H-1",
    limits: [high("HH", 90), high("H", 80)],
    onBadQuality: "hold",
    faultDelayMs: 0,
    everyMs: 1_000,
    ...more,
  };
}

function evaluator(point: JudgedPoint, standing: readonly StandingAlarm[] = []) {
  return createEvaluator({
    points: [point],
    sources: [{ id: "d1", offlineDelayMs: 10_000 }],
    standing,
  });
}

const words = (changes: readonly ConditionChange[]) =>
  changes.map(({ isStanding, type }) => `${isStanding ? "begins" : "ceases"} ${type}`);

test("a jump past both limits begins both, the more severe first, and each ceases by itself", () => {
  const judge = evaluator(level());
  expect(words(judge.evaluate(block(0, 95)))).toEqual(["begins HH", "begins H"]);
  expect(words(judge.evaluate(block(1, 87)))).toEqual([]);
  expect(words(judge.evaluate(block(2, 84)))).toEqual(["ceases HH"]);
  expect(words(judge.evaluate(block(3, 10)))).toEqual(["ceases H"]);
  expect(words(judge.evaluate(block(4, 95)))).toEqual(["begins HH", "begins H"]);
});

test("a change carries value, limit, unit, tank, hazard, priority and why", () => {
  const [event] = evaluator(level()).evaluate(block(7, 95));
  expect(event).toEqual({
    source: "LT-1",
    tank: "T-1",
    hazard: "H-1",
    type: "HH",
    isStanding: true,
    value: 95,
    quality: "good",
    unit: "mm",
    limit: 90,
    priority: 1,
    reason: { zh: "95 >= 90", en: "95 >= 90" },
    at: instant(7),
  });
});

test("without a number an alarm holds: it neither begins nor ends", () => {
  const judge = evaluator(level({ faultDelayMs: 1e9 }));
  judge.evaluate(block(0, 95));
  expect(judge.evaluate(block(1, Number.NaN, "comm-fail"))).toEqual([]);
  expect(judge.evaluate(block(2, 0, "out-of-service"))).toEqual([]);
  expect(words(judge.evaluate(block(3, 10)))).toEqual(["ceases HH", "ceases H"]);
});

test("onBadQuality raise judges a missing number as a passed limit", () => {
  const judge = evaluator(level({ onBadQuality: "raise", faultDelayMs: 1e9 }));
  const events = judge.evaluate(block(0, Number.NaN, "comm-fail"));
  expect(words(events)).toEqual(["begins HH", "begins H"]);
  expect(events[0]).toMatchObject({ value: null, quality: "comm-fail" });
});

test("a broken loop is a fault of the point; silence is not, and keeps a fault standing", () => {
  const judge = evaluator(level());
  expect(words(judge.evaluate(block(0, Number.NaN, "comm-fail")))).toEqual([]);
  expect(words(judge.evaluate(block(1, Number.NaN, "open-loop")))).toEqual(["begins FAULT"]);
  expect(words(judge.evaluate(block(2, Number.NaN, "comm-fail")))).toEqual([]);
  expect(words(judge.evaluate(block(3, 10)))).toEqual(["ceases FAULT"]);
});

test("a silent device is one alarm after its delay, however many points it has", () => {
  const judge = evaluator(level());
  expect(judge.connection("d1", "beyond", instant(0))).toEqual([]);
  expect(judge.connection("d1", "beyond", instant(9_000))).toEqual([]);
  expect(words(judge.connection("d1", "beyond", instant(10_000)))).toEqual(["begins OFFLINE"]);
  expect(words(judge.connection("d1", "within", instant(11_000)))).toEqual(["ceases OFFLINE"]);
  expect(judge.connection("nobody", "beyond", instant(0))).toEqual([]);
});

test("conditions that stood in the last life go on; those of alarms that had returned begin anew", () => {
  const since = instant(0);
  const old = (type: "HH" | "H", isActive: boolean | null): StandingAlarm => ({
    ...{ alarmId: `OLD-${type}`, source: "LT-1", type, priority: 1, since },
    ...(isActive === null ? {} : { detail: { isActive } as AlarmDetail }),
  });
  for (const ofHh of [true, null]) {
    const judge = evaluator(level(), [old("HH", ofHh), old("H", false)]);
    expect(words(judge.evaluate(block(2, 95)))).toEqual(["begins H"]);
    expect(words(judge.evaluate(block(3, 10)))).toEqual(["ceases HH", "ceases H"]);
  }
});

test("it names every alarm that can be", () => {
  expect(evaluator(level()).heads.map(({ type, source }) => `${type} ${source}`)).toEqual([
    "OFFLINE d1",
    "HH LT-1",
    "H LT-1",
    "FAULT LT-1",
  ]);
});

test("a rate needs time to be told and has its own unit", () => {
  const rate: Limit = {
    type: "RATE",
    at: 50,
    isHigh: true,
    deadband: 0,
    priority: 3,
    onDelayMs: 0,
    offDelayMs: 0,
  };
  const judge = evaluator(level({ limits: [rate], onBadQuality: "raise", faultDelayMs: 1e9 }));
  const events: ConditionChange[] = [];
  for (let s = 0; s <= 60; s += 1)
    events.push(...judge.evaluate(block(s * 1_000, s < 30 ? 0 : s * 2)));
  expect(words(events)).toEqual(["begins RATE"]);
  expect(events[0]?.unit).toBe("mm/min");
  expect(judge.evaluate(block(61_000, Number.NaN, "comm-fail"))).toEqual([]);
});

test("the short way for quiet values never changes an answer", () => {
  const never: Limit = { ...high("H", 1e12), type: "RATE", deadband: 0 };
  const low: Limit = { ...high("H", 20), type: "L", isHigh: false, onDelayMs: 2_000 };
  const limits = [high("HH", 90), { ...high("H", 80), offDelayMs: 3_000 }, low];
  const step = fc.record({
    value: fc.oneof(
      fc.double({ min: 0, max: 120, noNaN: true }),
      fc.constantFrom(20, 25, 75, 80, 90),
    ),
    quality: fc.constantFrom("good", "good", "good", "comm-fail", "uncertain", "device-fault"),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const short = evaluator(level({ limits }));
      // A rate that can never be reached: this one must look at every value in full.
      const long = evaluator(level({ limits: [...limits, never] }));
      for (const [i, { value, quality }] of steps.entries()) {
        const reading = block(i * 1_000, value, quality as Quality);
        expect(short.evaluate(reading)).toEqual(long.evaluate(reading));
      }
    }),
  );
});

test("for any history: beginnings and ends of one condition alternate, and a number beyond HH means HH stands", () => {
  const qualitiesSeen = ["good", "comm-fail", "open-loop", "uncertain", "over-range"] as const;
  const step = fc.record({
    value: fc.double({ min: 0, max: 120, noNaN: true }),
    quality: fc.constantFrom(...qualitiesSeen),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const judge = evaluator(level());
      const open = new Set<string>();
      for (const [i, { value, quality }] of steps.entries()) {
        for (const event of judge.evaluate(block(i * 1_000, value, quality))) {
          expect(open.has(event.type)).toBe(!event.isStanding);
          if (event.isStanding) open.add(event.type);
          else open.delete(event.type);
        }
        const hasNumber = quality !== "comm-fail" && quality !== "open-loop";
        if (hasNumber && value >= 90) expect(open.has("HH")).toBe(true);
        if (hasNumber && value <= 75) expect(open.has("HH") || open.has("H")).toBe(false);
      }
    }),
  );
});
