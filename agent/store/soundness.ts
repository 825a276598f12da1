/**
 * Whether a journal, as it is found at its opening, is what it was when it was left. Bounded in time: small files
 * are checked wholly, of large ones what costs no reading of every page; the background check sees the rest.
 */

import { closeSync, existsSync, openSync, readSync } from "node:fs";
import Database from "better-sqlite3";
import { balanceOf, openAccountTable } from "./accountTable.ts";
import { openAlarmTable } from "./alarmTable.ts";
import { openLifeTable } from "./lifeRow.ts";
import { makeTables } from "./migrations.ts";
import type { Marked } from "./sequenceMark.ts";

/** In the first format too; and those that came with the second. */
const smallTables = ["life", "account", "point", "standing", "gone", "open_gap", "open_gap_point"];
const newTables = ["salvage", "stop"];

/** Null: nothing is suspicious. @throws SqliteError where SQLite itself sees the damage. */
export function damageIn(
  db: Database.Database,
  options: {
    readonly version: number;
    /** Null: there is none, or no whole one. */
    readonly mark: Marked | null;
    /** Read every page. */
    readonly isWhole: boolean;
  },
): string | null {
  const { version, mark, isWhole } = options;
  return (
    schemaDamage(db, version) ??
    pageDamage(db, isWhole) ??
    bookDamage(db, version) ??
    sequenceDamage(db) ??
    (mark === null ? null : markDamage(db, mark))
  );
}

/** What SQLite cannot open at all, or only for reading, though it is not what was written. */
export function isHeaderDamaged(file: string): boolean {
  if (!existsSync(file)) return false;
  const header = Buffer.alloc(100);
  const descriptor = openSync(file, "r");
  try {
    // An empty file is a new one; what is too short for a header is for SQLite to judge.
    if (readSync(descriptor, header, 0, 100, 0) < 100) return false;
  } finally {
    closeSync(descriptor);
  }
  const isVersion = (byte: number | undefined): boolean => byte === 1 || byte === 2;
  return !isVersion(header[18]) || !isVersion(header[19]) || header[20] !== 0;
}

/** Point numbers and tags, alarms, counters: what no checksum of a record covers. */
export function bookDamage(db: Database.Database, version: number): string | null {
  for (const table of version > 1 ? [...smallTables, ...newTables] : smallTables) {
    const answer = db.pragma(`integrity_check(${table})`, { simple: true });
    if (answer !== "ok") return `table ${table}: ${String(answer)}`;
  }
  const rows = db.prepare("SELECT count(*) FROM life").pluck().get();
  if (rows !== 1) return "it does not say whose it is";
  const account = openAccountTable(db);
  if (version > 1) {
    if (!openLifeTable(db).isSound(account.counters()))
      return "its books do not fit their checksum";
    if (!openAlarmTable(db).sound().isAll) return "a standing alarm does not fit its checksum";
  }
  const off = Object.entries(account.read()).find(([, one]) => balanceOf(one) !== 0);
  return off === undefined ? null : `the books of ${off[0]} do not balance`;
}

function schemaDamage(db: Database.Database, version: number): string | null {
  const model = new Database(":memory:");
  try {
    makeTables(model, version);
    return schemaOf(db) === schemaOf(model) ? null : "its tables are not those of a journal";
  } finally {
    model.close();
  }
}

function schemaOf(db: Database.Database): string {
  return JSON.stringify(
    db
      .prepare(
        "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_stat%' ORDER BY name",
      )
      .all(),
  );
}

function pageDamage(db: Database.Database, isWhole: boolean): string | null {
  if (!isWhole) return null;
  const answer = db.pragma("integrity_check(1)", { simple: true });
  return answer === "ok" ? null : String(answer);
}

/** Each number given out is in exactly one place. Counted in the indexes, which are small. */
export function sequenceDamage(db: Database.Database): string | null {
  const { nextSeq } = openLifeTable(db).read();
  const number = (sql: string): number => Number(db.prepare(sql).pluck().get() ?? 0);
  if (number("SELECT max(seq) FROM record") >= nextSeq)
    return "a record has a number not given out";
  const held =
    number("SELECT count(*) FROM record INDEXED BY record_waiting WHERE delivered_age IS NULL") +
    number(
      "SELECT count(*) FROM record INDEXED BY record_delivered WHERE delivered_age IS NOT NULL",
    );
  const gone = number("SELECT sum(to_seq - from_seq + 1) FROM gone");
  return held + gone === nextSeq - 1 ? null : `of ${nextSeq - 1} numbers ${held + gone} are there`;
}

function markDamage(db: Database.Database, mark: Marked): string | null {
  const life = openLifeTable(db).read();
  if (mark.epoch !== life.epoch) return "its mark is that of another journal";
  const made = openAccountTable(db).counters().readings.made;
  const isBehind =
    mark.nextSeq > life.nextSeq ||
    mark.ageMs > life.ageMs ||
    (mark.counters?.readings.made ?? 0) > made;
  return isBehind ? "it has forgotten its last commits" : null;
}
