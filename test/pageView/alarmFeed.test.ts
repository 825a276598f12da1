import fc from "fast-check";
import { expect, test } from "vitest";
import type { AlarmEvent, StandingAlarm } from "../../agent/alarmRecords.ts";
import type { Judgement } from "../../agent/alarms/alarmDesk.ts";
import type { Announcement } from "../../agent/announcer.ts";
import type { AlarmView } from "../../agent/page/protocol/alarms.ts";
import type { AlarmsTold } from "../../agent/page/server/sources.ts";
import { createAlarmFeed, tellEveryMs } from "../../agent/page/view/alarmFeed.ts";
import { alarmView, goneView } from "../../agent/page/view/alarmView.ts";
import { plantNames } from "../../agent/plantNames.ts";
import { createAudience } from "../../agent/watch/audience.ts";
import { createLiveTable } from "../../agent/watch/liveTable.ts";
import { readSite } from "../../config/load.ts";
import { FakeClock } from "../fakes/fakeClock.ts";

const text = `
site: { id: p1, name: 厂 }
buses: { b: { type: modbus-tcp, host: 127.0.0.1 } }
devices: { d: { bus: b, unit: 1 } }
points:
  LT-1: { device: d, register: { address: 0, type: uint16 }, kind: level, unit: mm, range: [0, 100] }
`;
const read = readSite({ file: "site.yaml", text, io: { fileMode: () => 0o600 } });
if (!read.ok) throw new Error(JSON.stringify(read.error));
const { site } = read.value;

function rig() {
  const clock = new FakeClock();
  const live = createLiveTable(1, []);
  const heard = { told: createAudience<Announcement>(), stored: createAudience<AlarmEvent>() };
  const marks = {
    firstOut: new Set<string>(),
    chattering: new Set<string>(),
    stale: new Set<string>(),
  };
  const asked = { judgements: 0 };
  const feed = createAlarmFeed({
    ...{ live, heard, clock },
    judgement(): Judgement {
      asked.judgements += 1;
      const { firstOut, chattering, stale } = marks;
      const flood = { isOn: false, inTenMinutes: 0, sinceMs: null, firstOut: new Set(firstOut) };
      return { flood, chattering: new Set(chattering), stale: new Set(stale) };
    },
    viewOf: (alarm, given) => alarmView(alarm, { site, names: plantNames(site), marks: given }),
    goneOf: (event) => goneView(event, { site, names: plantNames(site) }),
  });
  const told: AlarmsTold[] = [];
  const ending = new AbortController();
  feed.subscribe((one) => told.push(one), ending.signal);
  return {
    ...{ clock, feed, told, marks, asked, ending },
    announce(source: string, isOver: boolean, isStored = true): AlarmEvent {
      const event = eventOf(source, { isOver, clock });
      live.announce(event, isStored);
      heard.told.tell({ event, isStored });
      return event;
    },
    stored(event: AlarmEvent): void {
      live.stored(event);
      heard.stored.tell(event);
    },
  };
}

function eventOf(
  source: string,
  { isOver, clock }: { readonly isOver: boolean; readonly clock: FakeClock },
): AlarmEvent {
  const at = clock.now();
  const head = { alarmId: `A-${source}`, source, type: "H", priority: 2 } as const;
  const standing: StandingAlarm = { ...head, since: at };
  return {
    ...head,
    ...{ tank: null, hazard: null, event: isOver ? "return" : "raise", value: 1, at },
    ...{ quality: "good", unit: "mm", limit: 1, reason: "" },
    stateAfter: isOver ? "normal" : "unacked",
    standing: isOver ? null : standing,
  };
}

/** What a page shows that was told all this. */
function shownBy(told: readonly AlarmsTold[], begun: readonly AlarmView[] = []) {
  const shown = new Map(begun.map((one) => [one.key, one]));
  for (const one of told.flatMap(({ alarms }) => alarms)) {
    if (one.state === "normal") shown.delete(one.key);
    else shown.set(one.key, one);
  }
  return shown;
}

function byKey(alarms: readonly AlarmView[]) {
  return new Map(alarms.map((one) => [one.key, one]));
}

test("one change is told at once; a flood is told together, each alarm once and as it is now", async () => {
  const { clock, told, asked, announce } = rig();
  announce("P-0", false);
  await clock.advance(0);
  expect(told.map(({ alarms }) => alarms.map(({ key }) => key))).toEqual([["H P-0"]]);
  for (let i = 0; i < 1_000; i += 1) announce(`P-${i % 40}`, i % 3 === 0);
  await clock.advance(tellEveryMs);
  expect(told).toHaveLength(2);
  expect(told[1]?.alarms).toHaveLength(40);
  expect(asked.judgements).toBe(2);
});

test("whatever happens in whatever order, a page ends with what stands, and nobody is told more often than agreed", async () => {
  const step = fc.record({
    point: fc.nat(5),
    isOver: fc.boolean(),
    isStored: fc.boolean(),
    isMarked: fc.boolean(),
    afterMs: fc.nat(120),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const { clock, feed, told, marks, announce, stored } = rig();
      let [waiting, passedMs] = [[] as AlarmEvent[], 0];
      for (const { point, isOver, isStored, isMarked, afterMs } of steps) {
        const event = announce(`P-${point}`, isOver, isStored);
        if (!isStored) waiting.push(event);
        else for (const one of waiting.splice(0)) stored(one);
        if (isMarked) marks.chattering.add(`H P-${point}`);
        else marks.stale.delete(`H P-${point}`);
        await clock.advance(afterMs);
        passedMs += afterMs;
      }
      for (const one of waiting.splice(0)) stored(one);
      waiting = [];
      await clock.advance(tellEveryMs);
      feed.look();
      expect(shownBy(told)).toEqual(byKey(feed.now()));
      expect(told.length).toBeLessThanOrEqual(2 + (passedMs + tellEveryMs) / tellEveryMs);
    }),
  );
});

test("a mark that time alone sets or takes away is told too, and nothing when nothing has changed", async () => {
  const { clock, feed, told, marks, announce } = rig();
  announce("P-0", false);
  await clock.advance(0);
  feed.look();
  expect(told).toHaveLength(1);
  marks.stale.add("H P-0");
  feed.look();
  marks.stale.clear();
  feed.look();
  expect(told.slice(1).map(({ alarms }) => alarms.map(({ isStale }) => isStale))).toEqual([
    [true],
    [false],
  ]);
});

test("who has ended listening hears nothing more", async () => {
  const { clock, told, announce, ending, feed } = rig();
  announce("P-0", false);
  ending.abort();
  await clock.advance(1_000);
  feed.look();
  expect(told).toEqual([]);
});
