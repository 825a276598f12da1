/**
 * Kills a writer of the real journal at random moments, again and again on the same journal. The disk keeps what was
 * written, so this shows that recovery loses nothing; powerCuts.ts shows that the syncs are where they must be.
 */

import { type ChildProcessByStdio, spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { seededRandom } from "../../agent/sim/plant/seeded.ts";
import { openForReading } from "../../agent/store/database.ts";
import { inspect, isInOrder } from "../../agent/store/inspection.ts";
import { checkImage } from "./checkImage.ts";
import { Claims } from "./claims.ts";

export interface KillFigures {
  kills: number;
  /** Of these, before the journal was open. */
  whileOpening: number;
  /** Promises made, each looked for at every later check. */
  claims: number;
  /** Checks that missed a promise or found two contents for one identity. */
  lost: number;
  corrupt: number;
}

const program = fileURLToPath(new URL("./powerWriter.ts", import.meta.url));
/** Kills of one journal: more would only make the checks slow. */
const killsPerJournal = 25;
/** A full check opens the journal properly, so that the next writer does not: not after each kill. */
const checkEvery = 5;
const faultsMax = 20;
/** A writer is killed within this after it began to open, or after it had opened its journal. */
const openingMs = 300;
const workingMs = 100;

interface Report {
  readonly figures: KillFigures;
  readonly faults: string[];
}

export async function killWriters(options: {
  /** An empty folder of its own. */
  readonly work: string;
  readonly kills: number;
  readonly seed: number;
  readonly say: (line: string) => void;
}): Promise<{ readonly figures: KillFigures; readonly faults: readonly string[] }> {
  const { work, kills, seed, say } = options;
  const figures = { kills: 0, whileOpening: 0, claims: 0, lost: 0, corrupt: 0 };
  const report: Report = { figures, faults: [] };
  let started = 0;
  const lane = async (name: string): Promise<void> => {
    while (started < kills) {
      const count = Math.min(killsPerJournal, kills - started);
      const journalSeed = seed + started;
      started += count;
      const folder = join(work, name);
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder);
      await killOneJournal({ folder, count, seed: journalSeed, work }, report);
      say(`kill: ${JSON.stringify(figures)}`);
    }
  };
  await Promise.all([lane("one"), lane("two")]);
  return report;
}

interface Writer {
  readonly child: ChildProcessByStdio<Writable, Readable, null>;
  /** It has loaded its program, or has ended. */
  readonly ready: Promise<void>;
  /** It has opened its journal, or has ended. */
  readonly opened: Promise<void>;
  readonly ended: Promise<void>;
}

interface Run {
  readonly folder: string;
  readonly work: string;
  readonly count: number;
  readonly seed: number;
}

async function killOneJournal({ folder, count, seed, work }: Run, report: Report): Promise<void> {
  const { figures } = report;
  const random = seededRandom(seed);
  const file = join(folder, "journal.db");
  const claims = new Claims();
  const claimsOf = (life: number): string => join(folder, `claims${life}`);
  const writer = (life: number): Writer => {
    const child = spawn(
      process.execPath,
      [program, file, claimsOf(life), String(life * 1_000_000), "all", "when-told"],
      {
        stdio: ["pipe", "pipe", "inherit"],
        env: { ...process.env, NODE_COMPILE_CACHE: join(work, "compiled") },
      },
    );
    const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
    const hears = (word: string): Promise<void> =>
      new Promise((resolve) => {
        child.stdout.on("data", (text: Buffer) => {
          if (text.includes(word)) resolve();
        });
      });
    return {
      child,
      ended,
      ready: Promise.race([hears("ready"), ended]),
      opened: Promise.race([hears("opened"), ended]),
    };
  };
  let next = writer(0);
  for (let life = 0; life < count; life += 1) {
    const { child, ready, opened, ended } = next;
    await ready;
    child.stdin.write("!");
    if (life + 1 < count) next = writer(life + 1);
    const isEarly = random() < 0.2;
    if (!isEarly) await opened;
    const waitMs = random() * (isEarly ? openingMs : workingMs);
    await new Promise((resolve) => setTimeout(resolve, waitMs));
    child.kill("SIGKILL");
    await ended;
    if (child.signalCode !== "SIGKILL") throw new Error(`a writer ended: ${child.exitCode}`);
    figures.kills += 1;
    const told = existsSync(claimsOf(life)) ? readFileSync(claimsOf(life), "utf8") : "";
    const before = claims.count;
    claims.appended.clear();
    claims.take(told);
    figures.claims += claims.count - before;
    if (claims.count === before) figures.whileOpening += 1;
    const isLast = life + 1 === count;
    const faults = isLast || life % checkEvery === checkEvery - 1 ? full : quick;
    for (const fault of faults(file, claims, figures)) {
      if (report.faults.length < faultsMax) report.faults.push(`seed ${seed}, ${life}: ${fault}`);
    }
  }
}

function full(file: string, claims: Claims, figures: KillFigures): readonly string[] {
  const verdict = checkImage(file, claims);
  figures.lost += verdict.lost > 0 ? 1 : 0;
  figures.corrupt += verdict.isCorrupt ? 1 : 0;
  return verdict.faults;
}

/** Beside what the killed writer left, changing nothing. */
function quick(file: string, _claims: Claims, figures: KillFigures): readonly string[] {
  if (!existsSync(file)) return [];
  const opened = openForReading(file);
  // A writer killed while it created the journal leaves an empty one, which is no journal yet.
  if (!opened.ok) return opened.error.kind === "foreign" ? [] : [opened.error.message];
  try {
    const version = opened.value.pragma("user_version", { simple: true });
    if (version === 0) return [];
    const inspection = inspect(opened.value, { isDeep: false });
    if (isInOrder(inspection)) return [];
    figures.corrupt += 1;
    return [`not in order: ${JSON.stringify(inspection)}`];
  } finally {
    opened.value.close();
  }
}
