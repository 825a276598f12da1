/**
 * The lock file that terminal programs leave for one another (UUCP, FHS 5.9): /run/lock/LCK..ttyUSB0, in it the
 * process id in ten characters. hazgate leaves one too, so that they keep away while it polls; where it may not write
 * there, the lock of the library (flock) stands alone.
 */

import { readFile, rm, stat, writeFile } from "node:fs/promises";

const folder = "/run/lock";
/** A lock file may be a little older than the process says it is: the kernel counts in hundredths of a second. */
const slackMs = 2_000;

/** For "/dev/ttyUSB0" LCK..ttyUSB0, for "/dev/pts/3" LCK..pts_3. */
export function lockFileOf(path: string): string {
  return `${folder}/LCK..${path.replace(/^\/dev\//, "").replaceAll("/", "_")}`;
}

/** Who has `path` open, of these processes. */
type OpenersOf = (path: string, pids: readonly number[]) => Promise<readonly number[]>;

/** The other program that the lock file of `path` names; null: none, or one that has ended and left it behind. */
export async function lockFileHolder(path: string, openersOf: OpenersOf): Promise<number | null> {
  const file = lockFileOf(path);
  const pid = Number((await readFile(file, "latin1").catch(() => "")).trim());
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid || !isAlive(pid)) return null;
  if ((await openersOf(path, [pid])).length > 0) return pid;
  // Its files may not be ours to read. A process that began after the file was written is another one of that number.
  const writtenMs = (await stat(file).catch(() => null))?.mtimeMs ?? 0;
  const isReused = (await startedMs(pid)) > writtenMs + slackMs;
  return isReused || (await canRead(pid)) ? null : pid;
}

/** Takes the lock file over; whoever it named was asked for before. @returns how to give it back. */
export async function takeLockFile(path: string): Promise<() => Promise<void>> {
  const file = lockFileOf(path);
  const text = `${String(process.pid).padStart(10)}\n`;
  const isWritten = await rm(file, { force: true })
    .then(() => writeFile(file, text, { flag: "wx", mode: 0o644 }))
    .then(() => true)
    .catch(() => false);
  return async () => {
    if (!isWritten) return;
    const now = await readFile(file, "latin1").catch(() => "");
    if (now === text) await rm(file, { force: true }).catch(() => {});
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

/** Whether its open files can be seen by us: then it would have been seen. */
function canRead(pid: number): Promise<boolean> {
  return readFile(`/proc/${pid}/environ`).then(
    () => true,
    () => false,
  );
}

/** Wall clock; 0 when it cannot be told. */
async function startedMs(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/stat`, "latin1").catch(() => "");
  const boot = /^btime (\d+)$/m.exec(await readFile("/proc/stat", "latin1").catch(() => ""))?.[1];
  // The name in brackets may hold spaces: counted from its end, the start is the 20th field, in 1/100 s since the boot.
  const ticks = Number(text.slice(text.lastIndexOf(")") + 2).split(" ")[19]);
  return Number.isFinite(ticks) && boot !== undefined ? Number(boot) * 1000 + ticks * 10 : 0;
}
