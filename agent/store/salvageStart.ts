/** At the opening of a fresh journal: what of the damaged one must be there before anybody asks for it. */

import { readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Database } from "better-sqlite3";
import { pointId } from "../../config/words/names.ts";
import type { PointHead } from "../records.ts";
import { openAlarmTable } from "./alarmTable.ts";
import { openPointTable, type StoredPoint } from "./pointTable.ts";
import { openBooks } from "./salvageBooks.ts";
import { freshState, openSalvageTable } from "./salvageTable.ts";

/** Says of a file that was moved aside that all of it was carried over. */
export const salvagedSuffix = ".salvaged";

/** Names of the databases that were moved aside, oldest first. */
export function archivesOf(
  file: string,
): readonly { readonly name: string; readonly isDone: boolean }[] {
  const names = readdirSync(dirname(file));
  const start = `${basename(file)}.damaged-`;
  return names
    .filter((name) => name.startsWith(start) && /^\d+$/.test(name.slice(start.length)))
    .sort()
    .map((name) => ({ name, isDone: names.includes(name + salvagedSuffix) }));
}

/**
 * Notes each file that was moved aside and is not yet carried over; takes over alarms that stand, and the point
 * numbers that its open rows name. One transaction.
 */
export function beginSalvage(
  db: Database,
  options: {
    readonly file: string;
    readonly heads: readonly PointHead[];
    readonly writtenWallMs: number;
  },
): void {
  const { file, writtenWallMs } = options;
  const salvage = openSalvageTable(db);
  const known = new Set(salvage.all().map(({ name }) => name));
  const fresh = archivesOf(file).filter(({ name, isDone }) => !isDone && !known.has(name));
  for (const { name } of fresh) {
    using books = openBooks(join(dirname(file), name));
    const alarms = openAlarmTable(db);
    const heads = books.points().map(headOf);
    const standing = books.standing();
    const { epoch, nextSeq } = books;
    db.transaction(() => {
      salvage.put({ name, epoch, nextSeq, state: { ...freshState, writtenWallMs } });
      for (const alarm of standing) alarms.restore(alarm);
    }).immediate();
    openPointTable(db).number(heads);
  }
}

function headOf({ tag, unit, decimals }: StoredPoint): PointHead {
  return { id: pointId(tag), unit, decimals: decimals ?? undefined };
}
