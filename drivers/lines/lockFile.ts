/**
 * The lock file that terminal programs leave for one another (UUCP, FHS 5.9): /run/lock/LCK..ttyUSB0, in it the
 * process id in ten characters. hazgate leaves one too, so that they keep away while it polls; where it may not write
 * there, the lock of the library (flock) stands alone.
 */

import { rmSync, statSync, writeFileSync } from "node:fs";
import { namesIn, textOf } from "./procFiles.ts";

const folder = "/run/lock";
/** A lock file may be a little older than the process says it is: the kernel counts in hundredths of a second. */
const slackMs = 2_000;

/** For "/dev/ttyUSB0" LCK..ttyUSB0, for "/dev/pts/3" LCK..pts_3. */
export function lockFileOf(path: string): string {
  return `${folder}/LCK..${path.replace(/^\/dev\//, "").replaceAll("/", "_")}`;
}

/**
 * The other program that the lock file of `path` names; null: none, or one that has ended and left it behind.
 * `hasOpen` says whether a process has it open, as far as can be seen.
 */
export function lockFileHolder(
  path: string,
  hasOpen: (path: string, pid: number) => boolean,
): number | null {
  const file = lockFileOf(path);
  const pid = Number(textOf(file).trim());
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid || !isAlive(pid)) return null;
  if (hasOpen(path, pid)) return pid;
  // Its files may not be ours to read. A process that began after the file was written is another one of that number.
  const canSee = namesIn(`/proc/${pid}/fd`).length > 0;
  const writtenMs = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return canSee || startedMs(pid) > writtenMs + slackMs ? null : pid;
}

/** Takes the lock file over; whoever it named was asked for before. @returns how to give it back. */
export function takeLockFile(path: string): () => void {
  const file = lockFileOf(path);
  const text = `${String(process.pid).padStart(10)}\n`;
  try {
    rmSync(file, { force: true });
    writeFileSync(file, text, { flag: "wx", mode: 0o644 });
  } catch {
    return () => {};
  }
  return () => {
    if (textOf(file) !== text) return;
    try {
      rmSync(file, { force: true });
    } catch {
      // Whoever comes next sees that this process has ended.
    }
  };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** Wall clock; 0 when it cannot be told. */
function startedMs(pid: number): number {
  const text = textOf(`/proc/${pid}/stat`);
  const boot = /^btime (\d+)$/m.exec(textOf("/proc/stat"))?.[1];
  // The name in brackets may hold spaces: counted from its end, the start is the 20th field, in 1/100 s since the boot.
  const ticks = Number(text.slice(text.lastIndexOf(")") + 2).split(" ")[19]);
  return Number.isFinite(ticks) && boot !== undefined ? Number(boot) * 1000 + ticks * 10 : 0;
}
