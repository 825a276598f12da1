/**
 * Who else has a serial port: by its lock (flock(2)), by a lock file in /run/lock, or by an open file alone.
 *
 * Locks are looked at before the port is opened, because the serial library changes baud rate and parity first and asks
 * for its lock afterwards: a second opener would disturb the first even though it is refused. All of it is read from
 * /proc and /run/lock, at once, for these are no disks; so it is Linux only, and what this user may not read there is
 * taken for free.
 */

import { readlinkSync, statSync } from "node:fs";
import { basename } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { lockFileHolder } from "./lockFile.ts";
import { namesIn, textOf } from "./procFiles.ts";

export interface Holder {
  readonly pid: number;
  /** What it calls itself: "picocom", "hazgate.mjs run". */
  readonly name: string;
  /** It took a lock, so that others can know of it. */
  readonly isLocked: boolean;
}

/** Who locked `path`, the device itself and not a link to it. Null: nobody else, as far as this user can see. */
export function lockHolderOf(path: string): Holder | null {
  const pid = flockHolder(path) ?? lockFileHolder(path, hasOpen);
  return pid === null ? null : { pid, name: nameOf(pid), isLocked: true };
}

/** So many processes are looked at before the rest of the program has its turn. */
const processesAtOnce = 16;

/**
 * Who has `path` open. The far end of a pseudo-terminal holds both its ends and is no opener; if it is this process
 * itself, the line is simulated here, and nobody is looked for.
 */
export async function openerOf(path: string): Promise<Holder | null> {
  if (isFarEnd(filesOf("self"))) return null;
  const pids = namesIn("/proc").map(Number).filter(Number.isInteger);
  for (const [i, pid] of pids.entries()) {
    if (i % processesAtOnce === processesAtOnce - 1) await turn();
    if (pid !== process.pid && hasOpen(path, pid)) {
      return { pid, name: nameOf(pid), isLocked: false };
    }
  }
  return null;
}

/** /proc/locks: "7: FLOCK  ADVISORY  WRITE 4711 00:05:1234 0 EOF", the device and inode in it. */
function flockHolder(path: string): number | null {
  const file = fileNumber(path);
  for (const line of textOf("/proc/locks").split("\n")) {
    const [, kind, , , pid, of] = line.trim().split(/\s+/);
    if (kind === "FLOCK" && of === file && Number(pid) !== process.pid) return Number(pid);
  }
  return null;
}

/** As /proc/locks writes it; null: no such file. */
function fileNumber(path: string): string | null {
  const status = statSync(path, { throwIfNoEntry: false });
  if (status === undefined) return null;
  const hex = (part: number): string => part.toString(16).padStart(2, "0");
  const major = Math.floor(status.dev / 256) & 0xfff;
  const minor = (status.dev & 0xff) | (Math.floor(status.dev / 4096) & 0xfff00);
  return `${hex(major)}:${hex(minor)}:${status.ino}`;
}

function hasOpen(path: string, pid: number): boolean {
  const files = filesOf(pid);
  return files.includes(path) && !isFarEnd(files);
}

function filesOf(pid: number | "self"): readonly string[] {
  return namesIn(`/proc/${pid}/fd`).map((name) => targetOf(`/proc/${pid}/fd/${name}`));
}

function isFarEnd(files: readonly string[]): boolean {
  return files.some((file) => file.endsWith("/ptmx"));
}

function targetOf(link: string): string {
  try {
    return readlinkSync(link);
  } catch {
    return "";
  }
}

/** Never the whole command line: it may hold secrets. */
function nameOf(pid: number): string {
  const words = textOf(`/proc/${pid}/cmdline`).split("\0");
  const program = basename(words[0] ?? "");
  if (program === "node" && (words[1] ?? "").length > 0) {
    return [basename(words[1] ?? ""), words[2] ?? ""].join(" ").trim();
  }
  const name = textOf(`/proc/${pid}/comm`).trim();
  return name === "" ? "another program" : name;
}
