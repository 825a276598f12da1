/** What is still to be carried over from journals that were moved aside, and what was: one row a file. */

import { crc32 } from "node:zlib";
import type { Database } from "better-sqlite3";
import { z } from "zod";

const count = z.int();

/** The state of one salvage: all that a restart must know of it. */
export const salvageStateSchema = z.object({
  phase: z.enum(["records", "rows", "done"]),
  /** Next image of a page to look at, in phase `records`; next open row, in phase `rows`. */
  at: count,
  /** Numbers carried over, by their epoch. */
  carried: z.record(z.string(), z.array(z.tuple([count, count]))),
  /** Of those, known by an older identity still: nobody will see this one. */
  renamed: z.array(z.tuple([count, count])),
  records: count,
  alarms: count,
  events: count,
  /** Readings carried over of the epoch that is salvaged. */
  readings: count,
  /** Readings declared lost at the end. */
  lost: count,
  isLostUnknown: z.boolean(),
  /** When the file was last written. */
  writtenWallMs: z.number(),
  /** Age of this journal when the salvage was done. */
  doneAgeMs: z.number(),
});
export type SalvageState = z.output<typeof salvageStateSchema>;

export interface SalvageRow {
  /** Name of the file, in the journal's folder. */
  readonly name: string;
  /** Null: not known. */
  readonly epoch: string | null;
  readonly nextSeq: number;
  readonly state: SalvageState;
}

export const freshState: Omit<SalvageState, "writtenWallMs"> = {
  phase: "records",
  at: 0,
  carried: {},
  renamed: [],
  records: 0,
  alarms: 0,
  events: 0,
  readings: 0,
  lost: 0,
  isLostUnknown: false,
  doneAgeMs: 0,
};

export interface SalvageTable {
  /** Oldest first. */
  all(): readonly SalvageRow[];
  /** Within a transaction. */
  put(row: SalvageRow): void;
  remove(name: string): void;
}

interface Row {
  readonly path: string;
  readonly epoch: string | null;
  readonly next_seq: number;
  readonly state: string;
}

export function openSalvageTable(db: Database): SalvageTable {
  const all = db.prepare<[], Row>("SELECT * FROM salvage ORDER BY path");
  const put = db.prepare<[string, string | null, number, string]>(
    "INSERT OR REPLACE INTO salvage (path, epoch, next_seq, state) VALUES (?, ?, ?, ?)",
  );
  const remove = db.prepare<[string]>("DELETE FROM salvage WHERE path = ?");
  return {
    all: () =>
      all.all().map(({ path, epoch, next_seq, state }) => ({
        name: path,
        epoch,
        nextSeq: next_seq,
        state: stateIn(state),
      })),
    put({ name, epoch, nextSeq, state }) {
      const text = JSON.stringify(state);
      put.run(name, epoch, nextSeq, `${text} ${crc32(text)}`);
    },
    remove(name) {
      remove.run(name);
    },
  };
}

/** A damaged state only means to begin again: what is carried over twice bears the same old name twice. */
function stateIn(stored: string): SalvageState {
  const end = stored.lastIndexOf("}") + 1;
  const text = stored.slice(0, end);
  const begun = { ...freshState, writtenWallMs: 0 };
  if (stored.slice(end + 1) !== String(crc32(text))) return begun;
  const state = salvageStateSchema.safeParse(JSON.parse(text));
  return state.success ? state.data : begun;
}
