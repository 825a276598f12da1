/**
 * What a reading costs the journal: CPU seconds per million, append to sealed, and bytes kept.
 * Prints a table; asserts nothing about time. `node test/bench/journalCost.ts [runs]`
 */

import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import type { PointHead, ReadingBlock } from "../../agent/records.ts";
import { openEngine } from "../../agent/store/openEngine.ts";
import { ColumnsBuilder } from "../../agent/wire/readingColumns.ts";
import { pointId } from "../../config/words/names.ts";
import { type Clock, monotonicMs, wallMs } from "../../config/words/time.ts";

type Data = "tank" | "noisy" | "walk";
interface Case {
  readonly points: number;
  readonly seconds: number;
  readonly data: Data;
  readonly uplink: "live" | "down";
}

const cases: readonly Case[] = [
  { points: 1_000, seconds: 300, data: "tank", uplink: "down" },
  { points: 10_000, seconds: 60, data: "tank", uplink: "down" },
  { points: 1_000, seconds: 300, data: "tank", uplink: "live" },
  { points: 10_000, seconds: 60, data: "tank", uplink: "live" },
  { points: 10_000, seconds: 60, data: "noisy", uplink: "down" },
  { points: 10_000, seconds: 60, data: "walk", uplink: "down" },
];
const perBlock = 100;
const seed = 12345;

function randomOf(start: number): () => number {
  let state = start;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** 40 % levels, 30 % temperature and pressure, 15 % gas near 0, 15 % on/off; all at 0.1. */
function plant(points: number, data: Data): (point: number) => number {
  const random = randomOf(seed);
  const noise = (sd: number): number => {
    let sum = 0;
    for (let i = 0; i < 12; i += 1) sum += random();
    return (sum - 6) * sd;
  };
  const level = Float64Array.from({ length: points }, () => 20 + random() * 80);
  const isOn = new Uint8Array(points);
  return (point) => {
    const base = level[point] ?? 0;
    if (data === "walk") {
      level[point] = base + noise(1);
      return Math.fround(level[point] ?? 0);
    }
    if (data === "noisy") return Math.round((base + noise(0.3)) * 10) / 10;
    const kind = point % 20;
    if (kind < 8) return Math.round((base + noise(0.03)) * 10) / 10;
    if (kind < 14) return Math.round((base + noise(0.1)) * 10) / 10;
    if (kind < 17) return Math.max(0, Math.round(noise(0.05) * 10) / 10);
    if (random() < 0.002) isOn[point] = 1 - (isOn[point] ?? 0);
    return isOn[point] ?? 0;
  };
}

/** All blocks of the run, made before the clock of the bench starts. */
function blocksOf({ points, seconds, data }: Case): ReadingBlock[][] {
  const next = plant(points, data);
  const random = randomOf(seed + 1);
  return Array.from({ length: seconds }, (_, second) =>
    Array.from({ length: Math.ceil(points / perBlock) }, (_, group) => {
      const jitterMs = Math.floor(random() * 3);
      const ms = second * 1_000 + (group % 900) + jitterMs;
      const numbers = Array.from({ length: perBlock }, (_, i) => group * perBlock + i);
      return {
        takenAt: { wallMs: wallMs(1.767e12 + ms), monotonicMs: monotonicMs(1e6 + ms) },
        points: Uint32Array.from(numbers),
        values: Float64Array.from(numbers, next),
        qualities: new Uint8Array(perBlock),
      };
    }),
  );
}

interface Figures {
  readonly cpu: number;
  readonly payloadBytes: number;
  readonly fileBytes: number;
  readonly wrong: number;
}

function run(one: Case): Figures {
  const blocks = blocksOf(one);
  const folder = mkdtempSync(join(tmpdir(), "hazgate-bench-"));
  let nowMs = 1e6;
  const clock = {
    now: () => ({ wallMs: wallMs(1.766e12 + nowMs), monotonicMs: monotonicMs(nowMs) }),
    monotonicMs: () => monotonicMs(nowMs),
  } as Clock;
  const heads = Array.from({ length: one.points }, (_, i): PointHead => {
    return { id: pointId(`LT-${1000 + i}`), unit: "kPa", decimals: undefined };
  });
  const file = join(folder, "journal.db");
  const opened = openEngine({
    file,
    site: "bench",
    box: "box1",
    heads,
    settings: {
      maxSizeBytes: 8e9,
      keepReadingsMs: 1e12,
      keepAlarmsMs: 1e12,
      liveEveryMs: 5_000,
      backlogEveryMs: 60_000,
    },
    clock,
    newEpoch: "bench",
  });
  if (!opened.ok) throw new Error(opened.error.message);
  const { engine, lock } = opened.value;
  engine.uplinkIs(one.uplink);
  engine.commit();
  const before = process.cpuUsage();
  const builder = new ColumnsBuilder();
  for (const second of blocks) {
    for (const block of second) builder.append(block);
    engine.append(builder.take());
    nowMs += 1_000;
    const committed = engine.commit();
    if (!committed.ok) throw new Error(committed.error.message);
  }
  engine.close();
  lock[Symbol.dispose]();
  const used = process.cpuUsage(before);
  const readings = one.points * one.seconds;
  const db = new Database(file, { readonly: true });
  const sums = db
    .prepare<[], { readonly size: number; readonly readings: number }>(
      "SELECT sum(size) AS size, sum(readings) AS readings FROM record WHERE kind = 'readings'",
    )
    .get();
  const pages = db
    .prepare<[], number>("SELECT sum(pgsize) FROM dbstat WHERE name IN ('record', 'payload')")
    .pluck()
    .get();
  db.close();
  rmSync(folder, { recursive: true, force: true });
  return {
    cpu: (used.user + used.system) / readings,
    payloadBytes: (sums?.size ?? 0) / readings,
    fileBytes: (pages ?? 0) / readings,
    wrong: readings - (sums?.readings ?? 0),
  };
}

/** The floor: the same readings as raw doubles, appended to a file and synced once a second. */
function runFloor(one: Case): number {
  const blocks = blocksOf(one);
  const folder = mkdtempSync(join(tmpdir(), "hazgate-bench-"));
  const file = openSync(join(folder, "floor"), "w");
  const before = process.cpuUsage();
  const builder = new ColumnsBuilder();
  for (const second of blocks) {
    for (const block of second) builder.append(block);
    writeSync(file, new Uint8Array(builder.take().values.buffer));
    fdatasyncSync(file);
  }
  closeSync(file);
  const used = process.cpuUsage(before);
  rmSync(folder, { recursive: true, force: true });
  return (used.user + used.system) / (one.points * one.seconds);
}

function spread(values: readonly number[]): string {
  const sorted = values.toSorted((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
  return `${median.toFixed(3)} [${(sorted[0] ?? 0).toFixed(3)}..${(sorted.at(-1) ?? 0).toFixed(3)}]`;
}

const runs = Number(process.argv[2] ?? 3);
console.log(
  "points x seconds, data, uplink | CPU s/M, append to sealed | floor: file + fdatasync | B/reading sent | B kept",
);
for (const one of cases) {
  const figures = Array.from({ length: runs }, () => run(one));
  const floors = Array.from({ length: runs }, () => runFloor(one));
  console.log(
    [
      `${one.points} x ${one.seconds} ${one.data} ${one.uplink}`.padEnd(30),
      spread(figures.map(({ cpu }) => cpu)).padEnd(26),
      spread(floors),
      (figures[0]?.payloadBytes ?? 0).toFixed(3).padStart(8),
      (figures[0]?.fileBytes ?? 0).toFixed(3).padStart(8),
      figures.some(({ wrong }) => wrong !== 0) ? "WRONG COUNT" : "",
    ].join(" | "),
  );
}
