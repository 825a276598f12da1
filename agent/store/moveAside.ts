/**
 * Moves a damaged journal out of the way: database, write-ahead log and mark together, under one name. A kill at
 * any moment is made good by the next start: the flag `journal.db.is-damaged` names where to, and the database goes
 * last, so that whoever finds it there knows that the move was complete. The flag goes when the fresh journal has
 * written down that there is something to salvage.
 */

import { existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

export interface MovedAside {
  readonly path: string;
  /** When the file was last written. */
  readonly writtenWallMs: number;
  readonly why: string;
}

const suffixes = ["-wal", "-shm", ".mark", ""] as const;

/** @throws when the folder cannot be written. */
export function moveAside(
  file: string,
  { nowWallMs, why }: { readonly nowWallMs: number; readonly why: string },
): MovedAside {
  let ms = Math.trunc(nowWallMs);
  let path = plannedTarget(file) ?? `${file}.damaged-${ms}`;
  while (existsSync(path)) {
    ms += 1;
    path = `${file}.damaged-${ms}`;
  }
  // Where the database itself is gone, an empty one stands for it.
  if (!existsSync(file)) writeFileSync(file, "");
  const writtenWallMs = statSync(file).mtimeMs;
  writeFileSync(flagOf(file), basename(path), { flush: true });
  for (const suffix of suffixes) {
    if (existsSync(file + suffix)) renameSync(file + suffix, path + suffix);
  }
  return { path, writtenWallMs, why };
}

/** Says that the file was found damaged while in use: the next opening moves it aside. */
export function markDamaged(file: string): void {
  writeFileSync(flagOf(file), "");
}

/** What a move that was begun has still to do: nothing, move the files, or only tell the fresh journal of it. */
export function moveUnderWay(file: string): "none" | "move" | { readonly moved: MovedAside } {
  if (!existsSync(flagOf(file))) return "none";
  const path = plannedTarget(file);
  if (path !== null && existsSync(path)) {
    return {
      moved: { path, writtenWallMs: statSync(path).mtimeMs, why: "found before a restart" },
    };
  }
  return path !== null || existsSync(file) ? "move" : "none";
}

export function moveIsDone(file: string): void {
  rmSync(flagOf(file), { force: true });
}

/** Where the flag says that the file goes; null: it does not say. */
function plannedTarget(file: string): string | null {
  try {
    const name = readFileSync(flagOf(file), "utf8");
    return name.startsWith(`${basename(file)}.damaged-`) && basename(name) === name
      ? join(dirname(file), name)
      : null;
  } catch {
    return null;
  }
}

function flagOf(file: string): string {
  return `${file}.is-damaged`;
}
