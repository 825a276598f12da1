/** Lines with their masters, run beside one another and watched at the slaves, window by window. */

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { type Helper, type Subject, sleep, startHelper, startNode } from "../measure/child.ts";
import type { MasterCounts, MasterSettings } from "./lineShape.ts";
import type { WireReport, WireSettings } from "./wireChild.ts";

export interface Asked extends Omit<MasterSettings, "link"> {
  readonly name: string;
  readonly master: "own" | "naive";
  readonly living: readonly number[];
}

export interface RunPlan {
  readonly dir: string;
  readonly settleMs: number;
  readonly windowMs: number;
  /** Windows without a stall of the machine that are wanted of each line; two more are tried. */
  readonly windows: number;
}

export interface LineWindow {
  /** Of the living unit that waited longest. */
  readonly worstMs: number;
  readonly requests: number;
  readonly ms: number;
  /** By how much the simulated wire itself was late, in all. */
  readonly lateMs: number;
}

export interface LineRun {
  readonly name: string;
  readonly clean: readonly LineWindow[];
  /** Longest stall in each window that was left out. */
  readonly spoiltMs: readonly number[];
  readonly requests: number;
  readonly violations: number;
  readonly badFrames: number;
  readonly writeAttempts: number;
  readonly counts: MasterCounts;
}

interface Line {
  readonly asked: Asked;
  readonly wire: Helper;
  readonly master: Subject;
  readonly reports: WireReport[];
}

const spareTries = 2;
/** All units answer so long, before some fall silent. */
const aliveMs = 4_000;

export async function runLines(
  asked: readonly Asked[],
  plan: RunPlan,
): Promise<readonly LineRun[]> {
  await using wires = new AsyncDisposableStack();
  const lines: Line[] = [];
  for (const one of asked) {
    const { baud, living, master, name: _, ...rest } = one;
    const link = join(plan.dir, `line${lines.length}`);
    const settings: WireSettings = { link, baud, units: rest.units, living };
    const wire = wires.use(startHelper("bus/wireChild.ts", settings));
    await wire.ask("ready");
    const running = startNode(`bus/${master}Master.ts`, { ...rest, link, baud });
    wires.defer(() => running.kill());
    for (const pid of [wire.pid, running.pid]) runAhead(pid);
    lines.push({ asked: one, wire, master: running, reports: [] });
  }
  await sleep(aliveMs);
  for (const line of lines) await line.wire.ask("die");
  await sleep(plan.settleMs);
  const isEnough = ({ reports }: Line): boolean => reports.filter(isClean).length >= plan.windows;
  for (let i = 0; i < plan.windows + spareTries && !lines.every(isEnough); i += 1) {
    for (const line of lines) await line.wire.ask("reset");
    await sleep(plan.windowMs);
    for (const line of lines) line.reports.push(await line.wire.ask<WireReport>("report"));
  }
  const runs: LineRun[] = [];
  for (const line of lines) {
    const counts = (await line.master.finish()) as MasterCounts;
    runs.push(runOf(line, counts));
  }
  return runs;
}

/** The far end did not sleep over its own timers: neither did the machine. */
function isClean({ stalls }: WireReport): boolean {
  return stalls.count === 0;
}

function runOf({ asked, reports }: Line, counts: MasterCounts): LineRun {
  const sum = (of: (report: WireReport) => number): number =>
    reports.reduce((total, report) => total + of(report), 0);
  return {
    name: `${asked.master} at ${asked.baud} baud, ${asked.living.length} of ${asked.units.length} living`,
    clean: reports.filter(isClean).map(({ stats, sinceResetMs }) => ({
      worstMs: Math.max(
        ...asked.living.map((unit) => stats.units[unit]?.worstGapMs || sinceResetMs),
      ),
      requests: stats.requests,
      ms: sinceResetMs,
      lateMs: stats.lateMs,
    })),
    spoiltMs: reports.filter((report) => !isClean(report)).map(({ stalls }) => stalls.worstMs),
    requests: sum(({ stats }) => stats.requests),
    violations: sum(({ stats }) => stats.silenceViolations),
    badFrames: sum(({ stats }) => stats.badFrames),
    writeAttempts: Math.max(0, ...reports.map(({ stats }) => stats.writeAttempts)),
    counts,
  };
}

/** Before all other programs, so that the wire's time is the wire's; where that is not allowed, beside them. */
function runAhead(pid: number): void {
  spawnSync("chrt", ["-a", "-f", "-p", "10", String(pid)], { stdio: "ignore" });
}
