/** A large journal, sound and damaged: how long until the agent has a journal again, and all that can be saved is in it. */

import { randomBytes } from "node:crypto";
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRealClock } from "../../agent/realClock.ts";
import { type OpenedEngine, openEngine } from "../../agent/store/openEngine.ts";
import { salvagedSuffix } from "../../agent/store/salvageStart.ts";
import { heads, settings } from "../store/samples.ts";

const runningWithinMs = 10_000;
const eventBytes = 3_000;
const eventsACommit = 500;
const pageBytes = 4_096;
/** A salvage that needs more steps than this has come to a standstill. */
const stepsMax = 1_000_000;

interface Damage {
  readonly at: number;
  /** Null: the file ends there. */
  readonly bytes: Buffer | null;
  /** So many records at least are whole after it, and must come back. */
  readonly savable: number;
}

interface Proof {
  readonly figures: Record<string, number>;
  readonly faults: readonly string[];
}

/** `count`: records of about 3 kB. */
export async function prove(options: {
  readonly count: number;
  say(line: string): void;
}): Promise<Proof> {
  const folder = mkdtempSync(join(tmpdir(), "hazgate-large-"));
  try {
    return await new LargeFile(join(folder, "journal.db"), options).prove();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

class LargeFile {
  readonly #file: string;
  readonly #options: { readonly count: number; say(line: string): void };
  readonly #clock = createRealClock();
  readonly #figures: Record<string, number> = {};
  readonly #faults: string[] = [];
  #epochs = 0;

  constructor(file: string, options: { readonly count: number; say(line: string): void }) {
    this.#file = file;
    this.#options = options;
  }

  async prove(): Promise<Proof> {
    await this.#fill();
    const size = statSync(this.#file).size;
    this.#figures["fileBytes"] = size;
    this.#close(this.#timed("sound"));
    const middle = Math.floor(size / 2 / pageBytes) * pageBytes;
    const { count } = this.#options;
    const header = { at: 0, bytes: Buffer.alloc(100, 0xff), savable: count };
    this.#damaged("its header", header);
    const schema = { at: 100, bytes: Buffer.alloc(pageBytes - 100, 0xa5), savable: count };
    this.#damaged("its schema", schema);
    // Pages stand in the order of the records, but for those of the tree above them.
    const half = { at: middle, bytes: null, savable: Math.floor(count * 0.49) };
    this.#damaged("truncated to half", half);
    return { figures: this.#figures, faults: this.#faults };
  }

  async #fill(): Promise<void> {
    const life = this.#open();
    const { engine } = life;
    const { count, say } = this.#options;
    for (let made = 0; made < count; made += eventsACommit) {
      for (let one = 0; one < eventsACommit; one += 1) {
        const details = { noise: randomBytes(eventBytes).toString("base64") };
        engine.note({ type: "command", at: this.#clock.now(), by: "box", note: "", details });
      }
      const committed = engine.commit();
      if (!committed.ok) throw new Error(committed.error.message);
      if ((made / eventsACommit) % 100 === 0) {
        say(`${made} records`);
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
    engine.delivered([{ from: 1, to: Math.floor(count / 2) }]);
    this.#close(life);
  }

  #open(): OpenedEngine {
    this.#epochs += 1;
    const opened = openEngine({
      ...{ file: this.#file, site: "demo", box: "box1", heads, clock: this.#clock },
      settings: { ...settings, maxSizeBytes: 64 * 1024 ** 3 },
      newEpoch: `large-${this.#epochs}`,
    });
    if (!opened.ok) throw new Error(opened.error.message);
    return opened.value;
  }

  #close({ engine, lock }: OpenedEngine): void {
    engine.close();
    lock[Symbol.dispose]();
  }

  #timed(what: string): OpenedEngine {
    const fromMs = this.#clock.monotonicMs();
    const life = this.#open();
    const tookMs = Math.round(this.#clock.monotonicMs() - fromMs);
    this.#figures[`${what}: ms until running`] = tookMs;
    this.#options.say(`${what}: running after ${tookMs} ms`);
    if (tookMs > runningWithinMs) this.#faults.push(`${what}: running after ${tookMs} ms`);
    return life;
  }

  /** Damages the file, opens, watches the salvage to its end, and puts the file back as it was. */
  #damaged(what: string, { at, bytes, savable }: Damage): void {
    const descriptor = openSync(this.#file, "r+");
    const before = Buffer.alloc(bytes?.length ?? 0);
    readSync(descriptor, before, 0, before.length, at);
    if (bytes === null) truncateSync(this.#file, at);
    else writeSync(descriptor, bytes, 0, bytes.length, at);
    closeSync(descriptor);
    const life = this.#timed(what);
    const aside = this.#aside();
    if (aside === null) this.#faults.push(`${what}: not noticed at the opening`);
    else this.#watchSalvage(what, life, aside);
    const carried = life.engine.stats().classes.event.made;
    this.#figures[`${what}: carried over`] = carried;
    if (carried < savable) this.#faults.push(`${what}: ${carried} of ${savable} carried over`);
    this.#close(life);
    if (bytes === null || aside === null) return;
    rmSync(aside + salvagedSuffix, { force: true });
    for (const suffix of ["", "-wal", "-shm", ".mark"])
      rmSync(this.#file + suffix, { force: true });
    renameSync(aside, this.#file);
    renameSync(`${aside}.mark`, `${this.#file}.mark`);
    const again = openSync(this.#file, "r+");
    writeSync(again, before, 0, before.length, at);
    closeSync(again);
  }

  #aside(): string | null {
    const folder = join(this.#file, "..");
    const name = readdirSync(folder).find((one) => /\.damaged-\d+$/.test(one));
    return name === undefined ? null : join(folder, name);
  }

  /** An alarm waits for the step that runs: none may take long. */
  #watchSalvage(what: string, { engine }: OpenedEngine, aside: string): void {
    const cpuFrom = process.cpuUsage();
    let longestMs = 0;
    let step = 0;
    for (; !existsSync(aside + salvagedSuffix) && step < stepsMax; step += 1) {
      const fromMs = this.#clock.monotonicMs();
      const done = engine.background();
      longestMs = Math.max(longestMs, this.#clock.monotonicMs() - fromMs);
      if (!done.ok) throw new Error(done.error.message);
    }
    const { user, system } = process.cpuUsage(cpuFrom);
    if (step === stepsMax) this.#faults.push(`${what}: the salvage does not end`);
    this.#figures[`${what}: longest step of the salvage, ms`] = Math.round(longestMs);
    this.#figures[`${what}: CPU s of the whole salvage`] = Math.round((user + system) / 1e6);
    this.#options.say(`${what}: salvaged in ${step} steps`);
  }
}
