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
  PointHead,
  SealedRecord,
  SeqRange,
  StandingAlarm,
} from "../records.ts";
import type { ClockState } from "../wire/envelope.ts";
import type { ReadingColumns } from "../wire/readingColumns.ts";
import { type OpenedDatabase, pagesMax } from "./database.ts";
import { damagedRowsGap, evictionGap, overloadGap, startGaps } from "./gaps.ts";
import { type StorageTrouble, storageTrouble } from "./journalError.ts";
import { type JournalStats, readStats } from "./journalStats.ts";
import type { Life } from "./lifeRow.ts";
import { type Drops, PendingReadings } from "./pendingReadings.ts";
import { createPointNumbers, type PointNumbers } from "./pointNumbers.ts";
import { createRecorder, type Draft, type Gap, type Recorder } from "./recorder.ts";
import type { RecordHead } from "./recordTable.ts";
import { createRetention, type Retention } from "./retention.ts";
import { createSealer } from "./sealing.ts";
import { openTables, type Tables } from "./tables.ts";

export interface JournalSettings {
  readonly maxSizeBytes: number;
  readonly keepReadingsMs: number;
  readonly keepAlarmsMs: number;
  readonly liveEveryMs: number;
  readonly backlogEveryMs: number;
}

export interface EngineOptions {
  readonly opened: OpenedDatabase;
  readonly site: string;
  readonly box: string;
  readonly heads: readonly PointHead[];
  readonly settings: JournalSettings;
  readonly clock: Clock;
  /** Readings kept in memory while the disk refuses them. */
  readonly pendingReadingsMax?: number;
  /** Committed readings are sealed at this many, whatever the interval says: bounds memory. */
  readonly openReadingsMax?: number;
}

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

/** What one commit did. */
export interface Committed {
  /** Lanes that got a record. */
  readonly lanes: ReadonlySet<Lane>;
}

type Recovered = { readonly parts: readonly ReadingColumns[]; readonly gaps: readonly Gap[] };

export class Engine {
  readonly epoch: string;
  readonly #clock: Clock;
  readonly #settings: JournalSettings;
  readonly #tables: Tables;
  readonly #numbers: PointNumbers;
  readonly #recorder: Recorder;
  readonly #retention: Retention;
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
  #isSealWanted = false;
  #sealedMonotonicMs: number;
  #committedMonotonicMs: number;
  #trouble: StorageTrouble | null = null;

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
    const sender = { site, box, epoch: life.epoch };
    this.#recorder = createRecorder({
      tables: this.#tables,
      sealer: createSealer(sender, () => unknownClock),
      labelOf: this.#numbers.labelOf,
    });
    this.#retention = createRetention({
      tables: this.#tables,
      recorder: this.#recorder,
      settings,
      pagesMax: pagesMax(settings.maxSizeBytes),
    });
    this.#recovered = this.#recover(life, opened.movedAside);
  }

  /** Takes readings (positions of the point list; the arrays become the engine's) for the next commit. */
  append(columns: ReadingColumns): void {
    if (columns.points.length === 0) return;
    this.#numbers.toNumbers(columns);
    this.#pending.add(columns);
  }

  /** Readings that somebody before the engine had to drop; keys are positions. */
  dropped(drops: Drops): void {
    const points = new Map(
      [...drops.points].map(([position, lost]) => [this.#numbers.toNumber(position), lost]),
    );
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
    this.#isSealWanted = state === "live";
    this.#uplink = state;
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
    const outcome = this.#commitMakingRoom(true);
    this.#tables.db.close();
    return outcome;
  }

  standing(): readonly StandingAlarm[] {
    return this.#tables.alarms.standing();
  }

  stats(): JournalStats {
    return readStats(this.#tables, {
      pendingReadings: this.#pending.readings,
      trouble: this.#trouble?.message ?? null,
    });
  }

  /** As `Outbox.next`. Damaged records met on the way are declared lost instead of given out. */
  next(request: Parameters<Outbox["next"]>[0]): Result<readonly SealedRecord[], StorageTrouble> {
    const { records } = this.#tables;
    const found: SealedRecord[] = [];
    const damaged: RecordHead[] = [];
    try {
      let { afterSeq } = request;
      let sizeBytes = 0;
      while (found.length === 0) {
        const limit = request.maxRecords;
        const heads = records.waiting({ lane: request.lane, afterSeq, limit });
        if (heads.length === 0) break;
        for (const head of heads) {
          afterSeq = head.seq;
          sizeBytes += head.size;
          if (found.length > 0 && sizeBytes > request.maxBytes) break;
          const bytes = records.sound(head);
          if (bytes === null) damaged.push(head);
          else found.push(sealedRecord(head, bytes));
        }
      }
    } catch (error) {
      return fail(storageTrouble(error));
    }
    if (damaged.length > 0) {
      this.#transaction(false, (draft) => {
        for (const head of damaged) this.#recorder.damaged(draft, head);
      });
    }
    return ok(found);
  }

  /** As `Outbox.delivered`. */
  delivered(ranges: readonly SeqRange[]): Result<number, StorageTrouble> {
    const { records, account } = this.#tables;
    return this.#transaction(false, ({ ageMs }) => {
      let marked = 0;
      for (const range of ranges) {
        for (const { kind, readings } of records.deliver(range, ageMs)) {
          account.add(kind, { delivered: kind === "readings" ? readings : 1 });
          marked += 1;
        }
      }
      return marked;
    });
  }

  #recover(life: Life, movedAside: OpenedDatabase["movedAside"]): Recovered {
    const { parts, damagedReadings } = this.#tables.openRows.readAll();
    const gaps = startGaps({ life, movedAside, startedAt: this.#startedAt });
    if (damagedReadings > 0) {
      gaps.push(damagedRowsGap({ lost: damagedReadings, life, startedAt: this.#startedAt }));
    }
    return { parts, gaps };
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
    const isAliveDue = now - this.#committedMonotonicMs >= aliveEveryMs;
    if (!hasWork && !isAliveDue && !isClosing) return ok({ lanes: new Set() });
    const written = this.#transaction(isClosing, (draft) => this.#write(draft, isSealing));
    if (!written.ok) return written;
    if (isSealing) {
      this.#open = [];
      this.#openReadings = 0;
      this.#sealedMonotonicMs = now;
      this.#isSealWanted = false;
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
    const { account, openRows } = this.#tables;
    if (this.#recovered !== null) this.#writeRecovered(draft, this.#recovered);
    const { parts, readings, drops } = this.#pending;
    if (drops !== null) {
      account.add("readings", { made: drops.lost, lost: drops.lost });
      this.#recorder.gap(draft, overloadGap(drops, this.#numbers.tagOf));
    }
    if (readings > 0) account.add("readings", { made: readings });
    if (isSealing) {
      // First, so that the sealed records may use the room of what they replace.
      openRows.clear();
      const isLive = this.#uplink === "live" && !this.#isSealWanted;
      this.#recorder.readings(draft, [...this.#open, ...parts], isLive ? "live" : "backlog");
    } else if (readings > 0) openRows.insert(parts, readings);
    for (const event of this.#alarms) this.#recorder.alarm(draft, event);
    if (this.#isGapDue()) {
      const gap = this.#tables.openGap.read();
      if (gap !== null) this.#recorder.gap(draft, evictionGap(gap, draft.at));
      this.#tables.openGap.clear();
    }
    return draft.lanes;
  }

  /** Sealed apart: its monotonic times may be of another boot. */
  #writeRecovered(draft: Draft, { parts, gaps }: Recovered): void {
    this.#tables.openRows.clear();
    for (const gap of gaps) {
      if (gap.lost > 0) this.#tables.account.add("readings", { lost: gap.lost });
      this.#recorder.gap(draft, gap);
    }
    this.#recorder.readings(draft, parts, "backlog");
  }

  #isSealDue(nowMs: number): boolean {
    const { liveEveryMs, backlogEveryMs } = this.#settings;
    const everyMs = this.#uplink === "live" ? liveEveryMs : backlogEveryMs;
    return (
      this.#isSealWanted ||
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

function sealedRecord(head: RecordHead, bytes: Uint8Array): SealedRecord {
  const { seq, kind, lane, readings, encoding } = head;
  return { seq, kind, lane, readings, bytes, encoding };
}

function isFull(outcome: Result<unknown, StorageTrouble>): boolean {
  return !outcome.ok && outcome.error.kind === "full";
}
