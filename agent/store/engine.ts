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
import type { AlarmEvent, StandingAlarm } from "../alarmRecords.ts";
import type { BoxEvent, Lane, Outbox } from "../records.ts";
import { type ClockState, unknownClock } from "../wire/envelope.ts";
import type { ReadingColumns } from "../wire/readingColumns.ts";
import { type BackgroundWork, createBackgroundWork } from "./backgroundWork.ts";
import { type Committed, type Recovered, recover, writeCommit } from "./commitWork.ts";
import type { EngineOptions } from "./engineOptions.ts";
import { createEvidenceKeeper, type EvidenceKeeper } from "./evidenceKeeper.ts";
import { dropReason, isGapDue } from "./gaps.ts";
import { type StorageTrouble, storageTrouble } from "./journalError.ts";
import { type JournalStats, readStats } from "./journalStats.ts";
import { createOutboxReader, type OutboxReader } from "./outboxReader.ts";
import { type Drops, PendingReadings } from "./pendingReadings.ts";
import { createPointNumbers, type PointNumbers } from "./pointNumbers.ts";
import { createRecorder, type Draft, type Recorder } from "./recorder.ts";
import { createRoom, type Room } from "./room.ts";
import { createSealer } from "./sealing.ts";
import { SealTiming } from "./sealTiming.ts";
import { openTables, type Tables } from "./tables.ts";

/** Alarms and events kept in memory while the disk refuses them. */
const pendingAlarmsMax = 100_000;
/** With nothing to store, the mark "alive at" is still written this often. */
const aliveEveryMs = 10_000;
/** A refused commit is tried again so often, as long as there is something that may help: an alarm must get in. */
const triesMax = 64;

export class Engine {
  readonly epoch: string;
  readonly evidence: EvidenceKeeper;
  readonly #clock: Clock;
  readonly #tables: Tables;
  readonly #numbers: PointNumbers;
  readonly #recorder: Recorder;
  readonly #room: Room;
  readonly #outbox: OutboxReader;
  readonly #background: BackgroundWork;
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
  #events: BoxEvent[] = [];
  #clockState: ClockState = unknownClock;
  readonly #timing: SealTiming;
  #committedMonotonicMs: number;
  #trouble: StorageTrouble | null = null;
  #stopper: string | null = null;
  #stats: JournalStats;

  constructor(options: EngineOptions & { readonly boot?: string | null }) {
    const { opened, heads, settings, clock, site, box } = options;
    this.#clock = clock;
    this.#tables = openTables(opened.db);
    const life = this.#tables.life.read();
    this.epoch = life.epoch;
    this.#ageAtStartMs = life.ageMs;
    this.#startedAt = clock.now();
    this.#timing = new SealTiming({ ...settings, nowMs: this.#startedAt.monotonicMs });
    this.#committedMonotonicMs = Number.NEGATIVE_INFINITY;
    this.#pending = new PendingReadings(options.pendingReadingsMax ?? 2_000_000);
    this.#openReadingsMax = options.openReadingsMax ?? 1_000_000;
    this.#numbers = createPointNumbers(this.#tables.points, heads);
    // What the life before left behind may be of an earlier boot.
    const boot = (): string | null => (this.#recovered === null ? (options.boot ?? null) : null);
    this.#recorder = createRecorder({
      ...{ tables: this.#tables, mark: options.mark },
      sealer: createSealer({ site, box, epoch: life.epoch, boot }, () => this.#clockState),
      labelOf: this.#numbers.labelOf,
    });
    const sender = { site, box, epoch: life.epoch };
    const parts = { tables: this.#tables, recorder: this.#recorder, sender, settings };
    this.#room = createRoom(parts);
    const written = {
      ...{ tables: this.#tables, recorder: this.#recorder },
      transaction: <T>(work: (draft: Draft) => T) => this.#transaction(false, work),
    };
    this.#outbox = createOutboxReader(written);
    this.evidence = createEvidenceKeeper(written);
    this.#background = createBackgroundWork({
      ...{ ...parts, numbers: this.#numbers, mark: options.mark },
    });
    const startedAt = this.#startedAt;
    const { movedAside } = opened;
    const { skipped = null } = options;
    this.#recovered = recover(this.#tables, { movedAside, startedAt, skipped });
    const { figures: check } = this.#background;
    this.#stats = readStats(this.#tables, { pendingReadings: 0, trouble: null, check });
  }

  /** Takes readings (positions of the point list; the arrays become the engine's) for the next commit. */
  append(columns: ReadingColumns): void {
    if (columns.points.length === 0) return;
    this.#numbers.toNumbers(columns);
    this.#pending.add(columns, dropReason(this.#trouble));
  }

  /** Readings that somebody before the engine had to drop; keys are positions. */
  dropped(drops: Drops): void {
    const points = this.#numbers.numbered(drops.points);
    this.#pending.drop({ ...drops, points }, dropReason(this.#trouble));
  }

  /** Takes alarm events for the next commit, which should follow at once. False: too many wait already. */
  raise(events: readonly AlarmEvent[]): boolean {
    if (this.#alarms.length + events.length > pendingAlarmsMax) return false;
    this.#alarms.push(...events);
    return true;
  }

  /** Takes an event of the box for the next commit, which should follow at once. False: too many wait already. */
  note(event: BoxEvent): boolean {
    if (this.#events.length >= pendingAlarmsMax) return false;
    this.#events.push(event);
    return true;
  }

  uplinkIs(state: "live" | "down"): void {
    this.#timing.uplinkIs(state);
  }

  /** What every record sealed from now on says about the clock that stamped it. */
  clockIs(state: ClockState): void {
    this.#clockState = state;
  }

  /** Told when the next agent starts; the stop should follow. */
  stoppedBy(who: string): void {
    this.#stopper = who;
  }

  /** The next commit seals all that waits. */
  sealSoon(): void {
    this.#timing.sealSoon();
  }

  /**
   * Commits all that was taken, seals when it is time, and tidies up a little. After a failure nothing
   * was changed: call again. Never throws for trouble of the disk.
   */
  commit(): Result<Committed, StorageTrouble> {
    const outcome = this.#commitMakingRoom(false);
    this.#trouble = outcome.ok ? null : outcome.error;
    if (outcome.ok) this.#room.tidy(this.#moment());
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
    const { figures: check } = this.#background;
    const memory = { pendingReadings: this.#pending.readings, check };
    try {
      this.#stats = readStats(this.#tables, { ...memory, trouble: this.#trouble?.message ?? null });
    } catch (error) {
      this.#stats = { ...this.#stats, ...memory, trouble: storageTrouble(error).message };
    }
    return this.#stats;
  }

  /** As `Outbox.next`. Damaged records met on the way are declared lost instead of given out. */
  next(request: Parameters<Outbox["next"]>[0]): ReturnType<OutboxReader["next"]> {
    return this.#outbox.next(request);
  }

  /** As `Outbox.delivered`. */
  delivered(ranges: Parameters<Outbox["delivered"]>[0]): Result<number, StorageTrouble> {
    return this.#outbox.delivered(ranges);
  }

  /** As `Outbox.sendAgain`. */
  sendAgain(ranges: Parameters<Outbox["delivered"]>[0]): ReturnType<OutboxReader["sendAgain"]> {
    return this.#outbox.sendAgain(ranges);
  }

  /** One step of salvage or of the check; true: more at once. Trouble `damaged` ends this journal's life. */
  background(): Result<boolean, StorageTrouble> {
    const when = this.#moment();
    const done = this.#background.step(when);
    return !done.ok && this.#room.make(done.error, when) ? ok(true) : done;
  }

  #commitMakingRoom(isClosing: boolean): Result<Committed, StorageTrouble> {
    let outcome = this.#commit(isClosing);
    for (let tried = 1; !outcome.ok && tried <= triesMax; tried += 1) {
      if (!this.#room.make(outcome.error, this.#moment())) break;
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
      this.#pending.drops.length > 0 ||
      this.#alarms.length + this.#events.length > 0 ||
      (isSealing && this.#openReadings > 0) ||
      this.#isGapDue();
    const isAliveDue = isClosing || now - this.#committedMonotonicMs >= aliveEveryMs;
    if (!hasWork && !isAliveDue) return ok({ lanes: new Set() });
    const written = this.#transaction(isClosing, (draft) => {
      const lanes = this.#write(draft, isSealing);
      if (isClosing && this.#stopper !== null) this.#tables.stop.write(this.#stopper);
      return lanes;
    });
    if (!written.ok) return written;
    if (isSealing) {
      this.#open = [];
      this.#openReadings = 0;
      this.#timing.sealed(now);
    } else {
      this.#open.push(...this.#pending.parts);
      this.#openReadings += this.#pending.readings;
    }
    this.#pending.clear();
    this.#alarms = [];
    this.#events = [];
    this.#recovered = null;
    this.#committedMonotonicMs = now;
    return ok({ lanes: written.value });
  }

  /** Within the transaction; changes nothing in memory. */
  #write(draft: Draft, isSealing: boolean): ReadonlySet<Lane> {
    writeCommit(draft, {
      tables: this.#tables,
      recorder: this.#recorder,
      tagOf: this.#numbers.tagOf,
      recovered: this.#recovered,
      pending: this.#pending,
      open: this.#open,
      alarms: this.#alarms,
      events: this.#events,
      sealInto: isSealing ? this.#timing.lane : null,
      isGapDue: this.#isGapDue(),
    });
    return draft.lanes;
  }

  #isSealDue(nowMs: number): boolean {
    const isTooMuch = this.#openReadings + this.#pending.readings >= this.#openReadingsMax;
    return isTooMuch || this.#timing.isDue(nowMs);
  }

  #isGapDue(): boolean {
    const now = { ageMs: this.#moment().ageMs, isLive: this.#timing.isLive };
    return this.#tables.openGap.heads().some((head) => isGapDue(head, now));
  }

  #transaction<T>(isClean: boolean, work: (draft: Draft) => T): Result<T, StorageTrouble> {
    return this.#recorder.transaction({ ...this.#moment(), isClean }, work);
  }

  #moment(): { readonly at: Instant; readonly ageMs: number } {
    const at = this.#clock.now();
    return { at, ageMs: this.#ageAtStartMs + at.monotonicMs - this.#startedAt.monotonicMs };
  }
}
