/** The journal as the agent sees it: never blocks, everything durable is a promise. */

import { Worker } from "node:worker_threads";
import { fail, ok, type Result } from "../../config/words/result.ts";
import type { Clock, Timer } from "../../config/words/time.ts";
import type { AlarmEvent, StandingAlarm } from "../alarmRecords.ts";
import type {
  BoxEvent,
  EvidenceOutbox,
  Fates,
  Lane,
  Outbox,
  PointHead,
  ReadingBlock,
  SealedRecord,
  SentAgain,
  SeqRange,
} from "../records.ts";
import type { ClockState } from "../wire/envelope.ts";
import type { EvidenceBody } from "../wire/evidence.ts";
import { ColumnsBuilder, columnsOfBlock } from "../wire/readingColumns.ts";
import type { JournalSettings } from "./engineOptions.ts";
import type { JournalError } from "./journalError.ts";
import type { Ask, FromWorker, ToWorker, WorkerStart } from "./journalProtocol.ts";
import type { JournalStats } from "./journalStats.ts";
import { type Drops, dropsOf, mergedDrops } from "./pendingReadings.ts";

export type { JournalSettings } from "./engineOptions.ts";
export type { JournalError } from "./journalError.ts";
export type { JournalStats } from "./journalStats.ts";

export interface Journal extends Outbox, EvidenceOutbox, AsyncDisposable {
  /** Queues readings for the next commit (within a second). Never blocks; copies the block. */
  append(block: ReadingBlock): void;
  /**
   * Resolves when the events, the readings that caused them and every reading appended before are
   * durable: also after minutes, when the disk refuses that long. Rejects when the journal died, or
   * when 100,000 events wait already.
   */
  commitAlarms(events: readonly AlarmEvent[], cause: ReadingBlock | null): Promise<void>;
  /** Resolves when the event is durable; rejects as `commitAlarms` does. */
  note(event: BoxEvent): Promise<void>;
  /** What every record sealed from now on says about the clock that stamped it. */
  clockIs(state: ClockState): void;
  /** Alarms that were not normal at the last commit. */
  standingAlarms(): Promise<readonly StandingAlarm[]>;
  stats(): Promise<JournalStats>;
  /** Seals at once all that was appended, so that it can be sent before a stop. */
  seal(): Promise<void>;
  /** Names who or what stops the agent ("signal SIGTERM", "operator"): the next start tells it. Then dispose. */
  stoppedBy(who: string): void;
  /**
   * Resolves, with the reason, if the journal's thread ends by itself: the agent must end too. `damaged`: a new
   * start goes on with a fresh journal.
   */
  readonly failed: Promise<JournalError>;
}

export interface JournalOptions {
  readonly file: string;
  readonly heads: readonly PointHead[];
  readonly settings: JournalSettings;
  readonly site: string;
  readonly box: string;
  readonly clock: Clock;
  /** Names this run of the kernel, which monotonic times count from; null: not known. */
  readonly boot?: string | null;
  /** Most readings on their way to the journal's thread; further ones are dropped and declared lost. */
  readonly onTheWayMax?: number;
}

/** Readings are handed over together: at the latest after this, or at this many. */
const handOverMs = 50;
const handOverReadings = 20_000;

/** Opens or creates the journal. Everything the life before left open is sealed when this resolves. */
export async function openJournal(options: JournalOptions): Promise<Result<Journal, JournalError>> {
  const { file, heads, settings, site, box, boot = null } = options;
  const start: WorkerStart = { file, heads, settings, site, box, boot };
  const worker = new Worker(new URL("./journalWorker.ts", import.meta.url), {
    workerData: start,
    name: "journal",
    // Columns come and go in bulk; a young generation left to grow would only hold garbage.
    resourceLimits: { maxYoungGenerationSizeMb: 8 },
  });
  const opened = await new Promise<Result<string, JournalError>>((resolve) => {
    worker.once("message", (message: FromWorker) => {
      if (message.kind === "opened") resolve(ok(message.epoch));
      else if (message.kind === "failed") resolve(fail(message.error));
    });
    worker.once("error", (error) => resolve(fail(died(error))));
    worker.once("exit", () => resolve(fail(died("it ended while opening"))));
  });
  worker.removeAllListeners("exit");
  worker.removeAllListeners("error");
  if (opened.ok) return ok(new JournalClient(worker, opened.value, options));
  await worker.terminate();
  return opened;
}

function died(reason: unknown): JournalError {
  return {
    kind: "workerDied",
    message: `the journal's thread ended: ${reason instanceof Error ? reason.message : String(reason)}`,
    hint: "restart the agent; if it happens again, keep the data folder and report it",
  };
}

interface Question {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

class JournalClient implements Journal {
  readonly epoch: string;
  readonly failed: Promise<JournalError>;
  readonly #worker: Worker;
  readonly #clock: Clock;
  readonly #onTheWayMax: number;
  readonly #questions = new Map<number, Question>();
  readonly #listeners = new Set<(lane: Lane) => void>();
  readonly #builder = new ColumnsBuilder();
  #nextId = 1;
  #onTheWay = 0;
  #dropped: Drops | null = null;
  #handOver: Timer | null = null;
  #death: JournalError | null = null;
  #lastWords: JournalError | null = null;
  #closing: Promise<void> | null = null;

  constructor(worker: Worker, epoch: string, options: JournalOptions) {
    this.#worker = worker;
    this.epoch = epoch;
    this.#clock = options.clock;
    this.#onTheWayMax = options.onTheWayMax ?? 5_000_000;
    worker.on("message", (message: FromWorker) => this.#take(message));
    this.failed = new Promise((resolve) => {
      const end = (reason: unknown): void => {
        if (this.#death !== null) return;
        this.#death = this.#lastWords ?? died(reason);
        if (this.#closing === null) resolve(this.#death);
        for (const { reject } of this.#questions.values()) reject(new Error(this.#death.message));
        this.#questions.clear();
      };
      worker.once("error", end);
      worker.once("exit", (code) => end(`exit code ${code}`));
    });
  }

  append(block: ReadingBlock): void {
    const size = block.points.length;
    if (this.#onTheWay + this.#builder.readings + size > this.#onTheWayMax) {
      if (size > 0) this.#dropped = mergedDrops(this.#dropped, dropsOf(columnsOfBlock(block)));
    } else this.#builder.append(block);
    if (this.#builder.readings >= handOverReadings) this.#handOverNow();
    else this.#handOver ??= this.#clock.timer(handOverMs, () => this.#handOverNow());
  }

  async commitAlarms(events: readonly AlarmEvent[], cause: ReadingBlock | null): Promise<void> {
    if (cause !== null) this.append(cause);
    this.#handOverNow();
    await this.#ask({ kind: "alarms", events });
  }

  async note(event: BoxEvent): Promise<void> {
    await this.#ask({ kind: "note", event });
  }

  clockIs(state: ClockState): void {
    this.#post({ kind: "clock", state });
  }

  stoppedBy(who: string): void {
    this.#post({ kind: "stoppedBy", who });
  }

  async sendAgain(ranges: readonly SeqRange[]): Promise<SentAgain> {
    return (await this.#ask({ kind: "sendAgain", ranges })) as SentAgain;
  }

  async keepEvidence(bodies: readonly EvidenceBody[]): Promise<readonly number[]> {
    return (await this.#ask({ kind: "keepEvidence", bodies })) as readonly number[];
  }

  async fates(ranges: readonly SeqRange[]): Promise<Fates> {
    return (await this.#ask({ kind: "fates", ranges })) as Fates;
  }

  async standingAlarms(): Promise<readonly StandingAlarm[]> {
    return (await this.#ask({ kind: "standing" })) as readonly StandingAlarm[];
  }

  async seal(): Promise<void> {
    this.#handOverNow();
    await this.#ask({ kind: "seal" });
  }

  async stats(): Promise<JournalStats> {
    return (await this.#ask({ kind: "stats" })) as JournalStats;
  }

  async next(request: Parameters<Outbox["next"]>[0]): Promise<readonly SealedRecord[]> {
    return (await this.#ask({ kind: "next", request })) as readonly SealedRecord[];
  }

  async delivered(ranges: readonly SeqRange[]): Promise<number> {
    return (await this.#ask({ kind: "delivered", ranges })) as number;
  }

  uplinkIs(state: "live" | "down"): void {
    this.#post({ kind: "uplink", state });
  }

  onSealed(call: (lane: Lane) => void, signal: AbortSignal): void {
    if (signal.aborted) return;
    this.#listeners.add(call);
    signal.addEventListener("abort", () => this.#listeners.delete(call), { once: true });
  }

  /** Commits and seals what is left, marks the stop as clean. Rejects when that failed. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    if (this.#death !== null) return;
    this.#handOverNow();
    try {
      await this.#ask({ kind: "close" });
    } finally {
      await this.#worker.terminate();
    }
  }

  #handOverNow(): void {
    this.#handOver?.cancel();
    this.#handOver = null;
    if (this.#builder.readings === 0 && this.#dropped === null) return;
    const columns = this.#builder.take();
    this.#onTheWay += columns.points.length;
    const message: ToWorker = { kind: "readings", columns, dropped: this.#dropped };
    this.#dropped = null;
    this.#post(
      message,
      Object.values(columns).map((column: Float64Array<ArrayBuffer>) => column.buffer),
    );
  }

  #ask(ask: Ask): Promise<unknown> {
    if (this.#death !== null) return Promise.reject(new Error(this.#death.message));
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#questions.set(id, { resolve, reject });
      this.#post({ kind: "ask", id, ask });
    });
  }

  #post(message: ToWorker, transfer: readonly ArrayBuffer[] = []): void {
    this.#worker.postMessage(message, transfer);
  }

  #take(message: FromWorker): void {
    if (message.kind === "taken") this.#onTheWay -= message.readings;
    else if (message.kind === "failed") this.#lastWords = message.error;
    else if (message.kind === "sealed") {
      for (const lane of message.lanes) for (const call of this.#listeners) call(lane);
    } else if (message.kind === "answer" || message.kind === "refused") {
      const question = this.#questions.get(message.id);
      this.#questions.delete(message.id);
      if (message.kind === "answer") question?.resolve(message.value);
      else question?.reject(new Error(message.message));
    }
  }
}
