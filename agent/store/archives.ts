/**
 * Damaged journals that were moved aside stay as archives until their readings are too old, or their room is
 * needed: they are the first to go, but never before all that is sound in them was carried over.
 */

import { rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Database } from "better-sqlite3";
import { salvagedSuffix } from "./salvageStart.ts";
import { openSalvageTable } from "./salvageTable.ts";

const parts = ["", "-wal", "-shm", ".mark", salvagedSuffix];

/** Deletes the oldest archive that is carried over. Returns the bytes that became free; 0: there was none. */
export function dropOldestArchive(db: Database): number {
  const table = openSalvageTable(db);
  const [oldest] = table.all().filter(({ state }) => state.phase === "done");
  return oldest === undefined ? 0 : drop(db, oldest.name);
}

/** Deletes archives past their keeping time, and those for which the journal's budget has no room. */
export function dropOldArchives(
  db: Database,
  options: {
    readonly keepReadingsMs: number;
    readonly maxSizeBytes: number;
    readonly ageMs: number;
  },
): void {
  const rows = openSalvageTable(db).all();
  if (rows.length === 0) return;
  const folder = dirname(db.name);
  let taken = sizeOf(db.name);
  for (const { name } of rows) taken += sizeOf(join(folder, name));
  for (const { name, state } of rows) {
    if (state.phase !== "done") continue;
    const isOld = options.ageMs - state.doneAgeMs >= options.keepReadingsMs;
    if (isOld || taken > options.maxSizeBytes) taken -= drop(db, name);
  }
}

/** The files first: a row without them is harmless, the other way round they would be salvaged again. */
function drop(db: Database, name: string): number {
  const path = join(dirname(db.name), name);
  const bytes = sizeOf(path);
  for (const part of parts) rmSync(path + part, { force: true });
  openSalvageTable(db).remove(name);
  return bytes;
}

function sizeOf(path: string): number {
  const size = (one: string): number => statSync(one, { throwIfNoEntry: false })?.size ?? 0;
  return size(path) + size(`${path}-wal`);
}
