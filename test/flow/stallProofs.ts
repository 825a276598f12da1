/**
 * Stalls around a working agent: an export of a million readings, a disk that hangs, a broker that reads one byte a
 * second. Each is judged against the same agent just before it, as ratios; times are only printed.
 */

import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { announceWithinMs } from "../../agent/announcer.ts";
import { exportSummarySchema } from "../../agent/commands/export.ts";
import { uniform } from "../../agent/sim/plant/seeded.ts";
import { startPlatform } from "../../agent/sim/platform/platform.ts";
import { startTcpProxy } from "../fakes/tcpProxy.ts";
import { createStalledDisk } from "../power/stalledDisk.ts";
import { sleep, until } from "../soak/processes.ts";
import { fillJournal } from "./filledJournal.ts";
import { clock, type Phase, type Rig, startRig } from "./stallRig.ts";

export interface Proof {
  readonly figures: Readonly<Record<string, unknown>>;
  /** Empty: proven. */
  readonly faults: readonly string[];
}

export interface StallOptions {
  readonly seconds: number;
  readonly seed: number;
}

const door = new URL("../../agent/hazgate.mjs", import.meta.url).pathname;
const baseSeconds = 5;

/** Generous: they tell a stall from a busy machine, and nothing finer. */
const pollsShareMin = 0.8;
const gapFactorMax = 3;
const alarmFactorMax = 3;
const rssFactorMax = 1.6;

/** `npm run prove -- stalls --count 30`: all three, `count` seconds each. */
export async function proveStalls(options: {
  readonly count: number;
  readonly seed: number;
  readonly say: (line: string) => void;
}): Promise<Proof> {
  const { count, seed, say } = options;
  const figures: Record<string, unknown> = {};
  const faults: string[] = [];
  for (const [name, prove] of Object.entries({
    besideExport,
    besideHangingDisk,
    besideSlowBroker,
  })) {
    const proof = await prove({ seconds: count, seed });
    say(`${name}: ${JSON.stringify(proof.figures)}`);
    figures[name] = proof.figures;
    faults.push(...proof.faults.map((fault) => `${name}: ${fault}`));
  }
  return { figures, faults };
}

/** Exports of a million readings, one after another, from the journal that the agent writes. */
export function besideExport({ seconds, seed }: StallOptions): Promise<Proof> {
  return inScratch(async (dir) => {
    const readings = 1_000_000;
    mkdirSync(join(dir, "agent"));
    fillJournal(join(dir, "agent", "journal.db"), readings);
    await using rig = await startRig({ dir });
    const random = randomOf(seed);
    const before = await rig.phase(baseSeconds, random);
    const exporting = new AbortController();
    let rows: readonly number[] = [];
    const exports = exportAgain(rig, dir, exporting.signal).then((counts) => {
      rows = counts;
    });
    const during = await rig.phase(seconds, random);
    exporting.abort();
    await exports;
    const after = await rig.phase(baseSeconds, random);
    const base = slower(before, after);
    const faults = [...judged("beside the export", during, base), ...(await books(rig))];
    if (rows.length === 0) faults.push("no export ended");
    if (rows.some((count) => count < readings)) faults.push(`rows exported: ${rows.join(", ")}`);
    return { figures: { before, during, after, exports: rows.length, rows: rows[0] }, faults };
  });
}

/** Counts of the rows of every export that was whole. */
async function exportAgain(rig: Rig, dir: string, signal: AbortSignal): Promise<number[]> {
  const counts: number[] = [];
  const out = ["--out", join(dir, "out.csv"), "--force", "--json"];
  const words = [door, "export", "readings", "--config", rig.site, "--data", rig.dataDir, ...out];
  while (!signal.aborted || counts.length === 0) {
    const child = spawn(process.execPath, words, { stdio: ["ignore", "ignore", "pipe"] });
    let text = "";
    child.stderr.on("data", (chunk: Buffer) => {
      text += chunk.toString("utf8");
    });
    const code = await new Promise((resolve) => child.on("close", resolve));
    if (code !== 0) throw new Error(`the export ended with ${code}: ${text}`);
    counts.push(exportSummarySchema.parse(JSON.parse(text)).rows);
  }
  return counts;
}

/** Every change and sync of the agent's disk waits. */
export function besideHangingDisk({ seconds, seed }: StallOptions): Promise<Proof> {
  return inScratch(async (dir) => {
    await using platform = await startPlatform({ dataDir: join(dir, "platform"), clock });
    using disk = createStalledDisk({ folder: join(dir, "agent"), tools: dir });
    await using rig = await startRig({
      dir,
      environment: disk.environment,
      uplinkUrl: platform.url,
    });
    const random = randomOf(seed);
    const before = await rig.phase(baseSeconds, random);
    await until("the platform", () => platform.counts().alarms >= rig.told);
    const toldBefore = rig.told;
    disk.stall();
    const during = await rig.phase(seconds, random);
    const waiting = disk.waiting();
    const sentMeanwhile = platform.counts().alarms - toldBefore;
    disk.release();
    const after = await rig.phase(baseSeconds, random);
    await until("all alarms", () => platform.counts().alarms >= rig.told);
    const bound = { ...before, alarmP50Ms: before.alarmP50Ms + announceWithinMs };
    const faults = [
      ...judged("while the disk hung", during, bound),
      ...judged("after it", after, before),
      ...(await books(rig)),
    ];
    if (waiting === 0) faults.push("the disk did not hang");
    // One may have been on its way to the disk when it began to hang.
    if (sentMeanwhile > 1) faults.push(`${sentMeanwhile} alarms were sent before they were stored`);
    if (during.unstored < during.alarms - 1) faults.push("an alarm claims to be on a hung disk");
    if (before.unstored > before.alarms / 2) faults.push("the disk hung before it was told to");
    return { figures: { before, during, after, waiting, sentMeanwhile }, faults };
  });
}

/** The link stays, and takes one byte a second. */
export function besideSlowBroker({ seconds, seed }: StallOptions): Promise<Proof> {
  return inScratch(async (dir) => {
    await using platform = await startPlatform({ dataDir: join(dir, "platform"), clock });
    await using proxy = await startTcpProxy({ port: Number(new URL(platform.url).port) });
    await using rig = await startRig({ dir, uplinkUrl: `mqtt://127.0.0.1:${proxy.port}` });
    const random = randomOf(seed);
    await until("the platform", () => platform.counts().readings > 0);
    const before = await rig.phase(baseSeconds, random);
    proxy.mode = "trickle";
    const recordsBefore = platform.counts().records;
    const during = await rig.phase(seconds, random);
    const recordsMeanwhile = platform.counts().records - recordsBefore;
    proxy.mode = "pass";
    proxy.resetAll();
    const after = await rig.phase(baseSeconds, random);
    await until("all alarms", () => platform.counts().alarms >= rig.told, 90_000);
    const faults = [
      ...judged("beside the slow broker", during, before),
      ...judged("after it", after, before),
      ...(await books(rig)),
    ];
    const { alarms, conflicts, invalid, holes, declaredLost } = platform.counts();
    const wrong = { conflicts, invalid, holes, declaredLost };
    if (Object.values(wrong).some((count) => count > 0)) {
      faults.push(`at the platform: ${JSON.stringify(wrong)}`);
    }
    // At one byte a second nothing worth mentioning gets through: what already was on its way.
    if (recordsMeanwhile > before.alarms)
      faults.push(`the broker was not slow: ${recordsMeanwhile}`);
    return { figures: { before, during, after, recordsMeanwhile, alarmsHeld: alarms }, faults };
  });
}

/** The control: an agent that stands still most of the time must be noticed by the same judgement. */
export function besideFrozenAgent({ seconds, seed }: StallOptions): Promise<Proof> {
  return inScratch(async (dir) => {
    await using rig = await startRig({ dir });
    const random = randomOf(seed);
    const before = await rig.phase(baseSeconds, random);
    const endMs = clock.monotonicMs() + seconds * 1_000;
    const freezing = (async () => {
      while (clock.monotonicMs() < endMs) {
        await rig.freeze(3_500);
        await sleep(200);
      }
    })();
    const during = await rig.phase(seconds, random);
    await freezing;
    return { figures: { before, during }, faults: judged("while it stood still", during, before) };
  });
}

function randomOf(seed: number): () => number {
  let position = 0;
  return () => uniform(seed, 0, position++);
}

function slower(a: Phase, b: Phase): Phase {
  return a.alarmP50Ms > b.alarmP50Ms ? a : b;
}

function judged(when: string, phase: Phase, base: Phase): string[] {
  const faults: string[] = [];
  const claim = (isTrue: boolean, what: string): void => {
    if (!isTrue) faults.push(`${when}: ${what}; ${JSON.stringify({ phase, base })}`);
  };
  claim(phase.alarms > 0, "no alarm was thrown");
  claim(phase.pollsPerSecond >= pollsShareMin * base.pollsPerSecond, "polling has slowed down");
  claim(phase.worstGapMs <= gapFactorMax * base.worstGapMs, "a unit was forgotten for a time");
  claim(phase.alarmP50Ms <= alarmFactorMax * base.alarmP50Ms, "alarms have slowed down");
  claim(phase.rssMiB <= rssFactorMax * base.rssMiB, "memory has grown");
  return faults;
}

/** Stops the agent: each reading that the field handed out, and each alarm that was told, is in the journal. */
async function books(rig: Rig): Promise<string[]> {
  const faults: string[] = [];
  const ask = (...words: readonly string[]) =>
    spawnSync(process.execPath, [door, ...words, "--data", rig.dataDir], { encoding: "utf8" });
  const code = await rig.stop();
  if (code !== 0) faults.push(`the agent ended with ${code}`);
  const read = rig.read();
  const audit = ask("audit", "--deep", "--json");
  if (audit.status !== 0) faults.push(`audit: ${audit.status} ${audit.stdout}${audit.stderr}`);
  const { made, declaredLost, classes } = JSON.parse(audit.stdout);
  const filled = made - read > rig.round ? 1_000_000 : 0;
  if (declaredLost !== 0) faults.push(`${declaredLost} readings were lost`);
  if (Math.abs(made - filled - read) > rig.round) faults.push(`${read} read, ${made} made`);
  const told = rig.told + rig.selfTold;
  if (classes.alarm.made !== told) {
    faults.push(`${told} alarms told, ${classes.alarm.made} stored`);
  }
  return faults;
}

async function inScratch(prove: (dir: string) => Promise<Proof>): Promise<Proof> {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), "hazgate-stalls-")));
  try {
    return await prove(dir);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
