import fc from "fast-check";
import { expect, test } from "vitest";
import type { AlarmEvent, StandingAlarm } from "../../agent/alarmRecords.ts";
import { stateOf } from "../../agent/alarms/alarm.ts";
import type { ActOnAlarms } from "../../agent/alarms/alarmDesk.ts";
import { word } from "../../config/words/bilingual.ts";
import { type Instant, monotonicMs, wallMs } from "../../config/words/time.ts";
import { condition, head, instant, rig, terms } from "./alarmRig.ts";

const heads = [head("LT-1"), head("LT-1", "HH", 1), head("PT-1"), head("rule/R9", "DEVIATION", 3)];
const noWord = word("", "");
const by = { by: "李明", reason: "检修", note: "换垫片" };

function act(verb: ActOnAlarms["do"], atMs: number, more: Partial<ActOnAlarms> = {}): ActOnAlarms {
  return { do: verb, alarms: [{ source: "LT-1", type: "H" }], ...by, at: instant(atMs), ...more };
}

const told = (events: readonly AlarmEvent[]) =>
  events.map(({ event, type, source, stateAfter }) => `${event} ${type} ${source} ${stateAfter}`);

test("an act touches the alarms it names and no other, and says of each what became of it", () => {
  const { desk } = rig({ heads });
  desk.conditions([condition(head("LT-1"), true, 0), condition(head("PT-1"), true, 0)]);
  const before = desk.standing.get("H PT-1");
  const named = [head("LT-1"), head("LT-1", "HH"), head("nobody")];
  const acted = desk.act(act("ack", 5, { alarms: named }));
  expect(told(acted.events)).toEqual(["ack H LT-1 acked"]);
  expect(acted.events[0]).toMatchObject({ ...by, at: instant(5), value: 9.5, limit: 9 });
  expect(acted.done).toEqual(["H LT-1"]);
  expect(acted.refused.map(({ key, zh, en }) => [key, zh !== "" && en !== ""])).toEqual([
    ["HH LT-1", true],
    ["H nobody", true],
  ]);
  expect(desk.standing.get("H PT-1")).toBe(before);
});

test("a hold needs a person, a reason and an end within what the site file allows; what may not be shelved is not", () => {
  const { desk } = rig({ heads });
  const why = (more: Partial<ActOnAlarms>): string | undefined =>
    desk.act(act("shelve", 0, { forMs: 1_000, ...more })).refused[0]?.en;
  expect(why({ by: " " })).toContain("nobody");
  expect(why({ reason: "" })).toContain("reason");
  expect(why({ forMs: 0 })).toContain("end");
  expect(why({ forMs: Number.NaN })).toContain("end");
  expect(why({ forMs: Number.POSITIVE_INFINITY })).toContain("at most 1 min");
  expect(why({ forMs: terms.shelveMsMax + 1 })).toContain("at most 1 min");
  expect(why({})).toBeUndefined();
  const guarded = rig({ heads, terms: { isShelvable: false } }).desk;
  expect(guarded.act(act("shelve", 0, { forMs: 1 })).refused[0]?.en).toContain("site file");
  expect(guarded.act(act("out-of-service", 0, { forMs: 1 })).done).toEqual(["H LT-1"]);
});

test("a shelved alarm that stands comes back by itself, unacknowledged, and by the monotonic clock alone", () => {
  const { desk } = rig({ heads });
  desk.conditions([condition(head("LT-1"), true, 0)]);
  desk.act(act("ack", 1));
  desk.act(act("shelve", 2, { forMs: 10_000 }));
  // The wall clock was set back by a day and forth by a year meanwhile.
  const at = (ms: number, stepMs: number): Instant => ({
    monotonicMs: instant(ms).monotonicMs,
    wallMs: wallMs(instant(ms).wallMs + stepMs),
  });
  expect(desk.tick(at(10_001, -86_400_000))).toEqual([]);
  expect(desk.tick(at(10_001, 365 * 86_400_000))).toEqual([]);
  expect(told(desk.tick(at(10_002, -86_400_000)))).toEqual(["unshelve H LT-1 unacked"]);
});

test.each([
  ["the agent is started again", { ranMs: 4_000, wallMs: 4_000, isBoot: false }, 6_000],
  ["the box boots", { ranMs: 0, wallMs: 4_000, isBoot: true }, 6_000],
  ["the box boots with a clock of 1970", { ranMs: 0, wallMs: -1e12, isBoot: true }, 10_000],
  ["the box boots and its clock went back", { ranMs: 0, wallMs: -3_600_000, isBoot: true }, 10_000],
  ["the clock was set forth meanwhile", { ranMs: 4_000, wallMs: 86_400_000, isBoot: false }, 0],
])(
  "a shelving of 10 s is never lengthened: %s",
  (_, { ranMs, wallMs: passedMs, isBoot }, leftMs) => {
    const first = rig({ heads }).desk;
    first.conditions([condition(head("LT-1"), true, 0)]);
    first.act(act("shelve", 0, { forMs: 10_000 }));
    const startMs = isBoot ? 0 : instant(ranMs).monotonicMs;
    const now = (ms: number): Instant => ({
      monotonicMs: monotonicMs(startMs + ms),
      wallMs: wallMs(instant(passedMs + ms).wallMs),
    });
    const kept = JSON.parse(JSON.stringify([...first.standing.values()])) as StandingAlarm[];
    const { desk } = rig({ heads, standing: kept, now: now(0) });
    if (leftMs > 0) expect(desk.tick(now(leftMs - 1))).toEqual([]);
    expect(told(desk.tick(now(leftMs)))).toEqual(["unshelve H LT-1 unacked"]);
  },
);

test("what suppresses and what the site file no longer has: rules end, alarms without a limit are retired, a higher priority is told", () => {
  const first = rig({ heads }).desk;
  const rule = {
    source: "LT-1",
    type: "H",
    isSuppressed: true,
    reason: noWord,
    at: instant(0),
  } as const;
  first.suppressions([
    { ...rule, rule: "R1" },
    { ...rule, rule: "R2" },
    { ...rule, rule: "R1" },
  ]);
  first.conditions([condition(head("LT-1"), true, 0), condition(head("PT-1"), true, 0)]);
  first.conditions([condition(head("rule/R9", "DEVIATION", 3), true, 0)]);
  expect(first.standing.get("H LT-1")?.detail.suppressedBy).toBe("R1, R2");
  const now = [head("LT-1"), head("PT-1", "H", 1)];
  const standing = [...first.standing.values()];
  const { desk } = rig({ heads: now, rules: ["R2"], standing, now: instant(5) });
  expect(told(desk.reconcile(instant(5)))).toEqual([
    "return DEVIATION rule/R9 normal",
    "unsuppress H LT-1 suppressed",
    "escalate H PT-1 unacked",
  ]);
  const over = { ...rule, rule: "R2", isSuppressed: false, at: instant(6) };
  expect(told(desk.suppressions([over]))).toEqual(["unsuppress H LT-1 unacked"]);
  expect(desk.suppressions([over])).toEqual([]);
});

test("a rule that no longer names an alarm lets go of it, and keeps those it still names", () => {
  const first = rig({ heads }).desk;
  const rule = {
    rule: "R1",
    type: "H",
    isSuppressed: true,
    reason: noWord,
    at: instant(0),
  } as const;
  first.suppressions(["LT-1", "PT-1"].map((source) => ({ ...rule, source })));
  first.conditions([condition(head("LT-1"), true, 0), condition(head("PT-1"), true, 0)]);
  const standing = [...first.standing.values()];
  const holds = (_: string, { source }: { readonly source: string }): boolean => source === "PT-1";
  const { desk } = rig({ heads, standing, holds, now: instant(5) });
  expect(told(desk.reconcile(instant(5)))).toEqual(["unsuppress H LT-1 unacked"]);
});

test("an alarm of an older journal stands and is not acknowledged", () => {
  const old = {
    alarmId: "OLD",
    source: "LT-1",
    type: "H",
    priority: 2,
    since: instant(0),
  } as const;
  const { desk } = rig({ heads, standing: [old], now: instant(5) });
  const kept = desk.standing.get("H LT-1") ?? null;
  expect(stateOf(kept)).toBe("unacked");
  expect(kept?.detail).toMatchObject({ tank: "T-1", unit: "m", limit: 9 });
  expect(desk.conditions([condition(head("LT-1"), false, 6)])[0]).toMatchObject({
    ...{ alarmId: "OLD", event: "return", stateAfter: "returned" },
  });
});

test("people are called again when nobody acknowledges, and when what was acknowledged goes on standing", () => {
  const { desk } = rig({ heads, terms: { ackWithinMs: 5_000, reAlarmMs: 20_000 } });
  desk.conditions([condition(head("LT-1"), true, 0)]);
  expect(desk.tick(instant(4_999))).toEqual([]);
  expect(told(desk.tick(instant(5_000)))).toEqual(["re-alarm H LT-1 unacked"]);
  expect(desk.tick(instant(9_999))).toEqual([]);
  desk.act(act("ack", 9_999));
  expect(desk.tick(instant(29_998))).toEqual([]);
  expect(told(desk.tick(instant(29_999)))).toEqual(["re-alarm H LT-1 unacked"]);
});

test("a flood begins above 10 raises in 10 minutes and ends below 5, with what came first at each tank", () => {
  const many = Array.from({ length: 30 }, (_, i) => ({ ...head(`P-${i}`), tank: `T-${i % 3}` }));
  const { desk, floods } = rig({ heads: many });
  for (const [i, one] of many.slice(0, 10).entries()) {
    desk.conditions([condition(one, true, i * 1_000)]);
  }
  expect(desk.judgement(instant(9_000)).flood).toMatchObject({ isOn: false, inTenMinutes: 10 });
  desk.conditions(many.slice(10).map((one) => condition(one, true, 10_000)));
  const { flood } = desk.judgement(instant(10_000));
  expect(flood).toMatchObject({ isOn: true, inTenMinutes: 30 });
  expect([...flood.firstOut]).toEqual(["H P-0", "H P-1", "H P-2"]);
  // Nothing is hidden.
  expect(desk.standing.size).toBe(30);
  desk.tick(instant(609_999));
  expect(floods.map(({ details }) => details["isOn"])).toEqual([true]);
  desk.tick(instant(611_000));
  expect(floods.map(({ type, details }) => [type, details["isOn"]])).toEqual([
    ["alarm-flood", true],
    ["alarm-flood", false],
  ]);
  expect(desk.judgement(instant(611_000)).flood.firstOut.size).toBe(0);
});

test("an alarm that begins three times in a minute chatters, one that stands for more than a day is stale", () => {
  const { desk } = rig({ heads });
  for (const atMs of [0, 20_000, 40_000]) {
    desk.conditions([condition(head("LT-1"), true, atMs)]);
    desk.conditions([condition(head("LT-1"), false, atMs + 1_000)]);
  }
  for (const atMs of [0, 40_000, 80_000]) {
    desk.conditions([condition(head("PT-1"), true, atMs)]);
    if (atMs < 80_000) desk.conditions([condition(head("PT-1"), false, atMs + 1_000)]);
  }
  const soon = desk.judgement(instant(90_000));
  expect([[...soon.chattering], [...soon.stale]]).toEqual([["H LT-1"], []]);
  const later = desk.judgement(instant(86_400_000 + 80_001));
  expect([[...later.chattering], [...later.stale]]).toEqual([[], ["H PT-1"]]);
});

const step = fc.record({
  which: fc.integer({ min: 0, max: heads.length - 1 }),
  what: fc.constantFrom(
    "begin",
    "cease",
    "suppress",
    "unsuppress",
    "ack",
    "handle",
    "reset",
    "shelve",
    "unshelve",
    "out-of-service",
    "in-service",
    "tick",
  ),
  passMs: fc.integer({ min: 0, max: 30_000 }),
  isRestart: fc.boolean(),
});

test("for any history: every change is an event that says the state it leads to, and a restart at any step changes no future", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const own = { terms: { ackWithinMs: 40_000, reAlarmMs: 50_000, isLatching: true } };
      const live = rig({ heads, ...own }).desk;
      let restarted = rig({ heads, ...own }).desk;
      const active = new Set<string>();
      let atMs = 0;
      for (const { which, what, passMs, isRestart } of steps) {
        atMs += passMs;
        const one = heads[which];
        if (one === undefined) continue;
        const run = (desk: typeof live): readonly AlarmEvent[] => {
          if (what === "begin" || what === "cease") {
            return desk.conditions([condition(one, what === "begin", atMs)]);
          }
          if (what === "tick") return desk.tick(instant(atMs));
          if (what === "suppress" || what === "unsuppress") {
            const { source, type } = one;
            const change = { rule: "R1", source, type, reason: noWord, at: instant(atMs) };
            return desk.suppressions([{ ...change, isSuppressed: what === "suppress" }]);
          }
          return desk.act(act(what, atMs, { alarms: [one], forMs: 20_000 })).events;
        };
        const before = new Map(live.standing);
        const events = run(live);
        const nameless = (event: AlarmEvent) => ({ ...event, alarmId: "", standing: null });
        expect(run(restarted).map(nameless)).toEqual(events.map(nameless));
        if (what === "begin") active.add(`${one.type} ${one.source}`);
        if (what === "cease") active.delete(`${one.type} ${one.source}`);
        for (const event of events) {
          expect(event.standing === null).toBe(event.stateAfter === "normal");
        }
        const last = events.at(-1);
        if (last !== undefined) {
          const now = live.standing.get(`${last.type} ${last.source}`) ?? null;
          expect(stateOf(now)).toBe(last.stateAfter);
        }
        if (events.length === 0) expect(new Map(live.standing)).toEqual(before);
        // Nothing is hidden: each active condition is in exactly one list.
        const listed = [...live.standing.values()].filter(({ detail }) => detail.isActive);
        expect(new Set(listed.map(({ type, source }) => `${type} ${source}`))).toEqual(active);
        if (isRestart) {
          const kept = JSON.parse(JSON.stringify([...restarted.standing.values()]));
          restarted = rig({ heads, ...own, standing: kept, now: instant(atMs) }).desk;
          expect(restarted.reconcile(instant(atMs))).toEqual([]);
        }
      }
    }),
  );
});
