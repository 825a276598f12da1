/** Every state of an alarm against everything that can happen to it, and what must hold for any history. */

import fc from "fast-check";
import { expect, test } from "vitest";
import type { Act } from "../../agent/alarmRecords.ts";
import { type LivingAlarm, stateOf } from "../../agent/alarms/alarm.ts";
import { type AlarmInput, type AlarmStep, transition } from "../../agent/alarms/lifeCycle.ts";
import { word } from "../../config/words/bilingual.ts";
import { condition, head, instant, terms } from "./alarmRig.ts";

const alarm = head("LT-1");
const latching = { ...terms, isLatching: true, ackWithinMs: 50_000, reAlarmMs: 50_000 };

function act(atMs: number): Act {
  return { by: "李明", reason: "检修", note: "", at: instant(atMs) };
}

function hold(verb: "shelve" | "out-of-service", atMs: number): AlarmInput {
  const forMs = 30_000;
  return { do: verb, hold: { ...act(atMs), forMs, untilWallMs: instant(atMs + forMs).wallMs } };
}

function suppression(isSuppressed: boolean, atMs: number): AlarmInput {
  const { source, type } = alarm;
  const reason = word("储罐正在清空", "tank is emptied");
  return {
    do: "suppression",
    change: { rule: "R1", source, type, isSuppressed, reason, at: instant(atMs) },
  };
}

const inputs: Readonly<Record<string, (atMs: number) => AlarmInput>> = {
  begins: (atMs) => ({ do: "condition", change: condition(alarm, true, atMs) }),
  worsens: (atMs) => ({
    do: "condition",
    change: condition({ ...alarm, priority: 1 }, true, atMs),
  }),
  ceases: (atMs) => ({ do: "condition", change: condition(alarm, false, atMs) }),
  ack: (atMs) => ({ do: "ack", act: act(atMs) }),
  handle: (atMs) => ({ do: "handle", act: act(atMs) }),
  reset: (atMs) => ({ do: "reset", act: act(atMs) }),
  shelve: (atMs) => hold("shelve", atMs),
  unshelve: (atMs) => ({ do: "unshelve", act: act(atMs) }),
  stop: (atMs) => hold("out-of-service", atMs),
  start: (atMs) => ({ do: "in-service", act: act(atMs) }),
  suppress: (atMs) => suppression(true, atMs),
  unsuppress: (atMs) => suppression(false, atMs),
  "a minute": (atMs) => ({ do: "time", at: instant(atMs + 60_000) }),
};

let ids = 0;

function step(before: LivingAlarm | null, input: AlarmInput, isLatching: boolean): AlarmStep {
  const subject = { alarm: before, head: alarm, newAlarmId: () => `A${++ids}` };
  return transition({ ...subject, terms: { ...latching, isLatching } }, input);
}

function after(names: readonly string[], isLatching: boolean): LivingAlarm | null {
  let now: LivingAlarm | null = null;
  for (const [i, name] of names.entries()) {
    const input = inputs[name]?.(i * 1_000);
    const done: AlarmStep | null = input === undefined ? null : step(now, input, isLatching);
    if (done?.kind !== "moved") throw new Error(`${name} of ${names}: ${done?.kind}`);
    now = done.next;
  }
  return now;
}

/** How each state is reached. */
const ways: Readonly<Record<string, readonly string[]>> = {
  normal: [],
  unacked: ["begins"],
  acked: ["begins", "ack"],
  returned: ["begins", "ceases"],
  "latched-unacked": ["begins", "ceases"],
  latched: ["begins", "ack", "ceases"],
  "shelved, quiet": ["shelve"],
  "shelved, unacked": ["begins", "shelve"],
  "shelved, acked": ["begins", "ack", "shelve"],
  "shelved, returned": ["begins", "shelve", "ceases"],
  "shelved, begun": ["shelve", "begins"],
  "suppressed, quiet": ["suppress"],
  "suppressed, unacked": ["begins", "suppress"],
  "suppressed, shelved": ["shelve", "suppress"],
  "stopped, quiet": ["stop"],
  "stopped, unacked": ["begins", "stop"],
  "stopped, suppressed": ["suppress", "stop"],
};

test("every state against every input", () => {
  const lines = Object.entries(ways).flatMap(([name, way]) => {
    const isLatching = name.startsWith("latched");
    const before = after(way, isLatching);
    expect(name.startsWith("stopped") ? "out-of-service" : name.split(",")[0]).toBe(
      stateOf(before),
    );
    return Object.entries(inputs).map(([input, make]) => {
      const done = step(before, make(10_000), isLatching);
      const what =
        done.kind === "moved"
          ? `${done.verb} -> ${stateOf(done.next)}`
          : done.kind === "refused"
            ? `refused: ${done.why.en}`
            : "-";
      return `${name.padEnd(20)}| ${input.padEnd(11)}| ${what}`;
    });
  });
  expect(lines.join("\n")).toMatchSnapshot();
});

const anyInput = fc.record({
  name: fc.constantFrom(...Object.keys(inputs)),
  passMs: fc.integer({ min: 0, max: 40_000 }),
});

test("for any history: an event says the state it leads to, an active condition is never lost, an id is never used twice, each hold ends", () => {
  fc.assert(
    fc.property(fc.array(anyInput, { maxLength: 60 }), fc.boolean(), (history, isLatching) => {
      const used = new Set<string>();
      let now: LivingAlarm | null = null;
      let isActive = false;
      let atMs = 0;
      for (const { name, passMs } of history) {
        atMs += passMs;
        const input = inputs[name]?.(atMs);
        if (input === undefined) continue;
        if (input.do === "time") atMs += 60_000;
        const done = step(now, input, isLatching);
        if (input.do === "condition") isActive = input.change.isStanding;
        if (done.kind === "refused") expect(done.why.zh).not.toBe("");
        if (done.kind !== "moved") continue;
        const id = done.next?.alarmId;
        if (id !== undefined && id !== now?.alarmId) {
          expect(now).toBeNull();
          expect(used.has(id)).toBe(false);
          used.add(id);
        }
        now = done.next;
        expect(now?.detail.isActive ?? false).toBe(isActive);
        expect(now === null).toBe(stateOf(now) === "normal");
        if (done.verb === "reset") expect(isActive).toBe(false);
      }
      // Long after, no hold but that of a rule is left, and what is active calls for people or was acknowledged.
      for (let i = 0; i < 3; i += 1) {
        const done = step(now, { do: "time", at: instant(atMs + 60_000) }, isLatching);
        if (done.kind === "moved") now = done.next;
      }
      expect(now?.detail.shelved ?? null).toBeNull();
      expect(now?.detail.outOfService ?? null).toBeNull();
      if (isActive) expect(["unacked", "suppressed"]).toContain(stateOf(now));
    }),
  );
});

test("an alarm that worsens is called again, also when it had been acknowledged", () => {
  const acked = after(["begins", "ack"], false);
  const worse = inputs["worsens"]?.(5_000);
  if (worse === undefined) return expect.fail();
  expect(step(acked, worse, false)).toMatchObject({
    verb: "escalate",
    next: { priority: 1, detail: { isAcked: false, acked: null } },
  });
});
