/**
 * The kept trends: buckets come as chunks, wait in `fresh` rows and in memory, and are sealed point by point into
 * compressed blocks of three widths.
 *
 * - A bucket is in a block or fresh, never both: `sealing` says how far a sealing got, in the same transaction.
 * - What goes is counted in spans, the oldest first: never by age, which a clock set wrongly would make up. Should the
 *   file still outgrow its size, the finest width gives first.
 */

import type { Database } from "better-sqlite3";
import { BucketFold, type Buckets, bucketAt, type Level, levelMs, levels } from "./trendBuckets.ts";
import { type Chunk, packChunks, unpackChunk } from "./trendChunk.ts";
import { decodeBuckets, encodeBuckets } from "./trendCodec.ts";
import { fileBytes } from "./trendDatabase.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** Wall time one block covers, by level. */
const spanMs = [hourMs, 6 * hourMs, 5 * dayMs] as const;
/** Spans kept: 26 h of 5 s, 8 days of 1 min, 95 days of 10 min. */
const spansMax = [26, 33, 19] as const;
/** Sealed when that many buckets wait, or the oldest waits that long. */
const freshMax = 720_000;
const freshMsMax = hourMs;
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
  readonly #maxSizeBytes: number;
  readonly #sql: ReturnType<typeof statements>;
  /** In memory and, but for those of the last minute, in `fresh` rows. */
  #fresh: Chunk[] = [];
  #unwritten: Chunk[] = [];
  #freshBuckets = 0;
  #oldestFreshMs = Number.POSITIVE_INFINITY;
  #newestFreshMs = Number.NEGATIVE_INFINITY;
  #sealing: Sealing | null = null;
  readonly #oldestOf: Partial<Record<Level, { readonly span: number; readonly ms: number }>> = {};

  constructor(db: Database, maxSizeBytes: number) {
    this.#db = db;
    this.#maxSizeBytes = maxSizeBytes;
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
    const oldestOf = (level: Level) => this.#sql.oldestSpan.get(level) ?? Number.POSITIVE_INFINITY;
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
    const span = spanMs[level];
    const first = Math.floor(fromMs / span) * span;
    for (const bytes of this.#sql.blocks.all(point, level, first, toMs)) {
      const block = decodeBuckets(bytes, levelMs[level]);
      // A damaged block is a hole in a picture; the journal has the readings.
      if (block.ok) addWithin(block.value);
    }
    const sealing = this.#sealing;
    if (sealing !== null && point > sealing.sealedTo) addOf(sealing.chunks, point, addWithin);
    addOf(this.#fresh, point, addWithin);
    return fold.buckets();
  }

  /** Of the oldest bucket kept; null: none is. */
  get oldestMs(): number | null {
    const ends = levels.flatMap((level) => this.#oldestSealed(level) ?? []);
    const fresh = [this.#oldestFreshMs, this.#sealing?.oldestMs ?? Number.POSITIVE_INFINITY];
    const oldest = Math.min(...ends, ...fresh);
    return Number.isFinite(oldest) ? oldest : null;
  }

  #oldestSealed(level: Level): number | null {
    const span = this.#sql.oldestSpan.get(level) ?? null;
    if (span === null) return null;
    const known = this.#oldestOf[level];
    if (known?.span === span) return known.ms;
    const starts = this.#sql.spanBlocks.all(level, span).map((bytes) => {
      const block = decodeBuckets(bytes, levelMs[level]);
      return block.ok ? (block.value.startMs[0] ?? Number.POSITIVE_INFINITY) : span;
    });
    const ms = Math.min(...starts);
    this.#oldestOf[level] = { span, ms };
    return ms;
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
    const points = new Set<number>();
    for (const { point } of chunks) for (const id of point) if (id > sealedTo) points.add(id);
    this.#sealing = {
      ...{ chunks, rowTo, sealedTo, oldestMs: this.#oldestFreshMs },
      points: [...points].sort((a, b) => a - b),
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
    const folds = new Map(step.map((point) => [point, new BucketFold(levelMs[0])]));
    for (const chunk of sealing.chunks) {
      for (const [i, point] of chunk.point.entries()) folds.get(point)?.add(rowOf(chunk, i));
    }
    const isLast = sealing.points.length === 0;
    const pointTo = step.at(-1) ?? sealing.sealedTo;
    this.#db.transaction(() => {
      for (const [point, fold] of folds) {
        for (const level of levels) this.#put(level, point, fold.buckets());
      }
      if (isLast) {
        this.#sql.dropFresh.run(sealing.rowTo);
        this.#sql.endSealing.run();
        this.#dropOldest();
      } else this.#sql.sealedTo.run(sealing.rowTo, pointTo);
    })();
    this.#sealing = isLast ? null : { ...sealing, sealedTo: pointTo };
  }

  #put(level: Level, point: number, fine: Buckets): void {
    const span = spanMs[level];
    const bySpan = new Map<number, BucketFold>();
    for (const [i, start] of fine.startMs.entries()) {
      const from = Math.floor(start / span) * span;
      let fold = bySpan.get(from);
      if (fold === undefined) {
        fold = new BucketFold(levelMs[level]);
        const before = this.#sql.block.get(level, from, point);
        const known = before === undefined ? null : decodeBuckets(before, levelMs[level]);
        if (known?.ok === true) fold.addAll(known.value);
        bySpan.set(from, fold);
      }
      fold.add(bucketAt(fine, i));
    }
    for (const [from, fold] of bySpan) {
      this.#sql.putSpan.run(level, from);
      this.#sql.putBlock.run(level, from, point, encodeBuckets(fold.buckets(), levelMs[level]));
    }
  }

  #dropOldest(): void {
    for (const level of levels) {
      while (this.#spans(level) > spansMax[level]) this.#dropSpan(level);
    }
    for (const level of levels) {
      while (fileBytes(this.#db) > this.#maxSizeBytes && this.#spans(level) > 2) {
        this.#dropSpan(level);
      }
    }
  }

  #spans(level: Level): number {
    return this.#sql.spans.get(level) ?? 0;
  }

  #dropSpan(level: Level): void {
    const from = this.#sql.oldestSpan.get(level);
    if (from === undefined || from === null) return;
    this.#sql.dropBlocks.run(level, from);
    this.#sql.dropSpan.run(level, from);
  }
}

interface Sealing {
  readonly chunks: readonly Chunk[];
  readonly oldestMs: number;
  /** `fresh` rows up to this one are being sealed. */
  readonly rowTo: number;
  /** Points up to this one are in blocks. */
  readonly sealedTo: number;
  readonly points: number[];
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
    block: db
      .prepare<[number, number, number], Uint8Array>(
        "SELECT bytes FROM block WHERE level = ? AND from_ms = ? AND point = ?",
      )
      .pluck(),
    /** A few points are enough to tell when a span's data begins. */
    spanBlocks: db
      .prepare<[number, number], Uint8Array>(
        "SELECT bytes FROM block WHERE level = ? AND from_ms = ? LIMIT 100",
      )
      .pluck(),
    blocks: db
      .prepare<[number, number, number, number], Uint8Array>(
        // By the spans there are: one look at the index for each.
        `SELECT block.bytes FROM span CROSS JOIN block
           ON block.level = span.level AND block.from_ms = span.from_ms AND block.point = ?
         WHERE span.level = ? AND span.from_ms >= ? AND span.from_ms < ? ORDER BY span.from_ms`,
      )
      .pluck(),
    putBlock: db.prepare<[number, number, number, Uint8Array]>(
      `INSERT INTO block (level, from_ms, point, bytes) VALUES (?, ?, ?, ?)
       ON CONFLICT (level, from_ms, point) DO UPDATE SET bytes = excluded.bytes`,
    ),
    putSpan: db.prepare<[number, number]>("INSERT OR IGNORE INTO span VALUES (?, ?)"),
    spans: db.prepare<[number], number>("SELECT count(*) FROM span WHERE level = ?").pluck(),
    oldestSpan: db
      .prepare<[number], number | null>("SELECT min(from_ms) FROM span WHERE level = ?")
      .pluck(),
    dropBlocks: db.prepare<[number, number]>("DELETE FROM block WHERE level = ? AND from_ms = ?"),
    dropSpan: db.prepare<[number, number]>("DELETE FROM span WHERE level = ? AND from_ms = ?"),
  };
}
