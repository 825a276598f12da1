/** Takes what the agent's thread sends and answers its questions: trends, alarms, online rate, over one history.db. */

import type { Database } from "better-sqlite3";
import type { Instant } from "../../config/words/time.ts";
import type { TrendSeries } from "../page/protocol/history.ts";
import { AlarmCopy } from "./trendAlarms.ts";
import { levelMs } from "./trendBuckets.ts";
import { createCalendar } from "./trendCalendar.ts";
import { openTrendDatabase } from "./trendDatabase.ts";
import { TrendEngine } from "./trendEngine.ts";
import { type OnlineDay, OnlineLedger, type OnlineMark } from "./trendOnline.ts";
import type { ToTrends, TrendQuestion, TrendStart } from "./trendProtocol.ts";

/** What comes is written down this often; the newest of it is lost when the process is killed. */
const writeEveryMs = 60_000;
/** New records of the journal are looked for this often, besides when an alarm tells of them. */
const copyEveryMs = 30_000;
const bucketsMax = 4_000;

/** The columns of a series, as they are kept. */
export type FoundSeries = Omit<TrendSeries, "tag" | "unit">;

export interface FoundTrend {
  readonly bucketMs: number;
  readonly series: readonly FoundSeries[];
}

export class TrendDesk implements Disposable {
  readonly begunAnew: string | null;
  readonly #db: Database;
  readonly #engine: TrendEngine;
  readonly #copy: AlarmCopy;
  readonly #online: OnlineLedger;
  readonly #ids: Uint32Array;
  #writtenMs: number;
  #copiedMs = Number.NEGATIVE_INFINITY;

  /** @throws what SQLite or the disk says. */
  constructor(start: TrendStart) {
    const { db, begunAnew } = openTrendDatabase(start.file);
    this.#db = db;
    this.begunAnew = begunAnew;
    this.#ids = numbersOf(db, start.points);
    this.#engine = new TrendEngine(db, start.maxSizeBytes);
    this.#copy = new AlarmCopy(db, start.journalFile);
    this.#online = openLedger(db, start);
    this.#writtenMs = start.now.monotonicMs;
  }

  /** @throws what SQLite says. */
  take(message: Exclude<ToTrends, { readonly kind: "ask" }>): void {
    switch (message.kind) {
      case "buckets": {
        const { chunk, steps, goodShare, now } = message;
        if (chunk !== null) {
          for (const [i, position] of chunk.point.entries()) {
            chunk.point[i] = this.#ids[position] ?? 0;
          }
          this.#engine.take(chunk);
        }
        for (const { fromMs, toMs } of steps) {
          const isBack = toMs < fromMs;
          const reason = isBack ? "clock-set-back" : "clock-set-forward";
          const span = isBack ? { fromMs: toMs, toMs: fromMs } : { fromMs, toMs };
          this.#copy.noteGap({ ...span, reason, tags: null });
        }
        this.#online.pointsAre(goodShare, now);
        this.#writeIfDue(now);
        return;
      }
      case "uplink":
        this.#online.uplinkIs(message.isConnected, message.now);
        return;
      case "alarm":
        this.#copiedMs = Number.NEGATIVE_INFINITY;
    }
  }

  /** A bounded piece of what waits; false: nothing waits. @throws what SQLite says. */
  work(nowMonotonicMs: number): boolean {
    if (this.#engine.seal()) return true;
    if (nowMonotonicMs - this.#copiedMs < copyEveryMs) return false;
    if (this.#copy.step()) return true;
    this.#copiedMs = nowMonotonicMs;
    return false;
  }

  /** @throws what SQLite says. */
  answer(question: Exclude<TrendQuestion, { readonly kind: "close" }>): unknown {
    switch (question.kind) {
      case "trend":
        return this.#trend(question);
      case "alarms":
        this.#catchUp();
        return this.#copy.lines(question.question);
      case "standing":
        this.#catchUp();
        return this.#copy.standingAt(question.atMs);
      case "gaps":
        this.#catchUp();
        return this.#copy.gaps(question.fromMs, question.toMs);
      case "online":
        return this.#online.view(question.monthMs, question.hasUplink);
      case "oldest":
        return this.#engine.oldestMs;
    }
  }

  /** Writes what came since the last time. @throws what SQLite says. */
  write(): void {
    this.#db.transaction(() => {
      this.#engine.write();
      writeLedger(this.#db, this.#online.mark, this.#online.takeChanged());
    })();
  }

  [Symbol.dispose](): void {
    this.#copy.close();
    this.#db.close();
  }

  #writeIfDue(now: Instant): void {
    if (now.monotonicMs - this.#writtenMs < writeEveryMs) return;
    this.#writtenMs = now.monotonicMs;
    this.write();
  }

  #catchUp(): void {
    while (this.#copy.step());
  }

  #trend(question: Extract<TrendQuestion, { readonly kind: "trend" }>): FoundTrend {
    const { fromMs, toMs, everyMsMax } = question;
    const width = Math.max(1, Math.min(bucketsMax, Math.floor(question.width)));
    // A bucket narrower than the polling would only be a hole between two readings.
    const idealMs = Math.max((toMs - fromMs) / width, Math.min(everyMsMax, 600_000));
    const level = this.#engine.levelFor(fromMs, idealMs);
    const bucketMs = Math.max(1, Math.ceil(idealMs / levelMs[level])) * levelMs[level];
    const series = question.points.map((position): FoundSeries => {
      const point = this.#ids[position] ?? 0;
      const all = this.#engine.buckets({ point, fromMs, toMs, bucketMs, level });
      const orNull = (column: readonly number[]) =>
        column.map((value) => (Number.isNaN(value) ? null : value));
      return {
        startMs: all.startMs,
        min: orNull(all.min),
        max: orNull(all.max),
        last: orNull(all.last),
        quality: all.quality,
      };
    });
    return { bucketMs, series };
  }
}

/** The file's number of each point of the list; a point whose unit has changed is another one. */
function numbersOf(db: Database, points: TrendStart["points"]): Uint32Array {
  const add = db.prepare<[string, string]>("INSERT OR IGNORE INTO point (tag, unit) VALUES (?, ?)");
  const get = db
    .prepare<[string, string], number>("SELECT id FROM point WHERE tag = ? AND unit = ?")
    .pluck();
  return db.transaction(() =>
    Uint32Array.from(points, ({ tag, unit }) => {
      add.run(tag, unit);
      return get.get(tag, unit) ?? 0;
    }),
  )();
}

function openLedger(db: Database, { timeZone, now }: TrendStart): OnlineLedger {
  const days = db
    .prepare<[], OnlineDay>(
      `SELECT day_ms AS dayMs, box_ms AS boxMs, points_ms AS pointsMs, drop_outs AS dropOuts,
         skipped_ms AS skippedMs FROM online_day`,
    )
    .all();
  const mark = db
    .prepare<[], Omit<OnlineMark, "isConnected"> & { readonly isConnected: number }>(
      `SELECT since_ms AS sinceMs, alive_ms AS aliveMs, is_connected AS isConnected
       FROM online_mark`,
    )
    .get();
  const calendar = createCalendar(timeZone);
  const known = mark === undefined ? null : { ...mark, isConnected: mark.isConnected === 1 };
  return new OnlineLedger({ calendar, days, mark: known, now });
}

function writeLedger(db: Database, mark: OnlineMark, days: readonly OnlineDay[]): void {
  const put = db.prepare<[number, number, number, number, number]>(
    "INSERT OR REPLACE INTO online_day VALUES (?, ?, ?, ?, ?)",
  );
  for (const { dayMs, boxMs, pointsMs, dropOuts, skippedMs } of days) {
    put.run(dayMs, boxMs, pointsMs, dropOuts, skippedMs);
  }
  db.prepare<[number, number, number]>(
    "INSERT OR REPLACE INTO online_mark VALUES (1, ?, ?, ?)",
  ).run(mark.sinceMs, mark.aliveMs, mark.isConnected ? 1 : 0);
}
