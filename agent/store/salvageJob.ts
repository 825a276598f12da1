/**
 * Carries over what is sound in one journal that was moved aside:
 * 1. survey: heads of records are gathered from every page (in memory; begun anew after a restart);
 * 2. records: every payload found whose checksum fits one of these heads gets a new number here, in the very
 *    transaction that notes how far the salvage has come, so that a kill neither loses nor doubles one;
 * 3. rows: seconds that were not yet sealed are sealed as backlog;
 * 4. sum: the numbers that will not come are declared, and how many readings that is.
 */

import { ok, type Result } from "../../config/words/result.ts";
import type { Instant } from "../../config/words/time.ts";
import { HeldRanges } from "../wire/heldRanges.ts";
import type { ReadingColumns } from "../wire/readingColumns.ts";
import type { StorageTrouble } from "./journalError.ts";
import type { Draft, Recorder } from "./recorder.ts";
import { deliveredAgeMin } from "./recordTable.ts";
import { type Books, type DeliverableHead, openBooks } from "./salvageBooks.ts";
import { carriedPayload, headOf, type SoundRecord, soundRecord } from "./salvageCarry.ts";
import { SalvageLedger } from "./salvageLedger.ts";
import { type Cell, fieldsOf, openPages, type Pages } from "./salvagePages.ts";
import { numbersOf, renumbered } from "./salvageRows.ts";
import { concluded } from "./salvageSum.ts";
import type { SalvageRow, SalvageState, SalvageTable } from "./salvageTable.ts";
import type { Sender } from "./sealing.ts";
import type { Tables } from "./tables.ts";

export interface SalvageTools {
  readonly tables: Tables;
  readonly table: SalvageTable;
  readonly recorder: Recorder;
  /** Seals readings of the life before. */
  readonly rowRecorder: Recorder;
  readonly sender: Sender;
  readonly keepAlarmsMs: number;
}

export interface When {
  readonly at: Instant;
  readonly ageMs: number;
}

/** Bounds of one step. */
const stepImages = 64;
const stepRecords = 32;
const stepBytes = 1024 * 1024;
const stepReadings = 20_000;
const stepNumbers = 10_000;
/** Columns of `record` in format 2 and 1, and of `payload`. */
const headColumns = [12, 10];
const payloadColumns = 2;

export class SalvageJob implements Disposable {
  readonly path: string;
  readonly #tools: SalvageTools;
  readonly #row: SalvageRow;
  readonly #pages: Pages;
  readonly #books: Books;
  /** Heads of what may have to be carried over. */
  readonly #heads = new Map<number, DeliverableHead[]>();
  readonly #delivered = new HeldRanges();
  #ledger: SalvageLedger;
  #state: SalvageState;
  #surveyed = 0;
  /** First number not yet looked up; 0: open rows come first. */
  #summed = 0;
  #nextSeq: number;

  constructor(tools: SalvageTools, of: { readonly row: SalvageRow; readonly path: string }) {
    const { row, path } = of;
    this.path = path;
    this.#tools = tools;
    this.#books = openBooks(path);
    this.#pages = openPages(path);
    this.#row = { ...row, epoch: row.epoch ?? this.#books.epoch };
    this.#state = row.state;
    this.#ledger = new SalvageLedger(row.state);
    this.#nextSeq = Math.max(this.#books.nextSeq, row.nextSeq);
  }

  get isDone(): boolean {
    return this.#state.phase === "done";
  }

  step(when: When): Result<void, StorageTrouble> {
    if (this.#state.phase === "records") {
      if (this.#surveyed >= this.#pages.images) return this.#records(when);
      this.#survey();
      return ok(undefined);
    }
    return this.#summed === 0 ? this.#rows(when) : this.#sum(when);
  }

  [Symbol.dispose](): void {
    this.#pages[Symbol.dispose]();
    this.#books[Symbol.dispose]();
  }

  #survey(): void {
    const keptSinceAgeMs = this.#books.ageMs - this.#tools.keepAlarmsMs;
    const end = Math.min(this.#pages.images, this.#surveyed + stepImages);
    for (; this.#surveyed < end; this.#surveyed += 1) {
      for (const cell of this.#pages.cells(this.#surveyed)) {
        const head = headIn(cell);
        if (head === null || !isWanted(head, keptSinceAgeMs)) continue;
        this.#heads.set(head.seq, [...(this.#heads.get(head.seq) ?? []), head]);
      }
    }
  }

  #records(when: When): Result<void, StorageTrouble> {
    const { found, at } = this.#gathered();
    const isEnd = at >= this.#pages.images;
    if (found.length === 0 && !isEnd) {
      this.#state = { ...this.#state, at };
      return ok(undefined);
    }
    const place = isEnd ? ({ phase: "rows", at: 0 } as const) : ({ phase: "records", at } as const);
    const ledger = this.#ledger.copy();
    const done = this.#save(when, (draft) => {
      const taken = found.filter((sound) => this.#carry(draft, sound));
      for (const sound of taken) ledger.add(sound, this.#books.epoch);
      return { ...place, ...ledger.state, ...this.#counted(taken) };
    });
    if (done.ok) this.#ledger = ledger;
    return done;
  }

  /** The sound records of the next images, as many as a step may carry. */
  #gathered(): { readonly found: readonly SoundRecord[]; readonly at: number } {
    const found: SoundRecord[] = [];
    let { at } = this.#state;
    let bytes = 0;
    const end = Math.min(this.#pages.images, at + stepImages);
    for (; at < end && found.length < stepRecords && bytes < stepBytes; at += 1) {
      for (const cell of this.#pages.cells(at)) {
        const sound = this.#soundIn(cell);
        if (sound === null || this.#ledger.has(sound) || found.some(isSame(sound))) continue;
        found.push(sound);
        bytes += sound.body.length;
      }
    }
    return { found, at };
  }

  #soundIn(cell: Cell): SoundRecord | null {
    const seq = cell.rowid;
    const known = this.#heads.get(seq);
    if (known === undefined) return null;
    for (const payload of this.#pages.payloads(cell)) {
      const bytes = fieldsOf(payload, payloadColumns)?.[1];
      if (!(bytes instanceof Uint8Array)) continue;
      const shown = this.#books.headOf(seq);
      const heads = shown === null ? known : [shown, ...known];
      const sound = soundRecord(heads, bytes, this.#tools.sender);
      if (sound === null) continue;
      if (sound.identity.epoch !== this.#books.epoch) return sound;
      // Long gone there; its page was only not used again.
      if (shown === null && this.#books.gone.has(seq)) return null;
      return isWithReceiver(sound) ? null : sound;
    }
    return null;
  }

  #carry(draft: Draft, sound: SoundRecord): boolean {
    const { tables, sender } = this.#tools;
    const { kind, readings, from_wall, to_wall, thinned } = sound.head;
    const seq = draft.nextSeq;
    const payload = carriedPayload(sound, { sender, seq });
    if (payload === null) return false;
    // What has been live is so no longer.
    const lane = kind === "readings" ? "backlog" : sound.head.lane;
    const span = { fromWallMs: from_wall, toWallMs: to_wall, sealedAgeMs: draft.ageMs };
    tables.records.insert({ seq, kind, lane, readings, thinned, ...span, ...payload });
    tables.account.add(kind, { made: kind === "readings" ? readings : 1 });
    draft.nextSeq += 1;
    draft.lanes.add(lane);
    return true;
  }

  #counted(
    taken: readonly SoundRecord[],
  ): Pick<SalvageState, "records" | "alarms" | "events" | "readings"> {
    let { records, alarms, events, readings } = this.#state;
    for (const { head, identity } of taken) {
      records += 1;
      alarms += Number(head.kind === "alarm");
      events += Number(head.kind === "event");
      const isOfEpoch = head.kind === "readings" && identity.epoch === this.#books.epoch;
      readings += isOfEpoch ? head.readings : 0;
    }
    return { records, alarms, events, readings };
  }

  #rows(when: When): Result<void, StorageTrouble> {
    const { tables, rowRecorder } = this.#tools;
    const numbers = numbersOf(this.#books, tables);
    const parts: ReadingColumns[] = [];
    let { at, readings: total } = this.#state;
    const before = total;
    let row = this.#areRowsSealed() ? null : this.#books.openRowAfter(at);
    for (; row !== null && total - before < stepReadings; row = this.#books.openRowAfter(at)) {
      at = row.id;
      const columns = row.columns === null ? null : renumbered(row.columns, numbers);
      if (columns === null) continue;
      parts.push(columns);
      total += columns.points.length;
    }
    const done = this.#save(when, (draft) => {
      tables.account.add("readings", { made: total - before });
      rowRecorder.readings(draft, parts, "backlog");
      return { at, readings: total };
    });
    if (done.ok && row === null) this.#summed = 1;
    return done;
  }

  /** Records sealed after what SQLite shows have taken its open rows with them. */
  #areRowsSealed(): boolean {
    const carried = this.#ledger.of(this.#books.epoch);
    const isLater = (seq: number): boolean => seq >= this.#books.nextSeqInView && carried.has(seq);
    return [...this.#heads].some(([seq, heads]) => heads[0]?.kind === "readings" && isLater(seq));
  }

  #sum(when: When): Result<void, StorageTrouble> {
    const { tables, recorder } = this.#tools;
    const epoch = this.#books.epoch;
    const carriedTo = this.#ledger.of(epoch).ranges.at(-1)?.to ?? 0;
    const nextSeq = Math.max(this.#nextSeq, carriedTo + 1);
    const to = Math.min(nextSeq - 1, this.#summed + stepNumbers - 1);
    const range = { from: this.#summed, to };
    for (const seq of this.#books.deliveredIn(range)) this.#delivered.add(seq);
    this.#summed = to + 1;
    if (this.#summed < nextSeq) return ok(undefined);
    const explained = new HeldRanges();
    for (const held of [this.#ledger.shown(epoch), this.#delivered, this.#books.goneDelivered]) {
      for (const one of held.ranges) explained.addRange(one);
    }
    const books = this.#books;
    const { name } = this.#row;
    const end = concluded({ name, books, nextSeq, explained, state: this.#state, at: when.at });
    return this.#save(when, (draft) => {
      for (const gap of end.gaps) {
        tables.account.add("readings", { made: gap.lost, lost: gap.lost });
        recorder.gap(draft, gap);
      }
      recorder.event(draft, end.event);
      const { figures } = end;
      return { ...figures, phase: "done", doneAgeMs: when.ageMs, carried: {}, renamed: [] };
    });
  }

  /** The work and how far it has come, in one transaction. */
  #save(
    { at, ageMs }: When,
    work: (draft: Draft) => Partial<SalvageState>,
  ): Result<void, StorageTrouble> {
    const done = this.#tools.recorder.transaction({ at, ageMs, isClean: false }, (draft) => {
      const state = { ...this.#state, ...work(draft) };
      this.#tools.table.put({ ...this.#row, state });
      return state;
    });
    if (!done.ok) return done;
    this.#state = done.value;
    return ok(undefined);
  }
}

function headIn(cell: Cell): DeliverableHead | null {
  if (cell.overflow !== 0) return null;
  for (const columns of headColumns) {
    const fields = fieldsOf(cell.local, columns);
    if (fields !== null) return headOf(cell, fields);
  }
  return null;
}

/** Undelivered, or an alarm or event that is to be kept. */
function isWanted({ kind, delivered_age }: DeliverableHead, keptSinceAgeMs: number): boolean {
  if (delivered_age === null || delivered_age < deliveredAgeMin) return true;
  return (kind === "alarm" || kind === "event") && delivered_age > keptSinceAgeMs;
}

/** The receiver has it, and nobody needs it here. */
function isWithReceiver({ head }: SoundRecord): boolean {
  const isDelivered = (head.delivered_age ?? 0) >= deliveredAgeMin;
  return isDelivered && head.kind !== "alarm" && head.kind !== "event";
}

function isSame({ identity }: SoundRecord): (other: SoundRecord) => boolean {
  return (other) => other.identity.epoch === identity.epoch && other.identity.seq === identity.seq;
}
