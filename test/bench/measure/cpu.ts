/** What a process has cost so far, from the operating system: never from wall clock. */

import { readdirSync, readFileSync } from "node:fs";

export interface Usage {
  /** User + system of all threads, in seconds. */
  readonly cpuS: number;
  /** Resident memory now and at most, in MB (10^6 bytes). */
  readonly rssMb: number;
  readonly rssPeakMb: number;
  /** Bytes the process caused to be written to the block device. */
  readonly deviceBytes: number;
}

const ticksPerS = 100;

/** Reads /proc: Linux only. Throws when the process is gone. */
export function usageOf(pid: number | "self"): Usage {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return {
    cpuS: cpuSeconds(pid),
    rssMb: kilobytes(status, "VmRSS") / 1000,
    rssPeakMb: kilobytes(status, "VmHWM") / 1000,
    deviceBytes: deviceBytes(pid),
  };
}

/**
 * `/proc/<pid>/stat` counts in hundredths of a second, too coarse for a C loop at 1,000 tags/s. The kernel
 * keeps the same run time per thread in nanoseconds; it is used when it agrees with `stat`, which also
 * knows threads that have ended.
 */
function cpuSeconds(pid: number | "self"): number {
  const coarse = statSeconds(pid);
  const fine = threadSeconds(pid);
  return Math.abs(fine - coarse) <= 0.03 + coarse * 0.01 ? fine : coarse;
}

function statSeconds(pid: number | "self"): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // The name in brackets may hold spaces: count from its end. utime and stime are fields 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / ticksPerS;
}

function threadSeconds(pid: number | "self"): number {
  let nanos = 0;
  for (const task of readdirSync(`/proc/${pid}/task`)) {
    try {
      nanos += Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, "utf8").split(" ")[0]);
    } catch {
      // The thread has just ended: then `stat` is right.
      return Number.NaN;
    }
  }
  return nanos / 1e9;
}

function kilobytes(status: string, name: string): number {
  return (Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) * 1024) / 1000;
}

function deviceBytes(pid: number | "self"): number {
  try {
    return Number(/^write_bytes: (\d+)/m.exec(readFileSync(`/proc/${pid}/io`, "utf8"))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
