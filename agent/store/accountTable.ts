/** What was made, delivered and declared lost, as counters; what is stored, by counting it. */

import type { Database } from "better-sqlite3";
import { type Account, type RecordKind, recordKinds } from "../records.ts";

/** `readings` counts readings; the other classes count records. */
export type AccountClass = RecordKind;

export type AccountByClass = Readonly<Record<AccountClass, Account>>;

/** The counters of one class, as they are stored. */
export interface Counter {
  readonly made: number;
  readonly delivered: number;
  readonly lost: number;
}

export type Counters = Readonly<Record<AccountClass, Counter>>;

const nothing: Counter = { made: 0, delivered: 0, lost: 0 };

export const noCounters: Counters = ofEachClass(() => nothing);

/** The same of every class. */
export function ofEachClass<T>(make: (name: AccountClass) => T): Record<AccountClass, T> {
  return Object.fromEntries(recordKinds.map((name) => [name, make(name)])) as Record<
    AccountClass,
    T
  >;
}

export interface AccountTable {
  /** Adds to the counters of one class, within a transaction. */
  add(
    name: AccountClass,
    change: { readonly made?: number; readonly delivered?: number; readonly lost?: number },
  ): void;
  /** The counters alone: four rows, whatever is stored. */
  counters(): Counters;
  /** Consistent only within one transaction. */
  read(): AccountByClass;
}

interface CounterRow {
  readonly class: AccountClass;
  readonly made: number;
  readonly delivered: number;
  readonly declared_lost: number;
}
interface StoredRow {
  readonly kind: AccountClass;
  readonly records: number;
  readonly readings: number;
}

export function openAccountTable(db: Database): AccountTable {
  const add = db.prepare<[number, number, number, AccountClass]>(
    `UPDATE account SET made = made + ?, delivered = delivered + ?, declared_lost = declared_lost + ?
     WHERE class = ?`,
  );
  const counters = db.prepare<[], CounterRow>("SELECT * FROM account");
  const stored = db.prepare<[], StoredRow>(
    `SELECT kind, count(*) AS records, sum(readings) AS readings
     FROM record WHERE delivered_age IS NULL GROUP BY kind`,
  );
  const countersNow = (): Counters => {
    const rows = counters.all();
    const of = (name: AccountClass): Counter => {
      const row = rows.find((candidate) => candidate.class === name);
      return row === undefined
        ? nothing
        : { made: row.made, delivered: row.delivered, lost: row.declared_lost };
    };
    return ofEachClass(of);
  };
  const waiting = db.prepare<[], number>("SELECT coalesce(sum(readings), 0) FROM open_row").pluck();
  return {
    add(name, { made = 0, delivered = 0, lost = 0 }) {
      add.run(made, delivered, lost, name);
    },
    counters: countersNow,
    read() {
      const storedOf = { ...ofEachClass(() => 0), readings: waiting.get() ?? 0 };
      for (const row of stored.all()) {
        // A damaged kind is nobody's; whoever looks for damage finds it.
        if (row.kind in storedOf)
          storedOf[row.kind] += row.kind === "readings" ? row.readings : row.records;
      }
      const now = countersNow();
      const account = (name: AccountClass): Account => {
        const { made, delivered, lost: declaredLost } = now[name];
        return { made, delivered, stored: storedOf[name], declaredLost };
      };
      return ofEachClass(account);
    },
  };
}

/** 0 when nothing is missing and nothing is there twice. */
export function balanceOf(account: Account): number {
  return account.made - account.delivered - account.stored - account.declaredLost;
}
