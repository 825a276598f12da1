/** A re-request: what was delivered goes out once more, the same bytes under the same numbers. */

import { join } from "node:path";
import { expect, test } from "vitest";
import type { Engine } from "../../agent/store/engine.ts";
import { isInOrder } from "../../agent/store/inspection.ts";
import { columnsOfBlock } from "../../agent/wire/readingColumns.ts";
import { alarm, block } from "./samples.ts";
import { close, HandClock, look, type Opened, open, scratchFolder } from "./scratchJournal.ts";

/** Ten records of readings and one alarm, all delivered. */
function delivered(file: string, clock: HandClock, keepReadingsMs = 1e9): Opened {
  const life = open(file, clock, { backlogEveryMs: 1_000, keepReadingsMs });
  for (let second = 0; second < 10; second += 1) {
    life.engine.append(columnsOfBlock(block(clock.now(), [second, 2, 3])));
    if (second === 9) life.engine.raise([alarm(clock.now())]);
    clock.pass(1_000);
    life.engine.commit();
  }
  return life;
}

function waiting(engine: Engine): readonly { readonly seq: number; readonly bytes: Uint8Array }[] {
  const all = (["alarm", "gap", "live", "backlog"] as const).flatMap((lane) => {
    const next = engine.next({ lane, afterSeq: 0, maxRecords: 1_000, maxBytes: 1e9 });
    return next.ok ? [...next.value] : [];
  });
  return all.sort((a, b) => a.seq - b.seq);
}

test("the same bytes go out again, the account follows, and what is not there is said", () => {
  const clock = new HandClock();
  const file = join(scratchFolder(), "journal.db");
  const life = delivered(file, clock);
  const before = waiting(life.engine);
  life.engine.delivered([{ from: 1, to: 1_000 }]);
  expect(waiting(life.engine)).toEqual([]);
  expect(life.engine.stats().account).toMatchObject({ delivered: 30, stored: 0 });

  const again = life.engine.sendAgain([
    { from: 3, to: 6 },
    { from: 9, to: 20 },
  ]);
  expect(again).toEqual({ ok: true, value: { again: 7, absent: [{ from: 12, to: 20 }] } });
  expect(waiting(life.engine)).toEqual(
    before.filter(({ seq }) => seq >= 3 && (seq < 7 || seq > 8)),
  );
  const { account, classes } = life.engine.stats();
  expect(account.made).toBe(account.delivered + account.stored);
  expect(account.stored).toBeGreaterThan(0);
  expect(classes.alarm).toMatchObject({ made: 1, delivered: 0, stored: 1 });
  expect(isInOrder(look(file))).toBe(true);

  // Asked once more, they wait already; delivered once more, the account is as it was.
  expect(life.engine.sendAgain([{ from: 3, to: 6 }])).toMatchObject({ value: { again: 0 } });
  life.engine.delivered([{ from: 1, to: 1_000 }]);
  expect(life.engine.stats().account).toMatchObject({ delivered: 30, stored: 0 });
  close(life);
});

test("what retention took away is absent", () => {
  const clock = new HandClock();
  const file = join(scratchFolder(), "journal.db");
  const life = delivered(file, clock, 10_000);
  life.engine.delivered([{ from: 1, to: 1_000 }]);
  clock.pass(60_000);
  life.engine.commit();
  const again = life.engine.sendAgain([{ from: 1, to: 10 }]);
  expect(again.ok && again.value.absent.length).toBeGreaterThan(0);
  expect(waiting(life.engine).every(({ bytes }) => bytes.length > 0)).toBe(true);
  expect(isInOrder(look(file))).toBe(true);
  close(life);
});

test("30 days of readings and 3 years of alarms stay on site, however the wall clock is set", () => {
  const clock = new HandClock();
  const file = join(scratchFolder(), "journal.db");
  const dayMs = 86_400_000;
  const life = open(file, clock, { keepReadingsMs: 30 * dayMs, keepAlarmsMs: 1_095 * dayMs });
  const held = (): number[] => {
    const again = life.engine.sendAgain([{ from: 1, to: 10_000 }]);
    if (!again.ok) throw new Error(again.error.message);
    const { account, classes } = life.engine.stats();
    life.engine.delivered([{ from: 1, to: 10_000 }]);
    return [account.stored, classes.alarm.stored];
  };
  for (let day = 0; day < 1_100; day += 1) {
    life.engine.append(columnsOfBlock(block(clock.now(), [day])));
    if (day === 0) life.engine.raise([alarm(clock.now())]);
    life.engine.sealSoon();
    life.engine.commit();
    life.engine.delivered([{ from: 1, to: 10_000 }]);
    clock.pass(dayMs);
    if (day % 100 === 0) clock.stepWall(day % 200 === 0 ? 10 * 365 * dayMs : -10 * 365 * dayMs);
    life.engine.commit();
    if (day === 29) expect(held()).toEqual([30, 1]);
  }
  const [readings = 0, alarms] = held();
  // One a day; that of exactly 30 days ago has just gone.
  expect(readings).toBeGreaterThanOrEqual(29);
  expect(readings).toBeLessThan(200);
  // 1,100 days after it was delivered first, but held() made it young again: it is still there.
  expect(alarms).toBe(1);
  expect(isInOrder(look(file))).toBe(true);
  close(life);
});
