/** What the system knows of a serial port: its lasting names, and which programs hold it. Linux; reads only. */

import { readdir, readFile, readlink, realpath } from "node:fs/promises";
import { join } from "node:path";

/** Names that stay with the adapter wherever it is plugged in (udev, systemd). */
export const byIdFolder = "/dev/serial/by-id";

export interface PortHolder {
  readonly pid: number;
  /** As `ps` would show it; "?" when it may not be read. */
  readonly name: string;
}

/** All names in `folder`, each with the device that it leads to now. */
export async function lastingNames(
  folder: string = byIdFolder,
): Promise<readonly { readonly name: string; readonly device: string }[]> {
  const names = await readdir(folder).catch(() => []);
  const found = await Promise.all(
    names.map(async (name) => {
      const path = join(folder, name);
      const device = await realpath(path).catch(() => null);
      return device === null ? [] : [{ name: path, device }];
    }),
  );
  return found.flat();
}

/** Programs that have the port open; those of other users only when this one may look at them. */
export async function holdersOf(port: string): Promise<readonly PortHolder[]> {
  const device = await realpath(port).catch(() => null);
  if (device === null) return [];
  const pids = (await readdir("/proc").catch(() => [])).filter((name) => /^\d+$/.test(name));
  const holders = await Promise.all(
    pids.map(async (pid) => ((await holds(pid, device)) ? [await holder(pid)] : [])),
  );
  return holders.flat();
}

async function holds(pid: string, device: string): Promise<boolean> {
  const folder = `/proc/${pid}/fd`;
  const descriptors = await readdir(folder).catch(() => []);
  for (const descriptor of descriptors) {
    if ((await readlink(join(folder, descriptor)).catch(() => null)) === device) return true;
  }
  return false;
}

async function holder(pid: string): Promise<PortHolder> {
  const name = (await readFile(`/proc/${pid}/comm`, "utf8").catch(() => "?")).trim();
  return { pid: Number(pid), name };
}
