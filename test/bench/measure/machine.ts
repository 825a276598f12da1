/** What the machine was doing meanwhile: a loaded or stalling machine makes wall clock worthless. */

import { readFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";

export interface Stalls {
  readonly count: number;
  readonly worstMs: number;
  readonly totalMs: number;
}

export interface StallWatch extends Disposable {
  stalls(): Stalls;
}

const lookMs = 20;
const stallMsUsual = 100;

/** A timer that comes `stallMs` too late, in a process that does next to nothing, is the machine's doing. */
export function watchStalls(stallMs = stallMsUsual): StallWatch {
  const seen = { count: 0, worstMs: 0, totalMs: 0 };
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    const lateMs = now - last - lookMs;
    last = now;
    if (lateMs < stallMs) return;
    seen.count += 1;
    seen.totalMs += lateMs;
    seen.worstMs = Math.max(seen.worstMs, lateMs);
  }, lookMs);
  return {
    stalls: () => ({ ...seen }),
    [Symbol.dispose]: () => clearInterval(timer),
  };
}

export function loadAverage(): string {
  return readFileSync("/proc/loadavg", "utf8").split(" ").slice(0, 3).join(" ");
}

export function machineText(): string {
  const model = cpus()[0]?.model ?? "unknown processor";
  const memoryGib = Math.round(totalmem() / 2 ** 30);
  return `${cpus().length} cores (${model}), ${memoryGib} GiB, Node ${process.version}, ${process.platform} ${process.arch}`;
}
