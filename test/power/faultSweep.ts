/** Lets the disk of real journals fail at one call after another, and sums up what came of it. */

import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { seededRandom } from "../../agent/sim/plant/seeded.ts";
import { DiskControl, diskEnvironment } from "./diskControl.ts";
import type { FaultOutcome, FaultPlan } from "./faultProgram.ts";

export interface FaultFigures {
  /** Journals, each with the fault at another call. */
  points: number;
  /** Of these, those whose fault came. */
  hit: number;
  /** Calls that failed. */
  failedCalls: number;
  refusedOpenings: number;
  /** Alarms raised, all of them promised in the end. */
  alarms: number;
  lost: number;
  corrupt: number;
}

/** Calls in a row that fail: once, a few times, for a while. */
const runs = [1, 3, 25] as const;
/** The first calls belong to the opening, where each failure costs a new start of the journal's thread. */
const openingCalls = 60;
const openingRuns = [1, 1, 3] as const;
const faultsMax = 20;
const program = fileURLToPath(new URL("./faultProgram.ts", import.meta.url));

export async function sweepFaults(options: {
  /** Real path of a folder; `name` must be new in it. */
  readonly work: string;
  readonly name: string;
  readonly library: string;
  readonly fault: Pick<FaultPlan, "fails" | "as">;
  /** The calls that fail first. */
  readonly from: readonly number[];
  readonly seed: number;
}): Promise<{ readonly figures: FaultFigures; readonly faults: readonly string[] }> {
  const { work, name, library, fault, from, seed } = options;
  const random = seededRandom(seed);
  const base = join(work, name);
  const [folder, outcomesFile] = [join(base, "disk"), join(base, "outcomes")];
  mkdirSync(folder, { recursive: true });
  using control = new DiskControl(join(base, "control"));
  const runAt = (at: number): number => {
    const choices = at <= openingCalls ? openingRuns : runs;
    return choices[Math.floor(random() * choices.length)] ?? 1;
  };
  const plan: FaultPlan = { ...fault, points: from.map((at) => ({ from: at, run: runAt(at) })) };
  const words = [program, folder, control.path, outcomesFile, JSON.stringify(plan)];
  const child = spawn(process.execPath, words, {
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, ...diskEnvironment({ library, folder, control }) },
  });
  let stderr = "";
  child.stderr.on("data", (text: Buffer) => {
    stderr = (stderr + text.toString()).slice(-2_000);
  });
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  const lines = existsSync(outcomesFile) ? readFileSync(outcomesFile, "utf8").split("\n") : [];
  const outcomes = lines.slice(0, -1).map((line) => JSON.parse(line) as FaultOutcome);
  const faults = outcomes.flatMap((outcome) =>
    outcome.faults.map((words) => `${name}, from ${outcome.from}, run ${outcome.run}: ${words}`),
  );
  if (code !== 0) faults.unshift(`${name}: ended with ${code} after ${outcomes.length}: ${stderr}`);
  return { figures: summed(outcomes), faults: faults.slice(0, faultsMax) };
}

function summed(outcomes: readonly FaultOutcome[]): FaultFigures {
  const total = (of: (outcome: FaultOutcome) => number): number =>
    outcomes.reduce((sum, outcome) => sum + of(outcome), 0);
  return {
    points: outcomes.length,
    hit: total(({ faulted }) => (faulted > 0 ? 1 : 0)),
    failedCalls: total(({ faulted }) => faulted),
    refusedOpenings: total(({ refusedOpenings }) => refusedOpenings),
    alarms: total(({ alarms }) => alarms),
    lost: total(({ lost }) => (lost > 0 ? 1 : 0)),
    corrupt: total(({ isCorrupt }) => (isCorrupt ? 1 : 0)),
  };
}
