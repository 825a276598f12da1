/** The state of all alarms with the real journal: after a power cut it is what was committed last. */

import { copyFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { AlarmEvent } from "../../agent/alarmRecords.ts";
import { stateOf } from "../../agent/alarms/alarm.ts";
import type { AlarmDesk } from "../../agent/alarms/alarmDesk.ts";
import { alarmBodySchema } from "../../agent/wire/envelope.ts";
import { bodyOf, close, HandClock, open, scratchFolder } from "../store/scratchJournal.ts";
import { condition, head, rig } from "./alarmRig.ts";

const heads = [head("LT-1"), head("LT-1", "HH", 1), head("PT-1")];
const step = fc.record({
  which: fc.integer({ min: 0, max: heads.length - 1 }),
  what: fc.constantFrom("begin", "cease", "ack", "shelve", "out-of-service", "tick"),
  isCommitted: fc.boolean(),
});

function stateText(desk: AlarmDesk): readonly string[] {
  return [...desk.standing]
    .map(([key, alarm]) => `${key} ${alarm.alarmId} ${stateOf(alarm)} ${JSON.stringify(alarm)}`)
    .sort();
}

test("whenever the power goes, the next life goes on from the alarms as they were committed last", () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 25 }), (steps) => {
      const folder = scratchFolder();
      const file = join(folder, "journal.db");
      const clock = new HandClock();
      const life = open(file, clock);
      const { desk } = rig({ heads, now: clock.now() });
      let committed = stateText(desk);
      for (const { which, what, isCommitted } of steps) {
        clock.pass(5_000);
        const one = heads[which] ?? head("LT-1");
        const at = clock.now();
        const run = (): readonly AlarmEvent[] => {
          if (what === "tick") return desk.tick(at);
          if (what === "begin" || what === "cease") {
            return desk.conditions([{ ...condition(one, what === "begin", 0), at }]);
          }
          const by = { by: "王芳", reason: "标定", note: "", forMs: 20_000, at };
          return desk.act({ do: what, alarms: [one], ...by }).events;
        };
        life.engine.raise(run());
        if (!isCommitted) continue;
        expect(life.engine.commit().ok).toBe(true);
        committed = stateText(desk);
      }
      const cut = join(folder, "cut.db");
      for (const end of ["", "-wal", ".mark"]) {
        if (existsSync(file + end)) copyFileSync(file + end, cut + end);
      }
      close(life);
      const next = open(cut, clock);
      const standing = next.engine.standing();
      expect(stateText(rig({ heads, standing, now: clock.now() }).desk)).toEqual(committed);
      close(next);
    }),
    { numRuns: 30 },
  );
});

test("a record upstream says who did what until when, and not how the journal keeps the alarm", () => {
  const clock = new HandClock();
  const life = open(join(scratchFolder(), "journal.db"), clock);
  const { desk } = rig({ heads, now: clock.now() });
  const by = { by: "王芳", reason: "标定", note: "半小时", forMs: 20_000, at: clock.now() };
  life.engine.raise(desk.act({ do: "shelve", alarms: [head("LT-1")], ...by }).events);
  expect(life.engine.commit().ok).toBe(true);
  const next = life.engine.next({ lane: "alarm", afterSeq: 0, maxRecords: 1, maxBytes: 1e6 });
  if (!next.ok || next.value[0] === undefined) return expect.fail("no record");
  const body = bodyOf(next.value[0].bytes);
  expect(body).not.toHaveProperty("standing");
  expect(alarmBodySchema.parse(body)).toMatchObject({
    ...{ event: "shelve", stateAfter: "shelved", by: "王芳", reason: "标定", note: "半小时" },
    untilWallMs: clock.now().wallMs + 20_000,
  });
  close(life);
});
