import { expect, test } from "vitest";
import type {
  Message,
  Outcome,
  SelfTrouble,
  ToldAlarm,
} from "../../agent/announce/announcement.ts";
import { Lane } from "../../agent/announce/lane.ts";
import { FakeClock } from "../fakes/fakeClock.ts";
import { alarm, postTarget } from "./parts.ts";

const minuteMs = 60_000;

const told = (alarmId: string): ToldAlarm => ({
  ...{ event: alarm({ alarmId }), name: null, tankName: null, advice: null, decimals: null },
});

function laneWith(perMinute: number, answer: () => Outcome) {
  const clock = new FakeClock();
  const sent: { readonly message: Message; readonly atMs: number }[] = [];
  const lane = new Lane(postTarget({ perMinute }), {
    ...{ clock, random: () => 0.5, onTrouble: () => {} },
    deliver: (_target, message) => {
      sent.push({ message, atMs: clock.monotonicMs() });
      return Promise.resolve(answer());
    },
  });
  const ending = new AbortController();
  const run = lane.run(ending.signal);
  const end = async (): Promise<void> => {
    ending.abort();
    await clock.advance(minuteMs);
    await run;
  };
  const stall = (isStanding: boolean, source = "box/polling"): SelfTrouble => ({
    ...{ source, isStanding, zh: "轮询停滞", en: "polling stands still", at: clock.now() },
  });
  return { clock, lane, sent, stall, end };
}

test("a box that stalls and goes on again and again while nobody takes its word tells what holds now, once", async () => {
  let isDown = true;
  const { clock, lane, sent, stall, end } = laneWith(20, () =>
    isDown ? { kind: "failed", isRefused: false, why: "no network" } : { kind: "done" },
  );
  for (let i = 0; i < 100; i += 1) {
    lane.self(stall(i % 2 === 0));
    await clock.advance(1_000);
  }
  lane.self(stall(true, "box/storing"));
  expect(lane.stats.selfWaiting).toBe(2);
  isDown = false;
  sent.length = 0;
  await clock.advance(2 * minuteMs);
  expect(sent.map(({ message }) => message)).toMatchObject([
    { kind: "self", trouble: { source: "box/polling", isStanding: false } },
    { kind: "self", trouble: { source: "box/storing", isStanding: true } },
  ]);
  expect(lane.stats).toMatchObject({ selfTold: 2, selfWaiting: 0 });
  await end();
});

test("the box's own troubles go at once, and alarms give them way: no robot gets more than it takes in a minute", async () => {
  const perMinute = 20;
  const { clock, lane, sent, stall, end } = laneWith(perMinute, () => ({ kind: "done" }));
  for (let second = 0; second < 180; second += 1) {
    if (second % 20 === 0) lane.self(stall(true));
    for (let i = 0; i < 5; i += 1) lane.take(told(`${second}-${i}`));
    await clock.advance(1_000);
  }
  const selfSent = sent.filter(({ message }) => message.kind === "self");
  expect(selfSent).toHaveLength(9);
  for (const { atMs } of sent) {
    const within = sent.filter((one) => one.atMs > atMs - minuteMs && one.atMs <= atMs);
    expect(within.length).toBeLessThanOrEqual(perMinute);
  }
  await end();
});
