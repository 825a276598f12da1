/** A small journal with records in every state, as a kill leaves it on the disk, and what is true of it. */

import { existsSync, mkdirSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { lanes, type SealedRecord } from "../../agent/records.ts";
import type { Engine } from "../../agent/store/engine.ts";
import { type OpenedEngine, openEngine } from "../../agent/store/openEngine.ts";
import { payloadText } from "../../agent/wire/payload.ts";
import { columnsOfBlock } from "../../agent/wire/readingColumns.ts";
import { alarm, block, heads, manifestBody, pieceBody, settings } from "../store/samples.ts";
import { HandClock } from "../store/scratchJournal.ts";

export const parts = ["", "-wal", "-shm", ".mark"] as const;
export type Part = (typeof parts)[number];

/** The files of a journal at one moment; a part that was not there is null. */
export type Image = Readonly<Record<Part, Buffer | null>>;

export interface Truth {
  readonly epoch: string;
  /** The number the next record would have got. */
  readonly nextSeq: number;
  /** Text of every record ever sealed, by number. */
  readonly texts: ReadonlyMap<number, string>;
  readonly kinds: ReadonlyMap<number, SealedRecord["kind"]>;
  /** Numbers the platform holds. */
  readonly delivered: ReadonlySet<number>;
  /** Value of every reading ever made, by `keyOf`. */
  readonly readings: ReadonlyMap<string, number | null>;
  /** Readings in no record yet. */
  readonly unsealed: ReadonlySet<string>;
  readonly standing: number;
}

export interface Prepared {
  readonly image: Image;
  /** The same journal some time before. */
  readonly earlier: Image;
  readonly truth: Truth;
  readonly clock: HandClock;
}

export const mutationSettings = { ...settings, keepReadingsMs: 400_000, liveEveryMs: 5_000 };

export function scratchRoot(): string {
  return mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "hazgate-mutations-"));
}

export function keyOf(tag: string, wallMs: number): string {
  return `${tag}@${Math.round(wallMs)}`;
}

export function imageOf(file: string): Image {
  const read = (part: Part): Buffer | null =>
    existsSync(file + part) ? readFileSync(file + part) : null;
  return { "": read(""), "-wal": read("-wal"), "-shm": read("-shm"), ".mark": read(".mark") };
}

const rounds = 220;

/** `salt` makes the values, and so the journal, different from those of another. */
export function prepare(folder: string, epoch: string, salt: number): Prepared {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, "journal.db");
  const clock = new HandClock();
  const begin = (): OpenedEngine => {
    const opened = openEngine({
      ...{ file, site: "demo", box: "box1", heads, clock, newEpoch: epoch },
      settings: mutationSettings,
    });
    if (!opened.ok) throw new Error(opened.error.message);
    return opened.value;
  };
  // Started twice, so that there is a gap to tell.
  const first = begin();
  first.engine.close();
  first.lock[Symbol.dispose]();
  clock.pass(60_000);
  const { engine, lock } = begin();
  const teller = new Teller(engine, clock, salt);
  let earlier: Image | null = null;
  engine.uplinkIs("live");
  for (let round = 0; round < rounds; round += 1) {
    teller.round(round);
    if (round === 110) checkpoint(file);
    if (round === 150) {
      engine.uplinkIs("down");
      earlier = imageOf(file);
    }
  }
  // Seconds that only the open rows hold.
  for (let second = 0; second < 3; second += 1) teller.second();
  teller.collect();
  const image = imageOf(file);
  const truth = teller.truth(epoch);
  engine.close();
  lock[Symbol.dispose]();
  return { image, earlier: earlier ?? image, truth, clock };
}

class Teller {
  readonly #engine: Engine;
  readonly #clock: HandClock;
  readonly #salt: number;
  readonly #texts = new Map<number, string>();
  readonly #kinds = new Map<number, SealedRecord["kind"]>();
  readonly #delivered = new Set<number>();
  readonly #readings = new Map<string, number | null>();
  #unsealed = new Set<string>();
  #count = 0;

  constructor(engine: Engine, clock: HandClock, salt: number) {
    this.#engine = engine;
    this.#clock = clock;
    this.#salt = salt;
  }

  second(): void {
    this.#clock.pass(1_000);
    const at = this.#clock.now();
    this.#count += 1;
    const values = heads.map(({ decimals }, i) => {
      const value = Math.sin(this.#salt + this.#count * 7 + i) * 90 + 100;
      return decimals === undefined ? value : Number(value.toFixed(decimals));
    });
    for (const [i, { id }] of heads.entries()) {
      this.#readings.set(keyOf(id, at.wallMs), values[i] ?? null);
      this.#unsealed.add(keyOf(id, at.wallMs));
    }
    this.#engine.append(columnsOfBlock(block(at, values)));
    const done = this.#engine.commit();
    if (!done.ok) throw new Error(done.error.message);
    const isSealed = done.value.lanes.has("live") || done.value.lanes.has("backlog");
    if (isSealed) this.#unsealed = new Set();
  }

  round(round: number): void {
    for (let second = 0; second < 5; second += 1) this.second();
    this.collect();
    const at = this.#clock.now();
    if (round % 5 === 2) {
      const isReturn = round % 10 === 7;
      this.#engine.raise([
        alarm(at, {
          alarmId: `${this.#salt}-${round}`,
          type: round % 20 < 10 ? "HH" : "H",
          event: isReturn ? "return" : "raise",
          stateAfter: isReturn ? "normal" : "unacked",
        }),
      ]);
    }
    if (round % 30 === 9) {
      const note = "for the test";
      this.#engine.note({ type: "command", at, by: "platform", note, details: { round } });
    }
    if (round % 20 === 4) {
      const id = `b${this.#salt}-${round}`;
      const kept = this.#engine.evidence.keep([manifestBody(id), pieceBody(id, round, 6_000)]);
      if (!kept.ok) throw new Error(kept.error.message);
    }
    if (round === rounds - 1) this.#engine.raise([alarm(at, { type: "LL", alarmId: "standing" })]);
    if (!this.#engine.commit().ok) throw new Error("refused");
    this.collect();
    if (round % 3 === 0 && round < 150) this.#deliver(round);
    while (this.#engine.background().ok && round % 50 === 49) break;
  }

  /** What the outbox holds for the first time: its bytes are remembered. */
  collect(): void {
    for (const lane of lanes) {
      const next = this.#engine.next({ lane, afterSeq: 0, maxRecords: 1e4, maxBytes: 1e9 });
      if (!next.ok) throw new Error(next.error.message);
      for (const { seq, kind, bytes } of next.value) {
        const text = payloadText(bytes);
        if (!text.ok) throw new Error(text.error);
        this.#texts.set(seq, text.value);
        this.#kinds.set(seq, kind);
      }
    }
  }

  /** All but a few of those up to here. */
  #deliver(round: number): void {
    const ranges = [...this.#texts.keys()]
      .filter((seq) => !this.#delivered.has(seq) && (seq + round) % 4 !== 0 && round < 130)
      .map((seq) => ({ from: seq, to: seq }));
    if (!this.#engine.delivered(ranges).ok) throw new Error("refused");
    for (const { from } of ranges) this.#delivered.add(from);
  }

  truth(epoch: string): Truth {
    return {
      epoch,
      nextSeq: Math.max(...this.#texts.keys()) + 1,
      texts: this.#texts,
      kinds: this.#kinds,
      delivered: this.#delivered,
      readings: this.#readings,
      unsealed: this.#unsealed,
      standing: this.#engine.standing().length,
    };
  }
}

/** Moves the log into the file, so that later frames begin a new one. */
function checkpoint(file: string): void {
  const db = new Database(file);
  db.pragma("wal_checkpoint(RESTART)");
  db.close();
}

export function copyImage(
  image: Image,
  file: string,
  write: (path: string, bytes: Buffer) => void,
): void {
  for (const part of parts) {
    const bytes = image[part];
    if (bytes !== null) write(file + part, bytes);
  }
}
