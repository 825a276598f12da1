/** Permanent numbers of points: open rows name points by them and so survive a changed configuration. */

import type { Database } from "better-sqlite3";
import type { PointHead } from "../records.ts";

export interface StoredPoint {
  readonly number: number;
  readonly tag: string;
  readonly unit: string;
  readonly decimals: number | null;
}

export interface PointTable {
  /** Gives every head its number, new or old, in the order of `heads`. One transaction. */
  number(heads: readonly PointHead[]): Uint32Array;
  all(): readonly StoredPoint[];
}

/** In place of null, so that the table's uniqueness holds. */
const asMeasured = -1;

interface Row {
  readonly number: number;
  readonly tag: string;
  readonly unit: string;
  readonly decimals: number;
}

export function openPointTable(db: Database): PointTable {
  const insert = db.prepare<[string, string, number]>(
    "INSERT INTO point (tag, unit, decimals) VALUES (?, ?, ?)",
  );
  const all = db.prepare<[], Row>("SELECT * FROM point ORDER BY number");
  const keyOf = (tag: string, unit: string, decimals: number): string =>
    `${tag}\u0000${unit}\u0000${decimals}`;
  return {
    number(heads) {
      const numbers = new Map(
        all.all().map((row) => [keyOf(row.tag, row.unit, row.decimals), row.number]),
      );
      const numbered = new Uint32Array(heads.length);
      db.transaction(() => {
        for (const [position, { id, unit, decimals = asMeasured }] of heads.entries()) {
          const key = keyOf(id, unit, decimals);
          const number = numbers.get(key) ?? Number(insert.run(id, unit, decimals).lastInsertRowid);
          numbers.set(key, number);
          numbered[position] = number;
        }
      }).immediate();
      return numbered;
    },
    all: () =>
      all.all().map(({ number, tag, unit, decimals }) => ({
        number,
        tag,
        unit,
        decimals: decimals === asMeasured ? null : decimals,
      })),
  };
}
