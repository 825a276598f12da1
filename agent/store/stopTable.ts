/** Who stopped the agent: written with its last commit, told by the next one. */

import { crc32 } from "node:zlib";
import type { Database } from "better-sqlite3";
import { lazily } from "./lazily.ts";

export interface StopTable {
  /** Null: nobody said so, or what was written is damaged. */
  read(): string | null;
  write(who: string): void;
  clear(): void;
}

interface Row {
  readonly by: string;
  readonly crc: number;
}

/** Longer names say nothing more. */
const lengthMax = 200;

export function openStopTable(db: Database): StopTable {
  // Prepared when first used: a file of an older format has no such table.
  const read = lazily(() => db.prepare<[], Row>("SELECT by, crc FROM stop"));
  const write = lazily(() =>
    db.prepare<[string, number]>("INSERT OR REPLACE INTO stop (id, by, crc) VALUES (1, ?, ?)"),
  );
  const clear = lazily(() => db.prepare("DELETE FROM stop"));
  return {
    read() {
      const row = read().get();
      return row !== undefined && crc32(row.by) === row.crc ? row.by : null;
    },
    write(who) {
      const by = who.slice(0, lengthMax);
      write().run(by, crc32(by));
    },
    clear() {
      clear().run();
    },
  };
}
