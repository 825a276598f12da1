/** What is told when the clock is wrong, is set, loses its source, or sleeps. */

import { expect, test } from "vitest";
import type { BoxEvent } from "../../agent/records.ts";
import type { Placing } from "../../agent/timekeeping/doubtfulSpan.ts";
import { placedWallMs } from "../../agent/timekeeping/placing.ts";
import { createTimekeeper } from "../../agent/timekeeping/timekeeper.ts";
import { type Instant, wallMs } from "../../config/words/time.ts";
import { FakeClock } from "../fakes/fakeClock.ts";
import { FakeBox, keepTime } from "./fakeBox.ts";

const trueMs = Date.UTC(2026, 10, 24);
const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

function placingOf(event: BoxEvent | undefined): Placing {
  return event?.details as unknown as Placing;
}

function rightBox(): FakeBox {
  return new FakeBox({ wallMs: trueMs, trueMs });
}

test("a box that begins in 1970 places what it stamped there, once it knows the time", async () => {
  const box = new FakeBox({ wallMs: 0, trueMs });
  box.isServerReachable = false;
  await using kept = keepTime(box);
  await box.clock.advance(5 * minute);
  expect(kept.keeper.state).toMatchObject({
    source: "chrony",
    state: "unsynchronised",
    offsetMs: null,
  });
  expect(kept.events).toEqual([]);
  box.isServerReachable = true;
  await box.clock.advance(minute);
  expect(kept.keeper.state).toMatchObject({ source: "chrony", state: "synchronised" });
  expect(kept.events.map(({ type }) => type)).toEqual(["clock-step", "clock-synchronised"]);
  const [step] = kept.of("clock-step");
  expect(step?.details).toMatchObject({ stepMs: trueMs, suspendedMs: 0, bootId: "boot-1" });
  expect(step?.details["beforeWallMs"]).toBe((step?.details["afterWallMs"] as number) - trueMs);
  const [event] = kept.of("clock-synchronised");
  expect(event?.details).toMatchObject({ source: "chrony", bootId: "boot-1", offsetMs: trueMs });
  const { anchors, fromMonotonicMs, toMonotonicMs } = placingOf(event);
  expect(fromMonotonicMs).toBe(box.startMs);
  expect(toMonotonicMs).toBeGreaterThan(box.startMs + 5 * minute);
  for (const at of [fromMonotonicMs, fromMonotonicMs + 2 * minute, toMonotonicMs]) {
    expect(placedWallMs(anchors, at)).toBeCloseTo(box.trueMs(at), -1);
  }
  expect(kept.keeper.status).toMatchObject({ steps: 1, lastStepAt: step?.at.wallMs });
});

test("a clock set by hand is in doubt within a second, and chrony repeating old words is not believed", async () => {
  const box = rightBox();
  await using kept = keepTime(box);
  await box.clock.advance(minute);
  expect(kept.keeper.state.state).toBe("synchronised");
  box.isServerReachable = false;
  box.clock.stepWall(hour);
  const setAtMs = box.clock.monotonicMs();
  await box.clock.advance(second);
  expect(kept.keeper.state).toEqual({ source: "chrony", state: "unsynchronised", offsetMs: null });
  // chronyd has not noticed and says "Normal" for as long as it hears nothing.
  await box.clock.advance(10 * minute);
  expect(kept.keeper.state.state).toBe("unsynchronised");
  box.isServerReachable = true;
  await box.clock.advance(minute);
  expect(kept.keeper.state.state).toBe("synchronised");
  expect(kept.of("clock-step").map(({ details }) => details["stepMs"])).toEqual([hour, -hour]);
  const { anchors, fromMonotonicMs, toMonotonicMs, offsetMs } = placingOf(
    kept.of("clock-synchronised").at(-1),
  );
  // The span begins at the look before the step: there the stamps were still right.
  expect(fromMonotonicMs).toBeLessThanOrEqual(setAtMs);
  expect(Math.abs(offsetMs)).toBeLessThan(second);
  for (let at = fromMonotonicMs; at <= toMonotonicMs; at += 30 * second) {
    expect(Math.abs(placedWallMs(anchors, at) - box.trueMs(at))).toBeLessThan(100);
  }
});

test("a clock that is set to and fro in doubt is placed by the end alone", async () => {
  const box = new FakeBox({ wallMs: 0, trueMs });
  box.isServerReachable = false;
  await using kept = keepTime(box);
  for (const stepMs of [1_700_000_000_000, -1_600_000_000_000, 5 * hour, 3 * second]) {
    await box.clock.advance(3 * minute);
    box.clock.stepWall(stepMs);
  }
  await box.clock.advance(minute);
  box.isServerReachable = true;
  await box.clock.advance(minute);
  const { anchors, offsetMs } = placingOf(kept.of("clock-synchronised")[0]);
  expect(offsetMs).toBe(trueMs);
  expect(anchors).toHaveLength(1);
  expect(placedWallMs(anchors, box.startMs)).toBeCloseTo(trueMs, -1);
  expect(kept.of("clock-step")).toHaveLength(5);
});

test("a clock that chrony only slews is flagged until it is right, and placed all along the way", async () => {
  const box = new FakeBox({ wallMs: trueMs - 100 * second, trueMs });
  box.maySet = false;
  await using kept = keepTime(box);
  await box.clock.advance(10 * second);
  expect(kept.keeper.state.state).toBe("unsynchronised");
  expect(kept.keeper.state.offsetMs).toBeGreaterThan(90 * second);
  await box.clock.advance(hour);
  expect(kept.keeper.state.state).toBe("synchronised");
  expect(kept.keeper.status.steps).toBe(0);
  const { anchors, fromMonotonicMs, toMonotonicMs } = placingOf(kept.of("clock-synchronised")[0]);
  expect(anchors.length).toBeLessThan(10);
  for (let at = fromMonotonicMs; at <= toMonotonicMs; at += second) {
    expect(Math.abs(placedWallMs(anchors, at) - box.trueMs(at))).toBeLessThan(second);
  }
});

test("a box without any time source stays unknown, tells its steps, and asks one program at a time", async () => {
  const box = rightBox();
  box.isChronydUp = false;
  await using kept = keepTime(box);
  await box.clock.advance(10 * minute);
  box.clock.stepWall(-hour);
  await box.clock.advance(minute);
  expect(kept.keeper.state).toEqual({ source: "system", state: "unknown", offsetMs: null });
  expect(kept.states).toEqual([]);
  expect(kept.events.map(({ type, details }) => [type, details["stepMs"]])).toEqual([
    ["clock-step", -hour],
  ]);
  expect(box.runningMax).toBe(1);
  expect(box.asked).toBeGreaterThan(3);
});

test("a source that says nothing for a minute is believed, after five minutes it is not", async () => {
  const box = rightBox();
  await using kept = keepTime(box);
  await box.clock.advance(2 * minute);
  box.isChronydUp = false;
  await box.clock.advance(3 * minute);
  expect(kept.keeper.state.state).toBe("synchronised");
  await box.clock.advance(5 * minute);
  expect(kept.keeper.state).toEqual({ source: "system", state: "unknown", offsetMs: null });
  expect(kept.of("clock-unsynchronised")[0]?.details).toMatchObject({ source: "chrony" });
  box.isChronydUp = true;
  await box.clock.advance(2 * minute);
  expect(kept.keeper.state.state).toBe("synchronised");
  expect(kept.events.map(({ type }) => type)).toEqual([
    "clock-synchronised",
    "clock-unsynchronised",
    "clock-synchronised",
  ]);
});

test("a box that lost its server is in doubt after hours, and its drift is shared out when it is back", async () => {
  const box = rightBox();
  await using kept = keepTime(box);
  await box.clock.advance(minute);
  box.isServerReachable = false;
  await box.clock.advance(17 * hour);
  expect(kept.keeper.state.state).toBe("synchronised");
  await box.clock.advance(2 * hour);
  expect(kept.keeper.state.state).toBe("unsynchronised");
  const truth: { readonly monotonicMs: number; readonly trueMs: number }[] = [];
  // 100 ppm: 8.6 s a day.
  for (let i = 0; i < 24; i += 1) {
    await box.clock.advance(hour);
    box.drift(0.36 * second);
    truth.push({ monotonicMs: box.clock.monotonicMs(), trueMs: box.trueMs() });
  }
  box.isServerReachable = true;
  await box.clock.advance(2 * minute);
  expect(kept.keeper.state.state).toBe("synchronised");
  const { anchors, offsetMs } = placingOf(kept.of("clock-synchronised").at(-1));
  expect(Math.abs(offsetMs)).toBeLessThan(second);
  for (const one of truth) {
    expect(Math.abs(placedWallMs(anchors, one.monotonicMs) - one.trueMs)).toBeLessThan(second);
  }
});

test("a leap second is told as a step and leaves every stamp within a second", async () => {
  const box = rightBox();
  await using kept = keepTime(box);
  await box.clock.advance(minute);
  // The kernel inserts it: the clock goes back by a second, and so does UTC.
  box.clock.stepWall(-second);
  box.drift(-second);
  await box.clock.advance(2 * minute);
  expect(kept.keeper.state.state).toBe("synchronised");
  expect(kept.of("clock-step").map(({ details }) => details["stepMs"])).toEqual([-second]);
  const { anchors, fromMonotonicMs, toMonotonicMs } = placingOf(
    kept.of("clock-synchronised").at(-1),
  );
  for (let at = fromMonotonicMs + second; at <= toMonotonicMs; at += second) {
    expect(Math.abs(placedWallMs(anchors, at) - box.trueMs(at))).toBeLessThanOrEqual(second);
  }
});

test("slewing is no step", async () => {
  const box = rightBox();
  await using kept = keepTime(box);
  await box.clock.advance(minute);
  for (let i = 0; i < 100; i += 1) {
    box.clock.stepWall(i % 2 === 0 ? 80 : -80);
    await box.clock.advance(500);
  }
  expect(kept.keeper.status.steps).toBe(0);
  expect(kept.keeper.state.state).toBe("synchronised");
});

test("a box that slept places what it stamped before and after its sleep", async () => {
  const box = new FakeBox({ wallMs: 0, trueMs });
  box.isServerReachable = false;
  await using kept = keepTime(box);
  await box.clock.advance(minute);
  const early = { at: box.clock.monotonicMs(), trueMs: box.trueMs() };
  box.sleep(8 * hour);
  await box.clock.advance(minute);
  box.isServerReachable = true;
  await box.clock.advance(minute);
  expect(kept.of("clock-step")[0]?.details).toMatchObject({
    stepMs: 8 * hour,
    suspendedMs: 8 * hour,
  });
  const { anchors, toMonotonicMs } = placingOf(kept.of("clock-synchronised")[0]);
  expect(placedWallMs(anchors, early.at)).toBeCloseTo(early.trueMs, -2);
  expect(placedWallMs(anchors, early.at + 30 * second)).toBeCloseTo(
    box.trueMs(early.at + 30 * second),
    -2,
  );
  expect(placedWallMs(anchors, toMonotonicMs)).toBeCloseTo(box.trueMs(toMonotonicMs), -2);
});

test("a clock that is set every second is counted to the last step, and told sixty times an hour", async () => {
  const box = rightBox();
  box.isChronydUp = false;
  await using kept = keepTime(box);
  await box.clock.advance(500);
  for (let i = 0; i < 5_400; i += 1) {
    box.clock.stepWall(i % 2 === 0 ? hour : -hour);
    await box.clock.advance(second);
  }
  expect(kept.keeper.status.steps).toBe(5_400);
  expect(kept.of("clock-step")).toHaveLength(120);
  expect(kept.of("clock-step").at(-1)?.details["steps"]).toBeGreaterThan(3_600);
});

test("the source is asked each 5 s until it is followed, then each minute", async () => {
  const box = new FakeBox({ wallMs: trueMs, trueMs });
  box.isServerReachable = false;
  await using kept = keepTime(box);
  await box.clock.advance(5 * minute);
  expect(box.asked).toBeGreaterThanOrEqual(59);
  expect(box.asked).toBeLessThanOrEqual(62);
  box.isServerReachable = true;
  await box.clock.advance(minute);
  const { asked } = box;
  await box.clock.advance(10 * minute);
  expect(box.asked - asked).toBeGreaterThanOrEqual(9);
  expect(box.asked - asked).toBeLessThanOrEqual(11);
  expect(kept.keeper.state.state).toBe("synchronised");
});

test("a process stopped between the readings of its two clocks sees no step", async () => {
  class Interrupted extends FakeClock {
    reads = 0;
    override now(): Instant {
      this.reads += 1;
      const now = super.now();
      // Every tenth reading: the wall clock first, the monotonic one two seconds later.
      return this.reads % 10 === 0 ? { ...now, wallMs: wallMs(now.wallMs - 2_000) } : now;
    }
  }
  const clock = new Interrupted(trueMs);
  const events: BoxEvent[] = [];
  const machine = { run: async () => null, read: async () => null, modifiedMs: async () => null };
  const keeper = createTimekeeper({
    clock,
    machine,
    onState: () => {},
    onEvent: (event) => events.push(event),
  });
  const stop = new AbortController();
  const run = keeper.run(stop.signal);
  await clock.advance(5 * minute);
  stop.abort();
  await clock.advance(0);
  await run;
  expect(clock.reads).toBeGreaterThan(300);
  expect(events).toEqual([]);
  expect(clock.pending).toBe(0);
});
