import { expect, test } from "vitest";
import type { AlarmEvent } from "../../agent/alarmRecords.ts";
import { runDesk } from "../../agent/alarms/deskLoop.ts";
import { createLiveTable } from "../../agent/watch/liveTable.ts";
import { FakeClock } from "../fakes/fakeClock.ts";
import { condition, head, rig } from "./alarmRig.ts";

test("first what the site file changed is told, then what time does, and nothing after its end", async () => {
  const clock = new FakeClock();
  const since = clock.now();
  const gone = { alarmId: "G", source: "LT-9", type: "L", priority: 2, since } as const;
  const { desk } = rig({ heads: [head("LT-1")], standing: [gone], now: since });
  const told: string[] = [];
  const stopping = new AbortController();
  const commit = (events: readonly AlarmEvent[]): void => {
    told.push(...events.map(({ event, source, reason }) => `${event} ${source}: ${reason}`));
  };
  const run = runDesk({ desk, clock, commit, signal: stopping.signal });
  expect(told.splice(0)).toEqual(["return LT-9: the site file no longer has this limit"]);
  const shelving = { by: "李明", reason: "检修", note: "", forMs: 5_000, at: clock.now() };
  for (const forMs of [5_000, 9_000]) {
    desk.act({ ...shelving, do: "shelve", alarms: [head("LT-1")], forMs });
  }
  await clock.advance(8_900);
  expect(told).toEqual([]);
  await clock.advance(1_100);
  expect(told.splice(0)).toEqual(["unshelve LT-1: the time it was shelved for is over"]);
  desk.act({ ...shelving, do: "shelve", alarms: [head("LT-1")], at: clock.now() });
  stopping.abort();
  await run;
  await clock.advance(60_000);
  expect(told).toEqual([]);
  expect(clock.pending).toBe(0);
});

test("what is shown is each alarm after the transition announced last, and how many of them are active", () => {
  const clock = new FakeClock();
  const { desk } = rig({ heads: [head("LT-1"), head("PT-1")], now: clock.now() });
  const live = createLiveTable(1, []);
  const announce = (events: readonly AlarmEvent[]): void => {
    for (const event of events) live.announce(event, true);
  };
  announce(desk.conditions([condition(head("LT-1"), true, 0), condition(head("PT-1"), true, 0)]));
  expect(live.active).toBe(2);
  announce(desk.conditions([condition(head("LT-1"), false, 1)]));
  // Returned and not acknowledged: not active any more, and still shown.
  expect(live.active).toBe(1);
  expect(live.standing).toEqual([...desk.standing.values()]);
  const by = { by: "李明", reason: "", note: "", at: clock.now() };
  announce(desk.act({ do: "ack", alarms: [head("LT-1"), head("PT-1")], ...by }).events);
  expect(live.standing.map(({ source }) => source)).toEqual(["PT-1"]);
  expect(live.counts).toEqual({ raised: 2, returned: 1 });
});
