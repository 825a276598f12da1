/**
 * The kept trends: buckets come as chunks, wait in `fresh` rows and in memory, and are sealed point by point into
 * compressed blocks. A bucket is in a block or fresh, never both: `sealing` says how far a sealing got, in the same
 * transaction.
 */

import type { Database } from "better-sqlite3";
import { TrendBlocks } from "./trendBlocks.ts";
import { BucketFold, type Buckets, bucketAt, type Level, levelMs, levels } from "./trendBuckets.ts";
import { type Chunk, packChunks, unpackChunk } from "./trendChunk.ts";

/** Sealed when that many buckets wait, or the oldest waits that long. */
const freshMax = 720_000;
const freshMsMax = 3_600_000;
const pointsAStep = 100;

export interface TrendAsk {
  readonly point: number;
  readonly fromMs: number;
  readonly toMs: number;
  /** A multiple of the level's width. */
  readonly bucketMs: number;
  readonly level: Level;
}

export class TrendEngine {
  readonly #db: Database;
  readonly #blocks: TrendBlocks;
  readonly #sql: ReturnType<typeof statements>;
  /** In memory and, but for those of the last minute, in `fresh` rows. */
  #fresh: Chunk[] = [];
  #unwritten: Chunk[] = [];
  #freshBuckets = 0;
  #oldestFreshMs = Number.POSITIVE_INFINITY;
  #newestFreshMs = Number.NEGATIVE_INFINITY;
  #sealing: Sealing | null = null;

  constructor(db: Database, maxSizeBytes: number) {
    this.#db = db;
    this.#blocks = new TrendBlocks(db, maxSizeBytes);
    this.#sql = statements(db);
    this.#load();
  }

  /** Its `point` column must hold this file's numbers. */
  take(chunk: Chunk): void {
    this.#unwritten.push(chunk);
    this.#hold(chunk);
  }

  /** Writes down what came since the last time, in the caller's transaction. */
  write(): void {
    if (this.#unwritten.length === 0) return;
    this.#sql.addFresh.run(packChunks(this.#unwritten));
    this.#unwritten = [];
  }

  /** A bounded piece of sealing; false: nothing to seal. Each piece is a transaction of its own. */
  seal(): boolean {
    if (this.#sealing === null) {
      const isDue =
        this.#freshBuckets >= freshMax || this.#newestFreshMs - this.#oldestFreshMs >= freshMsMax;
      if (!isDue) return false;
      this.#db.transaction(() => this.write())();
      this.#beginSealing(this.#sql.lastFresh.get() ?? 0, 0);
    }
    this.#sealStep();
    return true;
  }

  /** The finest level that is not finer than asked and reaches back to `fromMs`, as far as anything does. */
  levelFor(fromMs: number, idealMs: number): Level {
    const oldestOf = (level: Level) => this.#blocks.oldestSpanMs(level) ?? Number.POSITIVE_INFINITY;
    const needed = Math.max(fromMs, this.oldestMs ?? fromMs);
    // What is fresh has every width.
    const freshMs = Math.min(this.#oldestFreshMs, this.#sealing?.oldestMs ?? this.#oldestFreshMs);
    const fitting = levels.filter((level) => levelMs[level] <= idealMs || level === 0);
    const reaching = (level: Level) => oldestOf(level) <= needed || needed >= freshMs;
    return fitting.toReversed().find(reaching) ?? levels.find(reaching) ?? 2;
  }

  buckets({ point, fromMs, toMs, bucketMs, level }: TrendAsk): Buckets {
    const fold = new BucketFold(bucketMs);
    const addWithin = (all: Buckets): void => {
      for (const [i, start] of all.startMs.entries()) {
        if (start + levelMs[level] > fromMs && start < toMs) fold.add(bucketAt(all, i));
      }
    };
    for (const block of this.#blocks.within({ point, level, fromMs, toMs })) addWithin(block);
    const sealing = this.#sealing;
    if (sealing !== null && point > sealing.sealedTo) addOf(sealing.chunks, point, addWithin);
    addOf(this.#fresh, point, addWithin);
    return fold.buckets();
  }

  /** Of the oldest bucket kept; null: none is. */
  get oldestMs(): number | null {
    const ends = levels.flatMap((level) => this.#blocks.oldestMs(level) ?? []);
    const fresh = [this.#oldestFreshMs, this.#sealing?.oldestMs ?? Number.POSITIVE_INFINITY];
    const oldest = Math.min(...ends, ...fresh);
    return Number.isFinite(oldest) ? oldest : null;
  }

  #hold(chunk: Chunk): void {
    this.#fresh.push(chunk);
    this.#freshBuckets += chunk.point.length;
    for (const start of chunk.startMs) {
      if (start < this.#oldestFreshMs) this.#oldestFreshMs = start;
      if (start > this.#newestFreshMs) this.#newestFreshMs = start;
    }
  }

  #load(): void {
    const begun = this.#sql.sealing.get();
    const before: Chunk[] = [];
    for (const { id, bytes } of this.#sql.freshRows.all()) {
      const chunk = unpackChunk(bytes);
      if (chunk === null) continue;
      if (begun !== undefined && id <= begun.row_to) before.push(chunk);
      else this.#hold(chunk);
    }
    if (begun === undefined) return;
    const after = this.#fresh;
    this.#fresh = before;
    this.#beginSealing(begun.row_to, begun.point_to);
    for (const chunk of after) this.#hold(chunk);
  }

  #beginSealing(rowTo: number, sealedTo: number): void {
    const chunks = this.#fresh;
    const rows = rowsByPoint(chunks, sealedTo);
    this.#sealing = {
      ...{ chunks, rows, rowTo, sealedTo, oldestMs: this.#oldestFreshMs },
      points: [...rows.keys()].sort((a, b) => a - b),
    };
    this.#fresh = [];
    this.#freshBuckets = 0;
    this.#oldestFreshMs = Number.POSITIVE_INFINITY;
    this.#newestFreshMs = Number.NEGATIVE_INFINITY;
  }

  #sealStep(): void {
    const sealing = this.#sealing;
    if (sealing === null) return;
    const step = sealing.points.splice(0, pointsAStep);
    const isLast = sealing.points.length === 0;
    const pointTo = step.at(-1) ?? sealing.sealedTo;
    this.#db.transaction(() => {
      for (const point of step) this.#blocks.put(point, sealedBuckets(sealing, point));
      if (isLast) {
        this.#sql.dropFresh.run(sealing.rowTo);
        this.#sql.endSealing.run();
        this.#blocks.dropOldest();
      } else this.#sql.sealedTo.run(sealing.rowTo, pointTo);
    })();
    this.#sealing = isLast ? null : { ...sealing, sealedTo: pointTo };
  }
}

/** Of each point, where its buckets are, so that a step goes over its own alone: chunk, row, chunk, row and so on. */
type RowsOf = ReadonlyMap<number, readonly number[]>;

interface Sealing {
  readonly chunks: readonly Chunk[];
  readonly rows: RowsOf;
  readonly oldestMs: number;
  /** `fresh` rows up to this one are being sealed. */
  readonly rowTo: number;
  /** Points up to this one are in blocks. */
  readonly sealedTo: number;
  readonly points: number[];
}

function rowsByPoint(chunks: readonly Chunk[], afterPoint: number): RowsOf {
  const rows = new Map<number, number[]>();
  for (const [at, { point }] of chunks.entries()) {
    for (let row = 0; row < point.length; row += 1) {
      const id = point[row] ?? 0;
      if (id <= afterPoint) continue;
      const known = rows.get(id);
      if (known === undefined) rows.set(id, [at, row]);
      else known.push(at, row);
    }
  }
  return rows;
}

function sealedBuckets({ chunks, rows }: Sealing, point: number): Buckets {
  const fold = new BucketFold(levelMs[0]);
  const places = rows.get(point) ?? [];
  for (let i = 0; i < places.length; i += 2) {
    const chunk = chunks[places[i] ?? 0];
    if (chunk !== undefined) fold.add(rowOf(chunk, places[i + 1] ?? 0));
  }
  return fold.buckets();
}

function addOf(chunks: readonly Chunk[], point: number, add: (all: Buckets) => void): void {
  const fold = new BucketFold(levelMs[0]);
  for (const chunk of chunks) {
    let at = chunk.point.indexOf(point);
    while (at >= 0) {
      fold.add(rowOf(chunk, at));
      at = chunk.point.indexOf(point, at + 1);
    }
  }
  add(fold.buckets());
}

function rowOf(chunk: Chunk, i: number) {
  return {
    startMs: chunk.startMs[i] ?? 0,
    min: chunk.min[i] ?? Number.NaN,
    max: chunk.max[i] ?? Number.NaN,
    last: chunk.last[i] ?? Number.NaN,
    quality: chunk.quality[i] ?? 0,
    count: chunk.count[i] ?? 0,
  };
}

function statements(db: Database) {
  return {
    addFresh: db.prepare<[Uint8Array]>("INSERT INTO fresh (bytes) VALUES (?)"),
    freshRows: db.prepare<[], { readonly id: number; readonly bytes: Uint8Array }>(
      "SELECT id, bytes FROM fresh ORDER BY id",
    ),
    lastFresh: db.prepare<[], number | null>("SELECT max(id) FROM fresh").pluck(),
    dropFresh: db.prepare<[number]>("DELETE FROM fresh WHERE id <= ?"),
    sealing: db.prepare<[], { readonly row_to: number; readonly point_to: number }>(
      "SELECT row_to, point_to FROM sealing",
    ),
    sealedTo: db.prepare<[number, number]>("INSERT OR REPLACE INTO sealing VALUES (1, ?, ?)"),
    endSealing: db.prepare<[]>("DELETE FROM sealing"),
  };
}
