/**
 * Who else has a serial port: by its lock (flock(2)), by a lock file in /run/lock, or by an open file alone.
 *
 * Looked at before the port is opened, because the serial library changes baud rate and parity first and asks for the
 * lock afterwards: a second opener would disturb the first even though it is refused. All of it is read from /proc and
 * /run/lock, so it is Linux only, and what this user may not read there is taken for free.
 */

import { readdir, readFile, readlink, stat } from "node:fs/promises";
import { basename } from "node:path";
import { lockFileHolder } from "./lockFile.ts";

export interface Holder {
  readonly pid: number;
  /** What it calls itself: "picocom", "hazgate.mjs run". */
  readonly name: string;
  /** It takes a lock, so that others can know of it; null: it only has the port open. */
  readonly lock: "flock" | "file" | null;
}

/** `path` is the device itself, not a link to it. Null: nobody else, as far as this user can see. */
export async function holderOf(path: string): Promise<Holder | null> {
  const flocked = await flockHolder(path);
  if (flocked !== null) return named(flocked, "flock");
  const filed = await lockFileHolder(path, openersOf);
  if (filed !== null) return named(filed, "file");
  const [opener] = await openersOf(path, await processIds());
  return opener === undefined ? null : named(opener, null);
}

async function named(pid: number, lock: Holder["lock"]): Promise<Holder> {
  return { pid, name: await nameOf(pid), lock };
}

/** /proc/locks: "7: FLOCK  ADVISORY  WRITE 4711 00:05:1234 0 EOF", the device and inode in it. */
async function flockHolder(path: string): Promise<number | null> {
  const status = await stat(path).catch(() => null);
  const locks = await readFile("/proc/locks", "utf8").catch(() => "");
  if (status === null) return null;
  const hex = (part: number): string => part.toString(16).padStart(2, "0");
  const major = Math.floor(status.dev / 256) & 0xfff;
  const minor = (status.dev & 0xff) | (Math.floor(status.dev / 4096) & 0xfff00);
  const file = `${hex(major)}:${hex(minor)}:${status.ino}`;
  for (const line of locks.split("\n")) {
    const [, kind, , , pid, of] = line.trim().split(/\s+/);
    if (kind === "FLOCK" && of === file && Number(pid) !== process.pid) return Number(pid);
  }
  return null;
}

async function processIds(): Promise<readonly number[]> {
  const names = await readdir("/proc").catch(() => []);
  return names.map(Number).filter((pid) => Number.isInteger(pid) && pid !== process.pid);
}

/** Which of `pids` have `path` open. The far end of a pseudo-terminal holds both its ends and is no opener. */
async function openersOf(path: string, pids: readonly number[]): Promise<readonly number[]> {
  const openers: number[] = [];
  for (const pid of pids) {
    const files = await openFiles(pid);
    if (files.includes(path) && !files.some((file) => file.endsWith("/ptmx"))) openers.push(pid);
  }
  return openers;
}

async function openFiles(pid: number): Promise<readonly string[]> {
  const folder = `/proc/${pid}/fd`;
  const names = await readdir(folder).catch(() => []);
  return Promise.all(names.map((name) => readlink(`${folder}/${name}`).catch(() => "")));
}

/** Never the whole command line: it may hold secrets. */
async function nameOf(pid: number): Promise<string> {
  const words = (await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")).split("\0");
  const program = basename(words[0] ?? "");
  if (program === "node" && (words[1] ?? "").length > 0) {
    return [basename(words[1] ?? ""), words[2] ?? ""].join(" ").trim();
  }
  const name = (await readFile(`/proc/${pid}/comm`, "utf8").catch(() => "")).trim();
  return name === "" ? "another program" : name;
}
