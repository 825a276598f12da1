/** The table of seconds not yet sealed. */

import { crc32 } from "node:zlib";
import type { Database } from "better-sqlite3";
import type { ReadingColumns } from "../wire/readingColumns.ts";
import { decodeOpenRow, encodeOpenRow, RowWriter } from "./openRow.ts";

export interface OpenRows {
  /** Stores these readings as one row, within a transaction. */
  insert(parts: readonly ReadingColumns[], readings: number): void;
  clear(): void;
  /** What an earlier life left, row by row; a damaged row is only counted. */
  readAll(): { readonly parts: readonly ReadingColumns[]; readonly damagedReadings: number };
}

interface Row {
  readonly readings: number;
  readonly crc: number;
  readonly bytes: Uint8Array;
}

export function openOpenRows(db: Database): OpenRows {
  const insert = db.prepare<[number, number, Uint8Array]>(
    "INSERT INTO open_row (readings, crc, bytes) VALUES (?, ?, ?)",
  );
  const clear = db.prepare("DELETE FROM open_row");
  const all = db.prepare<[], Row>("SELECT readings, crc, bytes FROM open_row ORDER BY id");
  const writer = new RowWriter();
  return {
    insert(parts, readings) {
      const bytes = encodeOpenRow(parts, writer);
      insert.run(readings, crc32(bytes), bytes);
    },
    clear() {
      clear.run();
    },
    readAll() {
      const parts: ReadingColumns[] = [];
      let damagedReadings = 0;
      for (const row of all.all()) {
        const columns = soundRow(row);
        if (columns === null) damagedReadings += row.readings;
        else parts.push(columns);
      }
      return { parts, damagedReadings };
    },
  };
}

/** Null when checksum, form or count do not fit. */
export function soundRow(row: Row): ReadingColumns | null {
  if (!(row.bytes instanceof Uint8Array) || crc32(row.bytes) !== row.crc) return null;
  const columns = decodeOpenRow(row.bytes);
  return columns?.points.length === row.readings ? columns : null;
}
