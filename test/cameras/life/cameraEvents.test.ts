import { expect, test } from "vitest";
import { CameraEvents } from "../../../agent/cameras/cameraEvents.ts";
import type { BoxEvent } from "../../../agent/records.ts";
import type { OnvifEvent } from "../../../drivers/cameras/onvif/readEvents.ts";
import { FakeClock } from "../../fakes/fakeClock.ts";

function rig() {
  const clock = new FakeClock();
  const notes: BoxEvent[] = [];
  const events = new CameraEvents({ id: "c", clock, note: (event) => notes.push(event) });
  const say = (given: Partial<OnvifEvent>): void =>
    events.take({
      ...{ topic: "t", about: "motion", state: true, source: null, atDevice: null },
      ...{ isInitial: false, arrivedAt: clock.now(), ...given },
    });
  return { clock, notes, events, say };
}

test("a flood of events is told at a bounded pace, with the number left out, in bounded memory", async () => {
  const { clock, notes, say } = rig();
  for (let i = 0; i < 10_000; i += 1) say({ topic: `t${i}`, state: i % 2 === 0 });
  for (let i = 0; i < 10_000; i += 1) say({ topic: "t1", state: i % 2 === 0 });
  expect(notes).toHaveLength(10);
  await clock.advance(61_000);
  for (let i = 0; i < 100; i += 1) say({ topic: "t1", state: i % 2 === 0 });
  expect(notes).toHaveLength(11);
  expect(notes.at(-1)?.details["untold"]).toBeGreaterThan(19_000);
});

test("the same state again is no news, and what was quiet before we asked is none", () => {
  const { notes, say } = rig();
  say({ state: false, isInitial: true });
  expect(notes).toHaveLength(0);
  say({ state: true });
  say({ state: true });
  expect(notes).toHaveLength(1);
  say({ state: false });
  expect(notes).toHaveLength(2);
});

test("fire stands until it is taken back; one that only happened stands for a minute", async () => {
  const { clock, events, say } = rig();
  const now = () => events.standing(clock.monotonicMs());
  say({ about: "fire", topic: "f", state: true });
  await clock.advance(3_600_000);
  expect(now()).toEqual(["fire"]);
  say({ about: "fire", topic: "f", state: false });
  expect(now()).toEqual([]);
  say({ about: "tamper", topic: "p", state: null });
  expect(now()).toEqual(["tampered"]);
  await clock.advance(61_000);
  expect(now()).toEqual([]);
});

test("what stood before a new subscription is over unless the camera says it again", async () => {
  const { clock, events, say } = rig();
  say({ about: "tamper", topic: "a", state: true });
  say({ about: "fire", topic: "b", state: true });
  const stop = new AbortController();
  const run = events.follow(async (ears, signal) => {
    ears.onSubscribed();
    ears.onEvent({
      ...{ topic: "b", about: "fire", state: true, source: null, atDevice: null, isInitial: true },
      arrivedAt: clock.now(),
    });
    await clock.sleep(1e9, signal);
    return { kind: "aborted", message: "told to stop" };
  }, stop.signal);
  await clock.advance(61_000);
  expect(events.standing(clock.monotonicMs())).toEqual(["fire"]);
  stop.abort();
  await run;
  expect(clock.pending).toBe(0);
});
