import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, onTestFinished, test } from "vitest";
import { createRealClock } from "../../agent/realClock.ts";
import type { Lane } from "../../agent/records.ts";
import { type Journal, type JournalOptions, openJournal } from "../../agent/store/journal.ts";
import { gapBodySchema } from "../../agent/wire/envelope.ts";
import { alarm, block, heads, settings } from "./samples.ts";
import { bodyOf, look, scratchFolder } from "./scratchJournal.ts";

const clock = createRealClock();

async function opened(file: string, more: Partial<JournalOptions> = {}): Promise<Journal> {
  const result = await openJournal({
    file,
    heads,
    settings: { ...settings, liveEveryMs: 1_000, backlogEveryMs: 1_000 },
    site: "demo",
    box: "box1",
    clock,
    ...more,
  });
  if (!result.ok) throw new Error(result.error.message);
  onTestFinished(() => result.value[Symbol.asyncDispose]());
  return result.value;
}

test("readings and alarms reach the outbox, are delivered, and the next life goes on", async () => {
  const file = join(scratchFolder(), "journal.db");
  const journal = await opened(file);
  const stop = new AbortController();
  const sealed = new Promise<Lane>((resolve) => {
    journal.onSealed((lane) => {
      if (lane !== "alarm") resolve(lane);
    }, stop.signal);
  });
  journal.append(block(clock.now(), [1, 2]));
  await journal.commitAlarms([alarm(clock.now())], block(clock.now(), [3]));
  // What came before the alarm is as durable as the alarm.
  expect((await journal.stats()).account).toMatchObject({ made: 3, stored: 3 });
  expect(await journal.standingAlarms()).toHaveLength(1);
  expect(await sealed).toBe("backlog");
  stop.abort();

  const all = { afterSeq: 0, maxRecords: 10, maxBytes: 1e6 };
  const [readings] = await journal.next({ lane: "backlog", ...all });
  const [raised] = await journal.next({ lane: "alarm", ...all });
  expect(readings).toMatchObject({ seq: 2, readings: 3, kind: "readings" });
  expect(bodyOf(raised?.bytes ?? new Uint8Array())).toMatchObject({ source: "LT-101" });
  expect(await journal.delivered([{ from: 1, to: 50 }])).toBe(2);
  expect(await journal.delivered([{ from: 1, to: 50 }])).toBe(0);
  await journal[Symbol.asyncDispose]();
  await journal[Symbol.asyncDispose]();
  await expect(journal.stats()).rejects.toThrow();

  const next = await opened(file);
  expect(next.epoch).toBe(journal.epoch);
  expect((await next.stats()).account).toEqual({
    made: 3,
    delivered: 3,
    stored: 0,
    declaredLost: 0,
  });
  expect(await next.standingAlarms()).toHaveLength(1);
});

test("closing takes along what was appended a moment before", async () => {
  const file = join(scratchFolder(), "journal.db");
  const journal = await opened(file);
  journal.append(block(clock.now(), [1, 2, 3]));
  await journal[Symbol.asyncDispose]();
  expect(look(file).account.readings).toMatchObject({ made: 3, stored: 3 });
});

test("readings dropped because the journal's thread is behind are declared lost", async () => {
  const file = join(scratchFolder(), "journal.db");
  const journal = await opened(file, { onTheWayMax: 5 });
  for (let i = 0; i < 4; i += 1) journal.append(block(clock.now(), [i, i]));
  await journal.commitAlarms([alarm(clock.now())], null);
  expect((await journal.stats()).account).toEqual({
    made: 8,
    delivered: 0,
    stored: 4,
    declaredLost: 4,
  });
  const [gap] = await journal.next({ lane: "gap", afterSeq: 0, maxRecords: 1, maxBytes: 1e6 });
  expect(gapBodySchema.parse(bodyOf(gap?.bytes ?? new Uint8Array()))).toMatchObject({
    reason: "journal-overload",
    lost: 4,
    points: { "LT-101": 2, "PT-101": 2 },
  });
});

test("alarms and deliveries wait for a disk that refuses, and resolve when it takes them", async () => {
  const file = join(scratchFolder(), "journal.db");
  const journal = await opened(file);
  await journal.commitAlarms([alarm(clock.now(), { alarmId: "first" })], null);
  const holder = new Database(file);
  holder.exec("BEGIN IMMEDIATE");
  let isDone = false;
  const both = Promise.all([
    journal.commitAlarms([alarm(clock.now(), { alarmId: "second" })], null),
    journal.delivered([{ from: 1, to: 1 }]),
  ]).then(([, marked]) => {
    isDone = true;
    return marked;
  });
  // The refusals below are answers of the thread, so it has tried by then.
  while ((await journal.stats()).trouble === null) await new Promise(setImmediate);
  expect(isDone).toBe(false);
  holder.exec("ROLLBACK");
  holder.close();
  expect(await both).toBe(1);
  expect((await journal.stats()).classes.alarm).toMatchObject({ made: 2, delivered: 1, stored: 1 });
});

test("a journal that cannot be opened is an error with a hint, not a crash", async () => {
  const file = join(scratchFolder(), "journal.db");
  await opened(file);
  const second = await openJournal({ file, heads, settings, site: "demo", box: "box1", clock });
  expect(second).toMatchObject({ ok: false, error: { kind: "locked" } });
});

test("the death of the journal's thread reaches its owner", async () => {
  const file = join(scratchFolder(), "journal.db");
  const journal = await opened(file);
  // A position outside the point list is a bug of the caller: the thread must not go on.
  journal.append({
    takenAt: clock.now(),
    points: Uint32Array.of(99),
    values: Float64Array.of(1),
    qualities: Uint8Array.of(0),
  });
  const pending = journal.commitAlarms([alarm(clock.now())], null);
  await expect(pending).rejects.toThrow("not listed");
  expect(await journal.failed).toMatchObject({ kind: "workerDied" });
  await expect(journal.stats()).rejects.toThrow();
});
