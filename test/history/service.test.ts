import { writeFileSync } from "node:fs";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { expect, onTestFinished, test } from "vitest";
import type { AlarmEvent } from "../../agent/alarmRecords.ts";
import { openHistory } from "../../agent/store/historyReader.ts";
import { type HistoryService, openHistoryService } from "../../agent/store/trendHistory.ts";
import { FakeClock } from "../fakes/fakeClock.ts";
import { alarm, block } from "../store/samples.ts";
import { close, HandClock, open, scratchFolder } from "../store/scratchJournal.ts";

const hourMs = 3_600_000;
const startMs = Date.UTC(2026, 0, 1);
const points = [
  { tag: "LT-101", name: "苯储罐液位", unit: "m", everyMs: 1_000 },
  { tag: "PT-101", name: null, unit: "kPa", everyMs: 1_000 },
];

async function openService(
  folder: string,
  clock: FakeClock,
  warnings: string[] = [],
): Promise<HistoryService> {
  const opened = await openHistoryService({
    file: join(folder, "history.db"),
    journalFile: join(folder, "journal.db"),
    ...{ points, clock, hasUplink: true, timeZone: "Asia/Shanghai" },
    log: { warn: (what, detail) => warnings.push(`${what} ${JSON.stringify(detail)}`) },
  });
  if (!opened.ok) throw new Error(opened.error);
  onTestFinished(async () => await opened.value[Symbol.asyncDispose]());
  return opened.value;
}

/** One reading a second of both points, level `f(seconds)`. */
async function feed(
  service: HistoryService,
  clock: FakeClock,
  options: { readonly seconds: number; readonly level: (second: number) => number },
): Promise<void> {
  for (let second = 0; second < options.seconds; second += 1) {
    service.take(block(clock.now(), [options.level(second), 100]));
    if (second % 5 === 4) await clock.advance(5_000);
  }
}

test("a trend holds minimum, maximum and last, from what is fresh and from what is sealed, across a restart", async () => {
  const folder = scratchFolder();
  const clock = new FakeClock(startMs);
  const level = (second: number) => second / 100;
  {
    const service = await openService(folder, clock);
    await feed(service, clock, { seconds: 3 * 3_600, level });
    await service[Symbol.asyncDispose]();
  }
  const service = await openService(folder, clock);
  const ask = { tags: ["LT-101", "PT-101"], fromMs: startMs, toMs: startMs + 3 * hourMs };
  for (const width of [18, 180, 2_160]) {
    const trend = await service.trend({ ...ask, width });
    const [series] = trend.series;
    expect(trend.bucketMs).toBe((3 * hourMs) / width);
    expect(series!.startMs).toHaveLength(width);
    const perBucket = trend.bucketMs / 1_000;
    for (const [i, start] of series!.startMs.entries()) {
      expect(start).toBe(startMs + i * trend.bucketMs);
      expect(series!.min[i]).toBe(level(i * perBucket));
      expect(series!.max[i]).toBe(level((i + 1) * perBucket - 1));
      expect(series!.last[i]).toBe(level((i + 1) * perBucket - 1));
    }
    expect(trend.gaps).toEqual([]);
  }
  const minutes = await service.trend({ ...ask, fromMs: startMs + 2.9 * hourMs, width: 500 });
  expect(minutes.bucketMs).toBe(5_000);
  expect(minutes.series[1]).toMatchObject({ tag: "PT-101", unit: "kPa" });
  expect(await service.oldestReadingMs()).toBe(startMs);
});

test("bad quality is kept as a code and without a number; where nothing was read is a gap", async () => {
  const folder = scratchFolder();
  const clock = new FakeClock(startMs);
  const service = await openService(folder, clock);
  await feed(service, clock, { seconds: 60, level: () => 5 });
  service.take(block(clock.now(), [Number.NaN], 6));
  await clock.advance(60_000);
  await feed(service, clock, { seconds: 60, level: () => 6 });
  const toMs = clock.now().wallMs;
  const trend = await service.trend({ tags: ["LT-101"], fromMs: startMs, toMs, width: 1_000 });
  const [series] = trend.series;
  const failed = series!.startMs.indexOf(startMs + 60_000);
  expect([series!.quality[failed], series!.min[failed], series!.last[failed]]).toEqual([
    6,
    null,
    null,
  ]);
  expect(series!.startMs).not.toContain(startMs + 90_000);
  expect(trend.gaps).toEqual([
    { fromMs: startMs + 65_000, toMs: startMs + 120_000, reason: "no-readings" },
  ]);
});

test("an hour lived twice is said to be, and holds the readings of both", async () => {
  const folder = scratchFolder();
  const clock = new FakeClock(startMs);
  const service = await openService(folder, clock);
  await feed(service, clock, { seconds: 60, level: () => 5 });
  clock.stepWall(-60_000);
  await feed(service, clock, { seconds: 60, level: () => 9 });
  const ask = { tags: ["LT-101"], fromMs: startMs, toMs: startMs + 60_000, width: 12 };
  const trend = await service.trend(ask);
  expect(trend.series[0]!.min).toEqual(new Array(12).fill(5));
  expect(trend.series[0]!.max).toEqual(new Array(12).fill(9));
  expect(trend.series[0]!.last).toEqual(new Array(12).fill(9));
  expect(trend.gaps).toContainEqual(
    expect.objectContaining({ reason: "clock-set-back", fromMs: startMs }),
  );
});

function journalOf(folder: string, events: readonly Partial<AlarmEvent>[]) {
  const clock = new HandClock();
  const journal = open(join(folder, "journal.db"), clock);
  for (const change of events) {
    clock.pass(1_000);
    journal.engine.raise([alarm(clock.now(), change)]);
    const done = journal.engine.commit();
    if (!done.ok) throw new Error(done.error.message);
  }
  return journal;
}

function linesOfJournal(folder: string) {
  const history = openHistory(join(folder, "journal.db"));
  if (!history.ok) throw new Error(history.error.message);
  using journal = history.value;
  const all = { kind: "alarm", fromWallMs: Number.NEGATIVE_INFINITY, toWallMs: 1e15 } as const;
  const selected = journal.select(all);
  if (!selected.ok) throw new Error(selected.error);
  return [...selected.value.pieces()].flatMap((piece) => {
    if (piece.kind !== "record") return [];
    const { epoch, seq, body } = piece.envelope;
    return [{ epoch, seq, ...(body as AlarmEvent) }];
  });
}

const none = { search: "", priority: [], type: [], event: [], before: null };
const always = { fromMs: 0, toMs: 1e15 };

test("the alarm history has the journal's rows, newest first, page by page, and finds what is searched", async () => {
  const folder = scratchFolder();
  const verbs = ["raise", "ack", "return"] as const;
  const journal = journalOf(
    folder,
    Array.from({ length: 90 }, (_, i) => ({
      event: verbs[i % 3]!,
      alarmId: `A-${Math.floor(i / 3)}`,
      source: i % 2 === 0 ? "LT-101" : "PT-101",
      type: i % 5 === 0 ? ("GAS2" as const) : ("HH" as const),
      priority: i % 4 === 0 ? (2 as const) : (1 as const),
      stateAfter: i % 3 === 2 ? ("normal" as const) : ("unacked" as const),
      reason: i === 7 ? "100%_误报" : "level",
    })),
  );
  const service = await openService(folder, new FakeClock(startMs + hourMs));
  const kept = linesOfJournal(folder);
  expect(kept).toHaveLength(90);
  const lines = [];
  let before: string | null = null;
  do {
    const page = await service.alarmHistory({ ...none, ...always, limit: 20, before });
    lines.push(...page.lines);
    before = page.next;
  } while (before !== null);
  expect(
    lines.map(({ epoch, seq, source, type, event, reason, atMs, value }) => [
      ...[epoch, seq, source, type, event, reason, atMs, value],
    ]),
  ).toEqual(
    kept
      .toReversed()
      .map(({ epoch, seq, source, type, event, reason, at, value }) => [
        ...[epoch, seq, source, type, event, reason, at.wallMs, value],
      ]),
  );
  const count = async (change: object) =>
    (await service.alarmHistory({ ...none, ...always, limit: 1_000, ...change })).lines.length;
  expect(await count({ search: "苯储罐" })).toBe(45);
  expect(await count({ search: "0%_误" })).toBe(1);
  expect(await count({ search: "pt-1" })).toBe(45);
  expect(await count({ priority: [2] })).toBe(23);
  expect(await count({ type: ["GAS2"], event: ["raise"] })).toBe(6);
  expect(await count({ toMs: kept[10]!.at.wallMs })).toBe(10);
  // New ones are there at once, also beside a journal that is in use.
  journal.engine.raise([alarm(new HandClock().now(), { alarmId: "A-new" })]);
  journal.engine.commit();
  service.alarm();
  expect(await count({})).toBe(91);
  close(journal);
});

test("what stood at an earlier moment is told by the lines of its occurrence up to then", async () => {
  const folder = scratchFolder();
  const journal = journalOf(folder, [
    { alarmId: "A", source: "LT-101", event: "raise" },
    { alarmId: "B", source: "PT-101", event: "raise" },
    { alarmId: "A", source: "LT-101", event: "ack", stateAfter: "acked" },
    { alarmId: "B", source: "PT-101", event: "return", stateAfter: "normal" },
    { alarmId: "A", source: "LT-101", event: "return", stateAfter: "normal" },
  ]);
  const service = await openService(folder, new FakeClock(startMs + hourMs));
  const at = linesOfJournal(folder).map((line) => line.at.wallMs);
  const ids = async (ms: number) =>
    (await service.standingAt(ms)).map(({ alarmId, event }) => `${alarmId} ${event}`);
  expect((await ids(at[1]!)).sort()).toEqual(["A raise", "B raise"]);
  expect(await ids(at[3]!)).toEqual(["A raise", "A ack"]);
  expect(await ids(at[4]!)).toEqual([]);
  close(journal);
});

test("a damaged or foreign history file is begun anew, and the alarms are copied again", async () => {
  const folder = scratchFolder();
  close(journalOf(folder, [{}, { event: "return", stateAfter: "normal" }]));
  for (const bytes of [Buffer.from("no database at all, but long enough to be one".repeat(99))]) {
    writeFileSync(join(folder, "history.db"), bytes);
    const warnings: string[] = [];
    const service = await openService(folder, new FakeClock(startMs), warnings);
    expect(warnings.join()).toContain("trends begin anew");
    const { lines } = await service.alarmHistory({ ...none, ...always, limit: 10 });
    expect(lines.map(({ event }) => event)).toEqual(["return", "raise"]);
  }
});

test("trouble of the store fails questions and nothing else, and is told once", async () => {
  const folder = scratchFolder();
  const clock = new FakeClock(startMs);
  const warnings: string[] = [];
  const service = await openService(folder, clock, warnings);
  const other = new Sqlite(join(folder, "history.db"));
  other.exec("DROP TABLE span");
  other.close();
  const ask = { tags: ["LT-101"], fromMs: startMs, toMs: startMs + 1_000, width: 10 };
  await expect(service.trend(ask)).rejects.toThrow("span");
  service.take(block(clock.now(), [1]));
  await expect(service.trend(ask)).rejects.toThrow("span");
  expect(warnings).toHaveLength(1);
});

test("the share of time on line survives a restart; a stop while connected is a drop-out", async () => {
  const folder = scratchFolder();
  const clock = new FakeClock(startMs);
  const first = await openService(folder, clock);
  first.uplinkIs(true);
  await feed(first, clock, { seconds: 3_600, level: () => 1 });
  await first[Symbol.asyncDispose]();
  await clock.advance(hourMs);
  const second = await openService(folder, clock);
  const online = await second.online();
  expect(online.boxPercent).toBeCloseTo(50, 1);
  expect(online.pointsPercent).toBeCloseTo(50, 0);
  expect(online.boxDropOuts).toBe(1);
});
