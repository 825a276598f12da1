/**
 * The sealed buckets: compressed blocks of one point and one span of wall time each, in three widths.
 *
 * What goes is counted in spans, the oldest first: never by age, which a clock set wrongly would make up. Should the
 * file still outgrow its size, the finest width gives first.
 */

import type { Database } from "better-sqlite3";
import { BucketFold, type Buckets, bucketAt, type Level, levelMs, levels } from "./trendBuckets.ts";
import { decodeBuckets, encodeBuckets } from "./trendCodec.ts";
import { fileBytes } from "./trendDatabase.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** Wall time one block covers, by level. */
const spanMs = [hourMs, 6 * hourMs, 5 * dayMs] as const;
/** Spans kept: 26 h of 5 s, 8 days of 1 min, 95 days of 10 min. */
export const spansMax = [26, 33, 19] as const;
/** So many spans of each width stay, whatever the file's size. */
const spansMin = 2;

export class TrendBlocks {
  readonly #db: Database;
  readonly #maxSizeBytes: number;
  readonly #sql: ReturnType<typeof statements>;
  readonly #oldestOf: Partial<Record<Level, { readonly span: number; readonly ms: number }>> = {};

  constructor(db: Database, maxSizeBytes: number) {
    this.#db = db;
    this.#maxSizeBytes = maxSizeBytes;
    this.#sql = statements(db);
  }

  /** Of one point and one width, those that touch the stretch of time, in its order. */
  *within(place: {
    readonly point: number;
    readonly level: Level;
    readonly fromMs: number;
    readonly toMs: number;
  }): Generator<Buckets> {
    const { point, level, fromMs, toMs } = place;
    const span = spanMs[level];
    const first = Math.floor(fromMs / span) * span;
    for (const bytes of this.#sql.blocks.all(point, level, first, toMs)) {
      const block = decodeBuckets(bytes, levelMs[level]);
      // A damaged block is a hole in a picture; the journal has the readings.
      if (block.ok) yield block.value;
    }
  }

  /** Adds buckets of the finest width to the blocks of every width, in the caller's transaction. */
  put(point: number, fine: Buckets): void {
    for (const level of levels) this.#put(level, point, fine);
  }

  /** Lets go of what is more than is to be kept, in the caller's transaction. */
  dropOldest(): void {
    for (const level of levels) {
      while (this.#spans(level) > spansMax[level]) this.#dropSpan(level);
    }
    for (const level of levels) {
      while (fileBytes(this.#db) > this.#maxSizeBytes && this.#spans(level) > spansMin) {
        this.#dropSpan(level);
      }
    }
  }

  /** Beginning of the oldest span of this width; null: there is none. */
  oldestSpanMs(level: Level): number | null {
    return this.#sql.oldestSpan.get(level) ?? null;
  }

  /** Of the oldest bucket of this width; null: there is none. */
  oldestMs(level: Level): number | null {
    const span = this.oldestSpanMs(level);
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

function statements(db: Database) {
  return {
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
