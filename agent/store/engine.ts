/**
 * The journal itself, synchronous and without threads: memory -> open rows -> sealed records -> gone.
 *
 * Invariants, for readings, whenever no transaction is running and after any kill:
 * - made = delivered + stored + declared lost. `made` rises in the very transaction that stores the
 *   readings or declares them lost; a reading in memory only is not yet made.
 * - A reading is in exactly one place: an open row, or one sealed record. Sealing inserts the record and
 *   removes the open rows in one transaction.
 * - Sequence numbers rise by one per record and are never given twice in an epoch.
 * - An alarm is committed together with every reading that came before it, and with its standing state.
 * - When a commit fails, nothing in memory changes: the same commit is tried again at the next tick.
 */

import { fail, ok, type Result } from "../../config/words/result.ts";
import type { Clock, Instant } from "../../config/words/time.ts";
import type {
  AlarmEvent,
  Lane,
  Outbox,
  SealedRecord,
  SeqRange,
  StandingAlarm,
} from "../records.ts";
import type { ClockState } from "../wire/envelope.ts";
import type { ReadingColumns } from "../wire/readingColumns.ts";
import { type Recovered, recover, writeCommit } from "./commitWork.ts";
import { pagesMax } from "./database.ts";
import type { EngineOptions, JournalSettings } from "./engineOptions.ts";
import { isFull, type StorageTrouble, storageTrouble } from "./journalError.ts";
import { type JournalStats, readStats } from "./journalStats.ts";
import { createOutboxReader, type OutboxReader } from "./outboxReader.ts";
import { type Drops, PendingReadings } from "./pendingReadings.ts";
import { createPointNumbers, type PointNumbers } from "./pointNumbers.ts";
import { createRecorder, type Draft, type Recorder } from "./recorder.ts";
import { createRetention, type Retention } from "./retention.ts";
import { createSealer } from "./sealing.ts";
import { openTables, type Tables } from "./tables.ts";

/** Alarm events kept in memory while the disk refuses them. */
const pendingAlarmsMax = 100_000;
/** A commit a little before its interval is over is on time: ticks jitter. */
const earlyMs = 250;
/** With nothing to store, the mark "alive at" is still written this often. */
const aliveEveryMs = 10_000;
/** Evictions are told at the latest after this, or at this many ranges of records. */
const openGapMsMax = 3_600_000;
const openGapRangesMax = 1_000;
/** Small steps of retention after one commit. */
const retentionStepsMax = 8;

export interface Committed {
  /** Lanes that got a record. */
  readonly lanes: ReadonlySet<Lane>;
}

export class Engine {
  readonly epoch: string;
  readonly #clock: Clock;
  readonly #settings: JournalSettings;
  readonly #tables: Tables;
  readonly #numbers: PointNumbers;
  readonly #recorder: Recorder;
  readonly #retention: Retention;
  readonly #outbox: OutboxReader;
  readonly #ageAtStartMs: number;
  readonly #startedAt: Instant;
  readonly #pending: PendingReadings;
  /** What the life before left behind, until it is sealed and told. */
  #recovered: Recovered | null;
  /** Committed in open rows, kept here too so that sealing need not read them back. */
  #open: ReadingColumns[] = [];
  #openReadings = 0;
  readonly #openReadingsMax: number;
  #alarms: AlarmEvent[] = [];
  #uplink: "live" | "down" = "down";
  #sealWanted: "no" | "as-usual" | "as-backlog" = "no";
  #sealedMonotonicMs: number;
  #committedMonotonicMs: number;
  #trouble: StorageTrouble | null = null;
  #stats: JournalStats;

  constructor(options: EngineOptions) {
    const { opened, heads, settings, clock, site, box } = options;
    this.#clock = clock;
    this.#settings = settings;
    this.#tables = openTables(opened.db);
    const life = this.#tables.life.read();
    this.epoch = life.epoch;
    this.#ageAtStartMs = life.ageMs;
    this.#startedAt = clock.now();
    this.#sealedMonotonicMs = this.#startedAt.monotonicMs;
    this.#committedMonotonicMs = Number.NEGATIVE_INFINITY;
    this.#pending = new PendingReadings(options.pendingReadingsMax ?? 2_000_000);
    this.#openReadingsMax = options.openReadingsMax ?? 1_000_000;
    this.#numbers = createPointNumbers(this.#tables.points, heads);
    this.#recorder = createRecorder({
      ...{ tables: this.#tables, mark: options.mark },
      sealer: createSealer({ site, box, epoch: life.epoch }, () => unknownClock),
      labelOf: this.#numbers.labelOf,
    });
    this.#retention = createRetention({
      tables: this.#tables,
      recorder: this.#recorder,
      settings,
      pagesMax: pagesMax(settings.maxSizeBytes),
    });
    this.#outbox = createOutboxReader({
      tables: this.#tables,
      recorder: this.#recorder,
      transaction: (work) => this.#transaction(false, work),
    });
    this.#recovered = recover(this.#tables, {
      movedAside: opened.movedAside,
      startedAt: this.#startedAt,
    });
    this.#stats = readStats(this.#tables, { pendingReadings: 0, trouble: null });
  }

  /** Takes readings (positions of the point list; the arrays become the engine's) for the next commit. */
  append(columns: ReadingColumns): void {
    if (columns.points.length === 0) return;
    this.#numbers.toNumbers(columns);
    this.#pending.add(columns);
  }

  /** Readings that somebody before the engine had to drop; keys are positions. */
  dropped(drops: Drops): void {
    const { toNumber } = this.#numbers;
    const points = new Map([...drops.points].map(([at, lost]) => [toNumber(at), lost]));
    this.#pending.drop({ ...drops, points });
  }

  /** Takes alarm events for the next commit, which should follow at once. False: too many wait already. */
  raise(events: readonly AlarmEvent[]): boolean {
    if (this.#alarms.length + events.length > pendingAlarmsMax) return false;
    this.#alarms.push(...events);
    return true;
  }

  uplinkIs(state: "live" | "down"): void {
    if (state === this.#uplink) return;
    // What was gathered while the uplink was down is backlog, even if sealed a moment later.
    this.#sealWanted = state === "live" ? "as-backlog" : "no";
    this.#uplink = state;
  }

  /** The next commit seals all that waits. */
  sealSoon(): void {
    if (this.#sealWanted === "no") this.#sealWanted = "as-usual";
  }

  /**
   * Commits all that was taken, seals when it is time, and tidies up a little. After a failure nothing
   * was changed: call again. Never throws for trouble of the disk.
   */
  commit(): Result<Committed, StorageTrouble> {
    const outcome = this.#commitMakingRoom(false);
    this.#trouble = outcome.ok ? null : outcome.error;
    for (let step = 0; outcome.ok && step < retentionStepsMax; step += 1) {
      const more = this.#tidy(false);
      if (!more.ok || !more.value) break;
    }
    return outcome;
  }

  /** Last commit: everything sealed, the stop marked as clean. The engine is not used after this. */
  close(): Result<Committed, StorageTrouble> {
    const last = this.#commitMakingRoom(true);
    this.#tables.db.close();
    return last;
  }

  standing(): readonly StandingAlarm[] {
    return this.#tables.alarms.standing();
  }

  /** While the file cannot be read: the figures read last, with the trouble named. */
  stats(): JournalStats {
    const memory = { pendingReadings: this.#pending.readings };
    try {
      this.#stats = readStats(this.#tables, { ...memory, trouble: this.#trouble?.message ?? null });
    } catch (error) {
      this.#stats = { ...this.#stats, ...memory, trouble: storageTrouble(error).message };
    }
    return this.#stats;
  }

  /** As `Outbox.next`. Damaged records met on the way are declared lost instead of given out. */
  next(request: Parameters<Outbox["next"]>[0]): Result<readonly SealedRecord[], StorageTrouble> {
    return this.#outbox.next(request);
  }

  /** As `Outbox.delivered`. */
  delivered(ranges: readonly SeqRange[]): Result<number, StorageTrouble> {
    return this.#outbox.delivered(ranges);
  }

  #commitMakingRoom(isClosing: boolean): Result<Committed, StorageTrouble> {
    let outcome = this.#commit(isClosing);
    for (let step = 0; isFull(outcome) && step < retentionStepsMax; step += 1) {
      const room = this.#tidy(true);
      if (!room.ok || !room.value) break;
      outcome = this.#commit(isClosing);
    }
    return outcome;
  }

  #commit(isClosing: boolean): Result<Committed, StorageTrouble> {
    try {
      return this.#commitUnguarded(isClosing);
    } catch (error) {
      return fail(storageTrouble(error));
    }
  }

  #commitUnguarded(isClosing: boolean): Result<Committed, StorageTrouble> {
    const now = this.#clock.monotonicMs();
    const isSealing = isClosing || this.#isSealDue(now);
    const hasWork =
      this.#recovered !== null ||
      this.#pending.readings > 0 ||
      this.#pending.drops !== null ||
      this.#alarms.length > 0 ||
      (isSealing && this.#openReadings > 0) ||
      this.#isGapDue();
    const isAliveDue = isClosing || now - this.#committedMonotonicMs >= aliveEveryMs;
    if (!hasWork && !isAliveDue) return ok({ lanes: new Set() });
    const written = this.#transaction(isClosing, (draft) => this.#write(draft, isSealing));
    if (!written.ok) return written;
    if (isSealing) {
      this.#open = [];
      this.#openReadings = 0;
      this.#sealedMonotonicMs = now;
      this.#sealWanted = "no";
    } else {
      this.#open.push(...this.#pending.parts);
      this.#openReadings += this.#pending.readings;
    }
    this.#pending.clear();
    this.#alarms = [];
    this.#recovered = null;
    this.#committedMonotonicMs = now;
    return ok({ lanes: written.value });
  }

  /** Within the transaction; changes nothing in memory. */
  #write(draft: Draft, isSealing: boolean): ReadonlySet<Lane> {
    const isLive = this.#uplink === "live" && this.#sealWanted !== "as-backlog";
    writeCommit(draft, {
      tables: this.#tables,
      recorder: this.#recorder,
      tagOf: this.#numbers.tagOf,
      recovered: this.#recovered,
      pending: this.#pending,
      open: this.#open,
      alarms: this.#alarms,
      sealInto: isSealing ? (isLive ? "live" : "backlog") : null,
      isGapDue: this.#isGapDue(),
    });
    return draft.lanes;
  }

  #isSealDue(nowMs: number): boolean {
    const { liveEveryMs, backlogEveryMs } = this.#settings;
    const everyMs = this.#uplink === "live" ? liveEveryMs : backlogEveryMs;
    return (
      this.#sealWanted !== "no" ||
      this.#openReadings + this.#pending.readings >= this.#openReadingsMax ||
      nowMs - this.#sealedMonotonicMs >= everyMs - earlyMs
    );
  }

  #isGapDue(): boolean {
    const head = this.#tables.openGap.head();
    if (head === null) return false;
    const ageMs = this.#ageMs(this.#clock.now()) - head.sinceAgeMs;
    return this.#uplink === "live" || ageMs >= openGapMsMax || head.ranges >= openGapRangesMax;
  }

  #tidy(isFull: boolean): Result<boolean, StorageTrouble> {
    const at = this.#clock.now();
    try {
      return this.#retention.step({ at, ageMs: this.#ageMs(at), isFull });
    } catch (error) {
      return fail(storageTrouble(error));
    }
  }

  #transaction<T>(isClean: boolean, work: (draft: Draft) => T): Result<T, StorageTrouble> {
    const at = this.#clock.now();
    return this.#recorder.transaction({ at, ageMs: this.#ageMs(at), isClean }, work);
  }

  #ageMs({ monotonicMs }: Instant): number {
    return this.#ageAtStartMs + monotonicMs - this.#startedAt.monotonicMs;
  }
}

/** Until the agent learns what disciplines its clock. */
const unknownClock: ClockState = { source: "system", state: "unknown", offsetMs: null };
