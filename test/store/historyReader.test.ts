import {
  closeSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type History,
  type HistoryPiece,
  type HistoryQuestion,
  openHistory,
} from "../../agent/store/historyReader.ts";
import { columnsOfBlock } from "../../agent/wire/readingColumns.ts";
import { alarm, block } from "./samples.ts";
import { close, HandClock, open, scratchFolder } from "./scratchJournal.ts";

const everything: HistoryQuestion = {
  kind: "readings",
  fromWallMs: Number.NEGATIVE_INFINITY,
  toWallMs: Number.POSITIVE_INFINITY,
};

/** One reading of LT-101 a second, sealed every five seconds; value = its number. */
function journal(
  seconds: number,
  { sealEvery = 5, ...more }: Parameters<typeof open>[2] & { sealEvery?: number } = {},
) {
  const file = join(scratchFolder(), "journal.db");
  const clock = new HandClock();
  const life = open(file, clock, { backlogEveryMs: 60_000, liveEveryMs: 60_000, ...more });
  const write = (from: number, to: number): void => {
    for (let second = from; second < to; second += 1) {
      life.engine.append(columnsOfBlock(block(clock.now(), [second])));
      if (second % sealEvery === sealEvery - 1) life.engine.sealSoon();
      life.engine.commit();
      clock.pass(1_000);
    }
  };
  write(0, seconds);
  return { file, clock, life, write };
}

function opened(file: string): History {
  const history = openHistory(file);
  if (!history.ok) throw new Error(history.error.message);
  return history.value;
}

function selected(history: History, question = everything) {
  const selection = history.select(question);
  if (!selection.ok) throw new Error(selection.error);
  return selection.value;
}

function valuesIn(pieces: Iterable<HistoryPiece>): (number | null)[] {
  return [...pieces].flatMap((piece) =>
    "points" in piece ? piece.points.flatMap(({ values }) => values) : [],
  );
}

function read(file: string, question = everything): HistoryPiece[] {
  using history = opened(file);
  return [...selected(history, question).pieces()];
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

test("delivered, undelivered and open readings all come, once and in their order, beside the writer and after it", () => {
  const { file, life } = journal(23);
  life.engine.delivered([{ from: 1, to: 2 }]);
  using history = opened(file);
  const selection = selected(history);
  const pieces = [...selection.pieces()];
  expect(valuesIn(pieces)).toEqual(upTo(23));
  expect(pieces.filter(({ kind }) => kind === "open").length).toBeGreaterThan(0);
  expect(selection.readings).toBe(23);
  expect(selection.records).toBe(pieces.length);
  close(life);
  expect(valuesIn(read(file))).toEqual(upTo(23));
  expect(read(file).some(({ kind }) => kind === "open")).toBe(false);
});

test("what comes after the selection is not part of it, and nothing is read twice when open rows are sealed meanwhile", () => {
  const { file, life, write } = journal(23);
  using history = opened(file);
  const pieces = selected(history).pieces();
  const first = pieces.next().value as HistoryPiece;
  write(23, 60);
  expect([...valuesIn([first]), ...valuesIn(pieces)]).toEqual(upTo(23));
  close(life);
});

test("a slow reader does not hold the write-ahead log", () => {
  const { file, life, clock } = journal(50);
  using history = opened(file);
  const pieces = selected(history).pieces();
  pieces.next();
  const noise = Float64Array.from({ length: 20_000 }, (_, i) => Math.sin(i * 7.77) * 1e6);
  for (let second = 0; second < 120; second += 1) {
    const many = {
      takenAt: clock.now(),
      points: new Uint32Array(noise.length),
      values: noise,
      qualities: new Uint8Array(noise.length),
    };
    life.engine.append(columnsOfBlock(many));
    life.engine.commit();
    clock.pass(1_000);
  }
  expect(statSync(file).size).toBeGreaterThan(8 * 1024 * 1024);
  expect(statSync(`${file}-wal`).size).toBeLessThan(8 * 1024 * 1024);
  expect(valuesIn(pieces)).toEqual(upTo(50).slice(5));
  close(life);
});

test("a range reads no payload outside of it", () => {
  const { file, life, clock } = journal(60);
  const endMs = clock.now().wallMs;
  close(life);
  const db = new Database(file);
  db.exec("UPDATE payload SET bytes = zeroblob(length(bytes)) WHERE seq IN (1, 2, 3)");
  db.close();
  const last20 = { ...everything, fromWallMs: endMs - 20_000 };
  const pieces = read(file, last20);
  expect(pieces.every(({ kind }) => kind === "readings")).toBe(true);
  expect(valuesIn(pieces)).toEqual(upTo(60).slice(-valuesIn(pieces).length));
  expect(valuesIn(pieces).length).toBeLessThan(26);
  expect(read(file, { ...everything, toWallMs: endMs - 60_000 })).toEqual([]);
  expect(read(file).filter(({ kind }) => kind === "unreadable")).toMatchObject([
    { from: 1, to: 1, readings: 5, what: "the bytes do not match their checksum" },
    { from: 2, to: 2 },
    { from: 3, to: 3 },
  ]);
});

test("a record that retention removes meanwhile is said to be gone, not damaged", () => {
  const { file, life, write } = journal(30, { keepReadingsMs: 20_000 });
  using history = opened(file);
  const pieces = selected(history).pieces();
  expect(valuesIn([pieces.next().value as HistoryPiece])).toEqual(upTo(5));
  life.engine.delivered([{ from: 1, to: 3 }]);
  write(30, 120);
  const rest = [...pieces];
  expect(rest.slice(0, 2)).toEqual([
    { kind: "removed", seq: 2 },
    { kind: "removed", seq: 3 },
  ]);
  expect(valuesIn(rest)).toEqual(upTo(30).slice(15));
  close(life);
});

test("a torn page costs the records on it and no others", () => {
  const { file, life } = journal(1_000, { sealEvery: 1 });
  close(life);
  const whole = valuesIn(read(file));
  expect(whole).toEqual(upTo(1_000));
  const db = new Database(file);
  const pages = db
    .prepare<[], { pageno: number }>(
      "SELECT pageno FROM dbstat WHERE name = 'record' AND pagetype = 'leaf' ORDER BY pageno",
    )
    .all();
  db.close();
  const torn = pages[Math.floor(pages.length / 2)]?.pageno ?? 0;
  expect(pages.length).toBeGreaterThan(5);
  const descriptor = openSync(file, "r+");
  writeSync(descriptor, Buffer.alloc(4096, 0xff), 0, 4096, (torn - 1) * 4096);
  closeSync(descriptor);
  const pieces = read(file);
  const lost = pieces.filter(({ kind }) => kind === "unreadable").length;
  expect(lost).toBeGreaterThan(0);
  expect(lost).toBeLessThan(300);
  expect(valuesIn(pieces).length).toBe(1_000 - lost);
});

test("alarms come with their bodies, readings do not come among them", () => {
  const { file, clock, life } = journal(10);
  life.engine.raise([alarm(clock.now(), { alarmId: "A1" })]);
  life.engine.commit();
  const pieces = read(file, { ...everything, kind: "alarm" });
  expect(pieces).toMatchObject([{ kind: "record", envelope: { body: { alarmId: "A1" } } }]);
  close(life);
});

test("an empty file, a foreign one and none are told apart from a journal", () => {
  const folder = scratchFolder();
  const empty = join(folder, "empty.db");
  writeFileSync(empty, "");
  const none = openHistory(join(folder, "none.db"));
  const nothing = openHistory(empty);
  expect(none.ok || nothing.ok).toBe(false);
  const foreign = new Database(join(folder, "foreign.db"));
  foreign.exec("CREATE TABLE t (x)");
  foreign.close();
  const other = openHistory(join(folder, "foreign.db"));
  expect(other.ok).toBe(false);
  if (!other.ok) expect(other.error.kind).toBe("foreign");
});

test("every flipped bit either leaves what was read as it was, or is named: no wrong value", () => {
  const { file, life } = journal(200, { sealEvery: 2 });
  close(life);
  const whole = readFileSync(file);
  const truth = new Set(valuesIn(read(file)));
  const copy = join(scratchFolder(), "journal.db");
  fc.assert(
    fc.property(fc.integer({ min: 0, max: whole.length - 1 }), fc.nat(7), (byte, bit) => {
      const bytes = Buffer.from(whole);
      bytes[byte] = (bytes[byte] ?? 0) ^ (1 << bit);
      for (const end of ["-wal", "-shm"]) rmSync(copy + end, { force: true });
      writeFileSync(copy, bytes);
      const history = openHistory(copy);
      if (!history.ok) return;
      using open = history.value;
      const selection = open.select(everything);
      if (!selection.ok) return;
      const values = valuesIn(selection.value.pieces());
      expect(values.every((value) => truth.has(value))).toBe(true);
      expect(new Set(values).size).toBe(values.length);
    }),
    // A bit that made one record stand in the place of another, so that it was read twice.
    { numRuns: 300, examples: [[107_643, 5]] },
  );
});
