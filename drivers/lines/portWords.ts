/** What keeps a serial port from being opened, and what to do about it, in one sentence. */

import { readFileSync, statSync } from "node:fs";
import { userInfo } from "node:os";
import type { SerialName } from "../../config/checks/serialPorts.ts";
import type { Holder } from "./portHolder.ts";
import { serialNames } from "./serialNames.ts";

/** The port has somebody else. */
export function inUseWords(path: string, { pid, name, isLocked }: Holder): string {
  const silently = isLocked ? "" : " (it has the port open without a lock)";
  return `${path}: in use by ${name}, process ${pid}${silently}; end it first, two programs cannot share a line`;
}

/** The library tells the system's error only in its text. */
export function openErrorWords(error: Error, path: string): string {
  const text = error.message;
  if (/No such file/i.test(text)) return missingWords(path, serialNames());
  if (/No such device|Input\/output error/i.test(text)) {
    return `${path}: there is no serial port behind this name: the adapter is gone, or the board has no such port`;
  }
  if (/Inappropriate ioctl|Not a (tty|typewriter)/i.test(text)) {
    return `${path}: is no serial port`;
  }
  if (/Permission denied|Access denied|not permitted/i.test(text)) return deniedWords(path);
  if (/lock|temporarily unavailable|busy/i.test(text)) {
    return `${path}: in use by another program; \`fuser -v ${path}\` says by which`;
  }
  return `${path}: ${text}`;
}

export function missingWords(path: string, names: readonly SerialName[]): string {
  const present =
    names.length === 0
      ? "no USB adapter is plugged in"
      : `plugged in now: ${names.map(({ name }) => name).join(", ")}`;
  return `${path}: no such port; is the adapter plugged in? (${present})`;
}

function deniedWords(path: string): string {
  const group = groupOf(path) ?? "dialout";
  const user = userInfo().username;
  return (
    `${path}: permission denied: user ${user} is not in the group ${group}; ` +
    `\`sudo usermod -aG ${group} ${user}\`, then start the service (or log in) again`
  );
}

/** Name of the group that owns the port. */
function groupOf(path: string): string | null {
  try {
    const { gid } = statSync(path);
    const line = readFileSync("/etc/group", "utf8")
      .split("\n")
      .find((entry) => entry.split(":")[2] === String(gid));
    return line?.split(":")[0] ?? null;
  } catch {
    return null;
  }
}
