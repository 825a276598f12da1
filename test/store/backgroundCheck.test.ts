/** Every record is read again while the agent runs. */

import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { isInOrder } from "../../agent/store/inspection.ts";
import { columnsOfBlock } from "../../agent/wire/readingColumns.ts";
import { block } from "./samples.ts";
import {
  bodyOf,
  close,
  HandClock,
  look,
  type Opened,
  open,
  scratchFolder,
} from "./scratchJournal.ts";

function filled(): { readonly file: string; readonly life: Opened; readonly clock: HandClock } {
  const clock = new HandClock();
  const file = join(scratchFolder(), "journal.db");
  const life = open(file, clock, { liveEveryMs: 1_000, backlogEveryMs: 1_000 });
  for (let i = 0; i < 40; i += 1) {
    life.engine.append(columnsOfBlock(block(clock.now(), [i, i])));
    clock.pass(1_000);
    life.engine.commit();
  }
  life.engine.delivered([{ from: 1, to: 20 }]);
  return { file, life, clock };
}

function pass({ life, clock }: Pick<ReturnType<typeof filled>, "life" | "clock">): string | null {
  for (let step = 0; step < 100; step += 1) {
    const done = life.engine.background();
    if (!done.ok) return done.error.kind;
    if (life.engine.stats().check.checkedWallMs !== null) return null;
    clock.pass(1_000);
  }
  throw new Error("the pass never ended");
}

function vandalise(file: string, sql: string): void {
  const db = new Database(file);
  db.unsafeMode(true);
  db.exec(sql);
  db.close();
}

test("a pass over a sound journal reads every record and changes nothing", () => {
  const { file, life, clock } = filled();
  expect(pass({ life, clock })).toBeNull();
  expect(life.engine.stats().check).toMatchObject({ checkedRecords: 40, damagedRecords: 0 });
  expect(isInOrder(look(file))).toBe(true);
  close(life);
});

test("damaged bytes: an undelivered record is declared lost, a delivered one taken out with an event", () => {
  const { file, life, clock } = filled();
  vandalise(file, "UPDATE payload SET bytes = zeroblob(length(bytes)) WHERE seq IN (5, 25)");
  expect(pass({ life, clock })).toBeNull();
  expect(life.engine.stats()).toMatchObject({
    check: { damagedRecords: 2 },
    account: { made: 80, delivered: 40, stored: 38, declaredLost: 2 },
  });
  const next = life.engine.next({ lane: "event", afterSeq: 0, maxRecords: 9, maxBytes: 1e6 });
  const events = next.ok ? next.value.map(({ bytes }) => bodyOf(bytes)) : [];
  expect(events).toMatchObject([{ type: "journal-damaged", details: { seq: 5 } }]);
  expect(isInOrder(look(file))).toBe(true);
  close(life);
});

test("a row that the index does not know, and books that do not balance, mean that the file is damaged", () => {
  for (const sql of [
    `PRAGMA writable_schema = ON;
     UPDATE sqlite_schema SET sql = replace(sql, 'IS NULL', 'IS NULL AND seq <> 30')
     WHERE name = 'record_waiting'; PRAGMA writable_schema = RESET; REINDEX record_waiting`,
    "UPDATE account SET made = made + 1 WHERE class = 'readings'",
    "UPDATE life SET age_ms = age_ms + 1000000",
  ]) {
    const { file, life, clock } = filled();
    vandalise(file, sql);
    expect(pass({ life, clock }), sql).toBe("damaged");
    close(life);
  }
});
