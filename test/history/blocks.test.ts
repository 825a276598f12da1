/** What the trend store keeps, and what it lets go of: pinned, because a box's disk is finite. */

import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { expect, test } from "vitest";
import { spansMax } from "../../agent/store/trendBlocks.ts";
import { levelMs, levels } from "../../agent/store/trendBuckets.ts";
import { room } from "../../agent/store/trendChunk.ts";
import { fileBytes, openTrendDatabase } from "../../agent/store/trendDatabase.ts";
import { TrendEngine } from "../../agent/store/trendEngine.ts";
import { scratchFolder } from "../store/scratchJournal.ts";

const hourMs = 3_600_000;
const startMs = Date.UTC(2026, 0, 1);
const points = 50;

/** A bucket a minute of each point; numbers that no compressor makes small. */
function feed(engine: TrendEngine, fromMs: number, hours: number): void {
  for (let hour = 0; hour < hours; hour += 1) {
    const chunk = room(points * 60);
    for (const row of chunk.point.keys()) {
      chunk.point[row] = 1 + (row % points);
      chunk.startMs[row] = fromMs + hour * hourMs + Math.floor(row / points) * 60_000;
      const value = Math.sin(row * 12.9898 + hour) * 43_758.5453;
      for (const column of [chunk.min, chunk.max, chunk.last]) column[row] = value;
      chunk.count[row] = 1;
    }
    engine.take(chunk);
    while (engine.seal());
  }
}

function openStore(maxSizeBytes: number) {
  const file = join(scratchFolder(), "history.db");
  const { db } = openTrendDatabase(file);
  const engine = new TrendEngine(db, maxSizeBytes);
  const spans = (): number[] =>
    levels.map((level) =>
      Number(db.prepare("SELECT count(*) FROM span WHERE level = ?").pluck().get(level)),
    );
  const fresh = (): number => Number(db.prepare("SELECT count(*) FROM fresh").pluck().get());
  return { file, db, engine, spans, fresh };
}

test("nothing is sealed before an hour waits; then nothing fresh is left, and each width has its span", () => {
  const { db, engine, spans, fresh } = openStore(2 ** 30);
  feed(engine, startMs, 1);
  engine.write();
  expect([spans(), fresh()]).toEqual([[0, 0, 0], 1]);
  feed(engine, startMs + hourMs, 1);
  expect([spans(), fresh()]).toEqual([[2, 1, 1], 0]);
  const all = engine.buckets({
    ...{ point: 7, fromMs: startMs, toMs: startMs + 2 * hourMs, bucketMs: levelMs[1], level: 1 },
  });
  expect(all.count.reduce((sum, one) => sum + one, 0)).toBe(120);
  db.close();
});

test("of each width only so many spans are kept, the newest", () => {
  const { db, engine, spans } = openStore(2 ** 30);
  const hours = spansMax[0] + 12;
  feed(engine, startMs, hours);
  expect(spans()[0]).toBe(spansMax[0]);
  const oldest = db.prepare("SELECT min(from_ms) FROM span WHERE level = 0").pluck().get();
  const newest = db.prepare("SELECT max(from_ms) FROM span WHERE level = 0").pluck().get();
  expect(newest).toBe(Number(oldest) + (spansMax[0] - 1) * hourMs);
  expect(Number(newest)).toBeGreaterThanOrEqual(startMs + (hours - 2) * hourMs);
  db.close();
});

test("a file that outgrows its size gives up the finest width first, and the coarsest last", () => {
  const roomy = openStore(2 ** 30);
  feed(roomy.engine, startMs, 24);
  const whole = fileBytes(roomy.db);
  const before = roomy.spans();
  roomy.db.close();
  const maxSizeBytes = Math.floor(whole * 0.7);
  const tight = openStore(maxSizeBytes);
  feed(tight.engine, startMs, 24);
  const [fine, , coarse] = tight.spans();
  expect(fileBytes(tight.db)).toBeLessThanOrEqual(maxSizeBytes);
  expect(fine).toBeLessThan(before[0] ?? 0);
  expect(fine).toBeGreaterThanOrEqual(2);
  expect(coarse).toBe(before[2]);
  tight.db.close();
  const closed = new Sqlite(tight.file, { readonly: true });
  expect(closed.pragma("integrity_check", { simple: true })).toBe("ok");
  closed.close();
});

test("however small the size, two spans of each width stay: a trend is never empty", () => {
  const { db, engine, spans } = openStore(1);
  feed(engine, startMs, 24);
  expect(spans()).toEqual([2, 2, 1]);
  const newest = { point: 7, fromMs: startMs + 22 * hourMs, toMs: startMs + 24 * hourMs };
  expect(
    engine.buckets({ ...newest, bucketMs: levelMs[0], level: 0 }).startMs.length,
  ).toBeGreaterThan(60);
  db.close();
});
