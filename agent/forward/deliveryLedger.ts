/** What became of each record that was sent and is not yet delivered (pure). */

import type { Lane, SealedRecord, SeqRange } from "../records.ts";
import { isUrgent, sendingOrder } from "./sendOrder.ts";
import type { Owed, TrustMark } from "./trustWindow.ts";

/**
 * - `flying`: handed to the connection, the broker has not answered.
 * - `held`: the broker has it, the platform has not said so.
 * - `due`: to be sent again.
 * - `aside`: refused or suspected of breaking connections; due again later, so that it stops nobody.
 * - `confirmed`: known to be delivered, the journal is being told.
 */
type Stage = "flying" | "held" | "due" | "aside" | "confirmed";

interface Entry {
  readonly seq: number;
  readonly lane: Lane;
  stage: Stage;
  /** Of `held` and `aside`: when it is due again. */
  untilMs: number;
  sendings: number;
  /** Connections that broke while it was flying, in a row. */
  strikes: number;
  sizeBytes: number;
  mark: TrustMark | null;
}

/** A record that the platform now holds. */
export interface Confirmed {
  readonly seq: number;
  /** Of its newest sending, while that awaited an answer; bulk only. */
  readonly mark: TrustMark | null;
}

/** A record confirmed by nobody is sent again ever more rarely, down to this many times the ack time-out. */
const rarerTimesMax = 8;
/** An alarm is small and urgent: its first repetition does not wait longer than this. */
const alarmWaitMs = 5_000;
/** So many broken connections in a row make a record suspect. */
const strikesMax = 3;
const suspectMs = 60_000;

export class DeliveryLedger {
  readonly #entries = new Map<number, Entry>();
  readonly #ackTimeoutMs: number;
  readonly #refused = new Set<number>();
  readonly #due = Object.fromEntries(sendingOrder.map((lane) => [lane, 0])) as Record<Lane, number>;
  #bulk = 0;
  #owed = 0;
  readonly #owedBulk = { records: 0, bytes: 0 };

  constructor(ackTimeoutMs: number) {
    this.#ackTimeoutMs = ackTimeoutMs;
  }

  /** Records known, and those of them that are bulk: the owner bounds both. */
  get size(): number {
    return this.#entries.size;
  }
  get bulkSize(): number {
    return this.#bulk;
  }

  /** Whether something was sent that nobody has answered for. */
  get isOwed(): boolean {
    return this.#owed > 0;
  }

  /** Bulk that was sent and that nobody has answered for. */
  get owedBulk(): Owed {
    return this.#owedBulk;
  }

  /** Whether the broker has refused records that are still kept. */
  get hasRefused(): boolean {
    return this.#refused.size > 0;
  }

  isNew(seq: number): boolean {
    return !this.#entries.has(seq);
  }

  isDue(seq: number): boolean {
    return this.#entries.get(seq)?.stage === "due";
  }

  hasDue(lane: Lane): boolean {
    return this.#due[lane] > 0;
  }

  /** Returns how often it has been sent now: 1 the first time. */
  launch(record: Pick<SealedRecord, "seq" | "lane" | "bytes">): number {
    const entry = this.#entries.get(record.seq) ?? this.#enter(record);
    entry.sizeBytes = record.bytes.byteLength;
    this.#move(entry, "flying");
    entry.sendings += 1;
    return entry.sendings;
  }

  /** Comes back with the confirmation. */
  mark(seq: number, mark: TrustMark): void {
    const entry = this.#flying(seq);
    if (entry !== undefined) entry.mark = mark;
  }

  #enter({ seq, lane }: Pick<SealedRecord, "seq" | "lane">): Entry {
    const sent = { untilMs: 0, sendings: 0, strikes: 0, sizeBytes: 0, mark: null };
    const entry: Entry = { seq, lane, stage: "aside", ...sent };
    this.#entries.set(seq, entry);
    if (!isUrgent(lane)) this.#bulk += 1;
    return entry;
  }

  #move(entry: Entry, stage: Stage): void {
    this.#due[entry.lane] += Number(stage === "due") - Number(entry.stage === "due");
    const owed = Number(isOwed(stage)) - Number(isOwed(entry.stage));
    this.#owed += owed;
    if (!isUrgent(entry.lane)) {
      this.#owedBulk.records += owed;
      this.#owedBulk.bytes += owed * entry.sizeBytes;
    }
    if (!isOwed(stage) && stage !== "confirmed") entry.mark = null;
    entry.stage = stage;
  }

  /** The broker took it. */
  taken(seq: number, nowMs: number): void {
    const entry = this.#flying(seq);
    if (entry === undefined) return;
    const firstMs =
      entry.lane === "alarm" ? Math.min(alarmWaitMs, this.#ackTimeoutMs) : this.#ackTimeoutMs;
    const waitMs = firstMs * 2 ** Math.min(entry.sendings - 1, 30);
    entry.untilMs = nowMs + Math.min(waitMs, rarerTimesMax * this.#ackTimeoutMs);
    entry.strikes = 0;
    this.#refused.delete(seq);
    this.#move(entry, "held");
  }

  /** The connection ended while it was flying. */
  lost(seq: number, nowMs: number): void {
    const entry = this.#flying(seq);
    if (entry === undefined) return;
    entry.strikes += 1;
    if (entry.lane === "alarm" || entry.strikes < strikesMax) this.#move(entry, "due");
    else this.#putAside(entry, nowMs + suspectMs);
  }

  refused(seq: number, untilMs: number): void {
    const entry = this.#flying(seq);
    if (entry === undefined) return;
    this.#refused.add(seq);
    this.#putAside(entry, untilMs);
  }

  #putAside(entry: Entry, untilMs: number): void {
    entry.untilMs = untilMs;
    entry.strikes = 0;
    this.#move(entry, "aside");
  }

  #flying(seq: number): Entry | undefined {
    const entry = this.#entries.get(seq);
    return entry?.stage === "flying" ? entry : undefined;
  }

  /**
   * The platform holds these. Only records that we sent count: an ack can never delete what never left.
   * Returns the newly confirmed; they stay known until `forget`.
   */
  confirm(range: SeqRange): Confirmed[] {
    const confirmed: Confirmed[] = [];
    const take = (entry: Entry | undefined): void => {
      if (entry === undefined || entry.stage === "confirmed") return;
      this.#move(entry, "confirmed");
      this.#refused.delete(entry.seq);
      confirmed.push({ seq: entry.seq, mark: entry.mark });
    };
    if (range.to - range.from < this.#entries.size) {
      for (let seq = range.from; seq <= range.to; seq += 1) take(this.#entries.get(seq));
    } else {
      for (const entry of this.#entries.values()) {
        if (entry.seq >= range.from && entry.seq <= range.to) take(entry);
      }
    }
    return confirmed;
  }

  forget(seqs: Iterable<number>): void {
    for (const seq of seqs) {
      const entry = this.#entries.get(seq);
      if (entry === undefined) continue;
      this.#move(entry, "confirmed");
      this.#entries.delete(seq);
      this.#refused.delete(seq);
      if (!isUrgent(entry.lane)) this.#bulk -= 1;
    }
  }

  /** The journal was read from after `afterSeq` up to `toSeq`: what waits there and is not `present` has gone. */
  forgetAbsent(span: {
    readonly lane: Lane;
    readonly afterSeq: number;
    readonly toSeq: number;
    readonly present: ReadonlySet<number>;
  }): void {
    const gone: number[] = [];
    for (const { seq, lane, stage } of this.#entries.values()) {
      const isWaiting = stage === "due" || stage === "aside" || stage === "held";
      const isInside = lane === span.lane && seq > span.afterSeq && seq <= span.toSeq;
      if (isWaiting && isInside && !span.present.has(seq)) gone.push(seq);
    }
    this.forget(gone);
  }

  /** All held records of these lanes are due: after a reconnect the broker's word is worth nothing. */
  releaseHeld(lanes: readonly Lane[]): void {
    for (const entry of this.#entries.values()) {
      if (entry.stage === "held" && lanes.includes(entry.lane)) this.#move(entry, "due");
    }
  }

  /** The platform wants these again, whatever it was sent: what is held of them is due. */
  askedAgain(range: SeqRange): void {
    for (const entry of this.#entries.values()) {
      const isInside = entry.seq >= range.from && entry.seq <= range.to;
      if (entry.stage === "held" && isInside) this.#move(entry, "due");
    }
  }

  /** Whoever was silent speaks again: a moment to answer for all that is held, then it is due. */
  hurry(untilMs: number): void {
    for (const entry of this.#entries.values()) {
      if (entry.stage === "held") entry.untilMs = untilMs;
    }
  }

  /** Held too long, or aside long enough: due. `isSilent`: held ones stay, one `probe` asks for all. */
  release(nowMs: number, isSilent: boolean): void {
    for (const entry of this.#entries.values()) {
      const waits = entry.stage === "aside" || (entry.stage === "held" && !isSilent);
      if (waits && nowMs >= entry.untilMs) this.#move(entry, "due");
    }
  }

  /** Makes the one held record due whose answer is wanted most: the oldest alarm, else the oldest of all. */
  probe(): void {
    let best: Entry | undefined;
    for (const entry of this.#entries.values()) {
      if (entry.stage !== "held") continue;
      if (best === undefined || comesBefore(entry, best)) best = entry;
    }
    if (best !== undefined) this.#move(best, "due");
  }

  /** The smallest due number of a lane: where its reading must begin again. */
  firstDue(lane: Lane): number | null {
    if (!this.hasDue(lane)) return null;
    let first: number | null = null;
    for (const entry of this.#entries.values()) {
      if (entry.stage !== "due" || entry.lane !== lane) continue;
      if (first === null || entry.seq < first) first = entry.seq;
    }
    return first;
  }
}

function isOwed(stage: Stage): boolean {
  return stage === "flying" || stage === "held";
}

function comesBefore(a: Entry, b: Entry): boolean {
  const aIsAlarm = a.lane === "alarm";
  if (aIsAlarm !== (b.lane === "alarm")) return aIsAlarm;
  return a.seq < b.seq;
}
