/** One mutated journal: opened as a restart would, worked to the end, drained; then compared with the truth. */

import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { lanes, type SealedRecord } from "../../agent/records.ts";
import { openForReading } from "../../agent/store/database.ts";
import type { Engine } from "../../agent/store/engine.ts";
import { inspect, isInOrder } from "../../agent/store/inspection.ts";
import { markDamaged } from "../../agent/store/moveAside.ts";
import { type OpenedEngine, openEngine } from "../../agent/store/openEngine.ts";
import { heads } from "../store/samples.ts";
import { HandClock } from "../store/scratchJournal.ts";
import { type Verdict, verdictOn } from "./judge.ts";
import { copyImage, type Image, mutationSettings, type Truth } from "./preparedJournal.ts";

export interface Outcome extends Verdict {
  /** Times that files were moved aside. */
  readonly movedAside: number;
}

/** Ends of the journal's thread after which it must be well. */
const livesMax = 4;
/** A check of so small a file, with its salvage before, takes fewer steps. */
const stepsMax = 3_000;

let folders = 0;

export function runTrial(options: {
  readonly root: string;
  readonly image: Image;
  readonly truths: readonly Truth[];
  /** Bytes up to which a file is checked wholly at its opening; 0: as if it were very large. */
  readonly checkedBytesMax?: number;
  /** After the opening: something that happens to the running journal's file. */
  readonly whileRunning?: (file: string) => void;
}): Outcome {
  folders += 1;
  const folder = join(options.root, `${folders}`);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, "journal.db");
  copyImage(options.image, file, writeFileSync);
  const trial = new Trial(file, options.checkedBytesMax);
  const faults: string[] = [];
  try {
    trial.live(options.whileRunning);
    // What was damaged behind the cache of the one before is seen by the next.
    if (options.whileRunning !== undefined) trial.live();
    const before = archives(folder);
    for (let again = 0; again < 2; again += 1) trial.live();
    if (archives(folder) !== before) faults.push("moved aside again, though well");
    faults.push(...trial.booksFaults());
    const verdict = verdictOn(options.truths, trial.records, trial.standing);
    return { ...verdict, movedAside: before, faults: [...faults, ...verdict.faults] };
  } catch (error) {
    const said = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { faults: [said], carried: 0, lost: 0, isLostUnknown: false, movedAside: 0 };
  } finally {
    trial.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

function archives(folder: string): number {
  return readdirSync(folder).filter((name) => /\.damaged-\d+$/.test(name)).length;
}

class Trial {
  readonly records: SealedRecord[] = [];
  standing = 0;
  readonly #file: string;
  readonly #clock = new HandClock();
  readonly #checkedBytesMax: number | undefined;
  #opened: OpenedEngine | null = null;
  #lives = 0;

  constructor(file: string, checkedBytesMax: number | undefined) {
    this.#file = file;
    this.#checkedBytesMax = checkedBytesMax;
    // A restart some time later.
    this.#clock.pass(10_000_000);
  }

  /** Lives until one ends well, as the agent restarts its journal. */
  live(whileRunning?: (file: string) => void): void {
    let disturb = whileRunning;
    for (let life = 0; life < livesMax; life += 1) {
      this.#open();
      disturb?.(this.#file);
      disturb = undefined;
      if (this.#work()) return;
      markDamaged(this.#file);
      this.end();
    }
    throw new Error(`still damaged after ${livesMax} lives`);
  }

  end(): void {
    const opened = this.#opened;
    this.#opened = null;
    if (opened === null) return;
    opened.engine.close();
    opened.lock[Symbol.dispose]();
  }

  booksFaults(): string[] {
    const opened = openForReading(this.#file);
    if (!opened.ok) return [opened.error.message];
    try {
      const seen = inspect(opened.value, { isDeep: true });
      return isInOrder(seen) ? [] : [`not in order: ${JSON.stringify(seen)}`];
    } finally {
      opened.value.close();
    }
  }

  #open(): void {
    this.#lives += 1;
    this.#clock.pass(5_000);
    const opened = openEngine({
      ...{ file: this.#file, site: "demo", box: "box1", heads, clock: this.#clock },
      newEpoch: `fresh-${this.#lives}`,
      settings: mutationSettings,
      ...(this.#checkedBytesMax === undefined ? {} : { checkedBytesMax: this.#checkedBytesMax }),
    });
    if (!opened.ok) throw new Error(`${opened.error.kind}: ${opened.error.message}`);
    this.#opened = opened.value;
    this.standing = Math.max(this.standing, opened.value.engine.standing().length);
  }

  /** False: found damaged. */
  #work(): boolean {
    const engine = this.#opened?.engine;
    if (engine === undefined) return false;
    const isWell = this.#drain(engine) && this.#background(engine) && this.#drain(engine);
    if (!isWell) return false;
    const closed = engine.close();
    this.#opened?.lock[Symbol.dispose]();
    this.#opened = null;
    if (closed.ok) return true;
    if (closed.error.kind !== "damaged") throw new Error(closed.error.message);
    markDamaged(this.#file);
    return false;
  }

  #background(engine: Engine): boolean {
    for (let step = 0; step < stepsMax; step += 1) {
      const done = engine.background();
      if (!done.ok) {
        if (done.error.kind === "damaged") return false;
        throw new Error(done.error.message);
      }
      if (!done.value) {
        if (engine.stats().check.checkedWallMs !== null) return true;
        this.#clock.pass(1_000);
      }
    }
    throw new Error("the background never ended");
  }

  #drain(engine: Engine): boolean {
    for (const lane of lanes) {
      const next = engine.next({ lane, afterSeq: 0, maxRecords: 1e4, maxBytes: 1e9 });
      if (!next.ok) return isDamage(next.error);
      this.records.push(...next.value);
      const told = engine.delivered(next.value.map(({ seq }) => ({ from: seq, to: seq })));
      if (!told.ok) return isDamage(told.error);
    }
    return true;
  }
}

function isDamage({ kind, message }: { readonly kind: string; readonly message: string }): false {
  if (kind !== "damaged") throw new Error(message);
  return false;
}
