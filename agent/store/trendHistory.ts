/**
 * What was: trends, alarm history, gaps and online rate, for the page. A file and a thread of its own: whatever befalls
 * them is logged once, questions then fail, and nothing else is touched.
 */

import { Worker } from "node:worker_threads";
import { fail, ok, type Result } from "../../config/words/result.ts";
import type { Clock, Timer } from "../../config/words/time.ts";
import type { AlarmHistory, AlarmLine } from "../page/protocol/alarms.ts";
import type { TrendView } from "../page/protocol/history.ts";
import type { OnlineView } from "../page/protocol/system.ts";
import type { ReadingBlock } from "../records.ts";
import type { StoredGap, StoredLine } from "./trendAlarmLine.ts";
import type { AlarmQuestion } from "./trendAlarms.ts";
import { levelMs } from "./trendBuckets.ts";
import { buffersOf } from "./trendChunk.ts";
import { TrendCollector } from "./trendCollector.ts";
import type { FoundTrend } from "./trendDesk.ts";
import { type TrendGap, trendGaps } from "./trendGaps.ts";
import type { FromTrends, ToTrends, TrendQuestion } from "./trendProtocol.ts";

export interface HistoryPoint {
  readonly tag: string;
  readonly name: string | null;
  readonly unit: string;
  readonly everyMs: number;
}

export interface HistoryOptions {
  /** history.db; made when it is missing or damaged. */
  readonly file: string;
  readonly journalFile: string;
  /** In the agent's order. */
  readonly points: readonly HistoryPoint[];
  /** Plant names of what else raises alarms, by source. */
  readonly names?: ReadonlyMap<string, string>;
  readonly timeZone: string;
  /** False: there is no uplink, so the box has no online rate. */
  readonly hasUplink: boolean;
  readonly clock: Clock;
  readonly log: { warn(what: string, detail?: Readonly<Record<string, unknown>>): void };
  /** Default: 300 MiB, more above 1,000 points. */
  readonly maxSizeBytes?: number;
}

/** Questions reject with a sentence when the store is in trouble. */
export interface HistoryService extends AsyncDisposable {
  /** Every reading, in the order they are taken. Copies what it needs; never blocks. */
  take(block: ReadingBlock): void;
  /** An alarm was committed: the history shows it at the next question. */
  alarm(): void;
  uplinkIs(isConnected: boolean): void;
  trend(query: {
    readonly tags: readonly string[];
    readonly fromMs: number;
    readonly toMs: number;
    /** Buckets wanted, 1 to 4,000. */
    readonly width: number;
  }): Promise<TrendView>;
  /** Newest first. */
  alarmHistory(query: Omit<AlarmQuestion, "named">): Promise<AlarmHistory>;
  /** Lines, oldest first, of all occurrences that were not over at this moment. */
  standingAt(atMs: number): Promise<readonly AlarmLine[]>;
  gaps(fromMs: number, toMs: number): Promise<readonly TrendGap[]>;
  /** The month that holds this moment; by default this one. */
  online(monthMs?: number): Promise<OnlineView>;
  /** Of the kept trends; null: none yet. */
  oldestReadingMs(): Promise<number | null>;
}

const handOverMs = levelMs[0];
/** A reading may be that many polls late and still be on line, but at least so long. */
const pollsLate = 3;
const lateMsMin = 10_000;
const defaultBytes = 300 * 1024 * 1024;

/** Fails with one sentence when no file can be made: the agent goes on without history. */
export async function openHistoryService(
  options: HistoryOptions,
): Promise<Result<HistoryService, string>> {
  const { file, journalFile, points, timeZone, clock } = options;
  const worker = new Worker(new URL("./trendWorker.ts", import.meta.url), {
    workerData: {
      ...{ file, journalFile, timeZone, now: clock.now() },
      points: points.map(({ tag, unit }) => ({ tag, unit })),
      maxSizeBytes:
        options.maxSizeBytes ?? Math.ceil(defaultBytes * Math.max(1, points.length / 1_000)),
    },
    name: "history",
  });
  const opened = await new Promise<FromTrends>((resolve) => {
    const failed = (why: unknown): void => resolve({ kind: "failed", why: String(why) });
    worker.once("message", resolve);
    worker.once("error", failed);
    worker.once("exit", () => failed("its thread ended"));
  });
  worker.removeAllListeners("exit");
  worker.removeAllListeners("error");
  if (opened.kind !== "opened") {
    await worker.terminate();
    return fail(`${file}: ${opened.kind === "failed" ? opened.why : "no answer"}`);
  }
  if (opened.begunAnew !== null) {
    options.log.warn("trends begin anew", { file, why: opened.begunAnew });
  }
  return ok(new HistoryClient(worker, options));
}

class HistoryClient implements HistoryService {
  readonly #worker: Worker;
  readonly #options: HistoryOptions;
  readonly #collector: TrendCollector;
  readonly #positions: ReadonlyMap<string, number>;
  readonly #names: ReadonlyMap<string, string>;
  readonly #ageMsMax: Float64Array;
  readonly #questions = new Map<number, PromiseWithResolvers<unknown>>();
  #nextId = 1;
  #timer: Timer;
  #dead: string | null = null;
  #isTold = false;
  #closing: Promise<void> | null = null;

  constructor(worker: Worker, options: HistoryOptions) {
    const { points, clock } = options;
    this.#worker = worker;
    this.#options = options;
    this.#collector = new TrendCollector(points.length);
    this.#positions = new Map(points.map(({ tag }, position) => [tag, position]));
    const named = points.flatMap(({ tag, name }) => (name === null ? [] : [[tag, name] as const]));
    this.#names = new Map([...named, ...(options.names ?? [])]);
    this.#ageMsMax = Float64Array.from(points, ({ everyMs }) =>
      Math.max(lateMsMin, pollsLate * everyMs),
    );
    worker.on("message", (message: FromTrends) => this.#hear(message));
    worker.on("error", (error) => this.#end(error.message));
    worker.on("exit", () => this.#end("its thread ended"));
    this.#timer = clock.timer(handOverMs, () => this.#tick());
  }

  take(block: ReadingBlock): void {
    if (this.#dead === null) this.#collector.take(block);
  }

  alarm(): void {
    this.#say({ kind: "alarm" });
  }

  uplinkIs(isConnected: boolean): void {
    this.#say({ kind: "uplink", isConnected, now: this.#options.clock.now() });
  }

  async trend({
    tags,
    fromMs,
    toMs,
    width,
  }: Parameters<HistoryService["trend"]>[0]): Promise<TrendView> {
    this.#handOver(Number.POSITIVE_INFINITY);
    const asked = tags.flatMap((tag) => this.#positions.get(tag) ?? []);
    const heads = asked.flatMap((position) => this.#options.points[position] ?? []);
    const everyMsMax = Math.max(0, ...heads.map(({ everyMs }) => everyMs));
    const span = { fromMs, toMs };
    const question = { kind: "trend", points: asked, ...span, width, everyMsMax } as const;
    const found = (await this.#ask(question)) as FoundTrend;
    const declared = (await this.#ask({ kind: "gaps", ...span })) as readonly StoredGap[];
    const { bucketMs } = found;
    const series = heads.map(({ tag, unit }, i) => {
      const columns = found.series[i];
      return {
        tag,
        unit,
        ...(columns ?? { startMs: [], min: [], max: [], last: [], quality: [] }),
      };
    });
    const gaps = trendGaps({
      series: heads.map(({ tag, everyMs }, i) => ({
        ...{ tag, everyMs, startMs: series[i]?.startMs ?? [] },
      })),
      ...{ declared, fromMs, bucketMs },
      toMs: Math.min(toMs, this.#options.clock.now().wallMs),
    });
    return { fromMs, toMs, bucketMs, series, gaps };
  }

  async alarmHistory(query: Omit<AlarmQuestion, "named">): Promise<AlarmHistory> {
    const search = query.search.toLowerCase();
    const fitting = [...this.#names].filter(([, name]) => name.toLowerCase().includes(search));
    const named = search === "" ? [] : fitting.map(([source]) => source);
    const answer = await this.#ask({ kind: "alarms", question: { ...query, named } });
    const { lines, next } = answer as { lines: readonly StoredLine[]; next: string | null };
    return { lines: lines.map((line) => this.#withName(line)), next };
  }

  async standingAt(atMs: number): Promise<readonly AlarmLine[]> {
    const lines = (await this.#ask({ kind: "standing", atMs })) as readonly StoredLine[];
    return lines.map((line) => this.#withName(line));
  }

  async gaps(fromMs: number, toMs: number): Promise<readonly TrendGap[]> {
    const found = (await this.#ask({ kind: "gaps", fromMs, toMs })) as readonly StoredGap[];
    return found.map(({ tags, ...gap }) => (tags === null ? gap : { ...gap, tags }));
  }

  async online(monthMs?: number): Promise<OnlineView> {
    this.#handOver(this.#options.clock.now().wallMs);
    const { hasUplink, clock } = this.#options;
    const question = { kind: "online", monthMs: monthMs ?? clock.now().wallMs, hasUplink } as const;
    return (await this.#ask(question)) as OnlineView;
  }

  async oldestReadingMs(): Promise<number | null> {
    return (await this.#ask({ kind: "oldest" })) as number | null;
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#timer.cancel();
    this.#handOver(Number.POSITIVE_INFINITY);
    await this.#ask({ kind: "close" }).catch((error: unknown) => this.#trouble(String(error)));
    await this.#worker.terminate();
  }

  #tick(): void {
    this.#handOver(this.#options.clock.now().wallMs);
    if (this.#dead === null) {
      this.#timer = this.#options.clock.timer(handOverMs, () => this.#tick());
    }
  }

  #handOver(overBeforeMs: number): void {
    const now = this.#options.clock.now();
    const chunk = this.#collector.handOver(overBeforeMs);
    const goodShare = this.#collector.goodShare(now.monotonicMs, this.#ageMsMax);
    const steps = this.#collector.takeSteps();
    const buffers = chunk === null ? [] : buffersOf(chunk);
    this.#say({ kind: "buckets", chunk, steps, goodShare, now }, buffers);
  }

  #say(message: ToTrends, buffers: ArrayBuffer[] = []): void {
    if (this.#dead === null) this.#worker.postMessage(message, buffers);
  }

  #ask(question: TrendQuestion): Promise<unknown> {
    if (this.#dead !== null) return Promise.reject(new Error(this.#dead));
    const id = this.#nextId;
    this.#nextId += 1;
    const answer = Promise.withResolvers<unknown>();
    this.#questions.set(id, answer);
    this.#say({ kind: "ask", id, question });
    return answer.promise;
  }

  #hear(message: FromTrends): void {
    if (message.kind === "trouble") this.#trouble(message.why);
    if (message.kind !== "answer" && message.kind !== "refused") return;
    const question = this.#questions.get(message.id);
    this.#questions.delete(message.id);
    if (message.kind === "answer") question?.resolve(message.value);
    else {
      this.#trouble(message.why);
      question?.reject(new Error(message.why));
    }
  }

  #trouble(why: string): void {
    if (this.#isTold) return;
    this.#isTold = true;
    this.#options.log.warn("the history of trends and alarms is in trouble", { why });
  }

  #end(why: string): void {
    if (this.#dead !== null) return;
    this.#dead = why;
    if (this.#closing === null) this.#trouble(why);
    for (const { reject } of this.#questions.values()) reject(new Error(why));
    this.#questions.clear();
  }

  #withName(line: StoredLine): AlarmLine {
    return { ...line, name: this.#names.get(line.source) ?? null };
  }
}
