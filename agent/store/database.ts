/**
 * Opens the journal's SQLite file so that a commit means: on the disk.
 *
 * Invariants, asserted at every open:
 * - journal_mode is WAL and synchronous is EXTRA, both read back. A reopened WAL database starts with
 *   NORMAL here, where a power cut undoes commits; EXTRA is safe even if SQLite fell back from WAL.
 * - A pragma that changes something is never run with `simple`, and nothing is ever written by `.get()`
 *   outside a transaction: both hide a failing commit.
 * - After an error while opening, the connection is closed and never used again.
 * - One process writes (processLock.ts); readers use a connection of their own from this same library.
 * - No iterator stays open on the writing connection: it would hold the WAL.
 * - The file has a page cap below `maxSizeBytes`, so that SQLite says "full" while reading and deleting
 *   still work; freed pages are given back in small steps (auto_vacuum = INCREMENTAL).
 * - A damaged file is moved aside with its -wal, -shm and mark (moveAside.ts), and a fresh one is started.
 *   Whatever cannot be read as this journal (headers, schema, checksums, balance) is damaged: nothing that
 *   a flipped bit can do keeps the agent from starting.
 */

import { existsSync, statSync } from "node:fs";
import Database from "better-sqlite3";
import { fail, ok, type Result } from "../../config/words/result.ts";
import { type JournalError, storageTrouble } from "./journalError.ts";
import { applicationId, migrate, newestVersion } from "./migrations.ts";
import { type MovedAside, moveAside } from "./moveAside.ts";
import { readMark } from "./sequenceMark.ts";
import { damageIn, isHeaderDamaged } from "./soundness.ts";

export interface OpenedDatabase {
  readonly db: Database.Database;
  readonly isFresh: boolean;
  /** Where a damaged file went, and when it was last written; null: there was none. */
  readonly movedAside: MovedAside | null;
}

const pageBytes = 4096;
/** Most that the -wal file may add beside the database. */
const walBytesMax = 4 * 1024 * 1024;
/** Smaller files are checked wholly at open; larger ones would take too long: the background check does it. */
const checkedBytesMax = 64 * 1024 * 1024;
const synchronousExtra = 3;

/** Pages the database file may have, so that file and WAL stay within `maxSizeBytes`. */
export function pagesMax(maxSizeBytes: number): number {
  return Math.max(64, Math.floor((maxSizeBytes - 2 * walBytesMax) / pageBytes));
}

export function openDatabase(options: {
  readonly file: string;
  readonly maxSizeBytes: number;
  /** Names the life of this journal, should a fresh file be started. */
  readonly newEpoch: string;
  /** Makes the name a damaged file is moved to unique. */
  readonly nowWallMs: number;
  /** True: the file was found damaged while in use; move it aside without looking. */
  readonly isDamaged?: boolean;
  /** Files up to this size are checked wholly. */
  readonly checkedBytesMax?: number;
}): Result<OpenedDatabase, JournalError> {
  const { file } = options;
  const first = options.isDamaged === true ? damaged(file, "found in use") : attemptTwice(options);
  if (first.ok) return ok({ ...first.value, movedAside: null });
  if (first.error.kind !== "damaged") return first;
  let movedAside: MovedAside;
  try {
    movedAside = moveAside(file, { nowWallMs: options.nowWallMs, why: first.error.message });
  } catch (error) {
    return fail(unwritable(file, String(error)));
  }
  const second = attempt(options);
  return second.ok ? ok({ ...second.value, movedAside }) : second;
}

/** Opens for reading only, beside a running agent or without one. */
export function openForReading(file: string): Result<Database.Database, JournalError> {
  if (!existsSync(file)) {
    return fail({
      kind: "unwritable",
      message: `no journal at ${file}`,
      hint: "give the data folder of an agent that has run",
    });
  }
  try {
    const db = new Database(file, { readonly: true, fileMustExist: true, timeout: 5_000 });
    const identity = identify(db, file);
    if (identity.ok) return ok(db);
    db.close();
    return identity;
  } catch (error) {
    return openError(file, error);
  }
}

function damaged(file: string, why: string): Result<never, JournalError> {
  return fail({
    kind: "damaged",
    message: `${file} is damaged: ${why}`,
    hint: "start the agent: it moves the file aside, begins a new one and carries over what is readable",
  });
}

function unwritable(file: string, why: string): JournalError {
  return {
    kind: "unwritable",
    message: `${file}: ${why}`,
    hint: "check that the data folder exists, is writable and has free space",
  };
}

/** What an error of SQLite while opening means. @throws it again when it is a bug of ours. */
export function openError(file: string, error: unknown): Result<never, JournalError> {
  // Where even a statement that always worked is refused, the schema is not what it was.
  const isStrange = error instanceof Database.SqliteError && strangeCodes.has(error.code);
  if (isStrange) return damaged(file, `${error.code}: ${error.message}`);
  if (error instanceof Error && "code" in error && error.code === "EIO") {
    return damaged(file, error.message);
  }
  const trouble = storageTrouble(error);
  return trouble.kind === "damaged"
    ? damaged(file, trouble.message)
    : fail(unwritable(file, trouble.message));
}

const strangeCodes: ReadonlySet<string> = new Set([
  "SQLITE_ERROR",
  "SQLITE_MISMATCH",
  "SQLITE_IOERR_SHORT_READ",
  "SQLITE_IOERR_CORRUPTFS",
  "SQLITE_SCHEMA",
  "SQLITE_INTERNAL",
  "SQLITE_TOOBIG",
  "SQLITE_NOMEM",
]);

interface Attempt {
  readonly file: string;
  readonly maxSizeBytes: number;
  readonly newEpoch: string;
  readonly checkedBytesMax?: number;
}

/** A read that fails once looks like damage; damage is found again by another connection. */
function attemptTwice(options: Attempt): ReturnType<typeof attempt> {
  const first = attempt(options);
  return !first.ok && first.error.kind === "damaged" ? attempt(options) : first;
}

function attempt(
  options: Attempt,
): Result<{ db: Database.Database; isFresh: boolean }, JournalError> {
  const { file } = options;
  try {
    const judged = judge(options);
    if (!judged.ok) return judged;
    const db = new Database(file, { timeout: 1_000 });
    const opened = prepared(db, { ...options, version: judged.value });
    if (!opened.ok) db.close();
    return opened;
  } catch (error) {
    return openError(file, error);
  }
}

/**
 * What is there, 0: nothing. Through a connection that cannot write: one that can would, when it is closed, copy
 * a foreign or damaged write-ahead log into the database, and delete it.
 */
function judge({
  file,
  checkedBytesMax: wholeMax = checkedBytesMax,
}: Attempt): Result<number, JournalError> {
  finishRollback(file);
  const mark = readMark(file);
  if (!existsSync(file) || statSync(file).size === 0) {
    const isNew = mark === null && !existsSync(`${file}-wal`);
    return isNew ? ok(0) : damaged(file, "it is gone or empty, but it was a journal");
  }
  if (isHeaderDamaged(file)) return damaged(file, "its header is no longer that of a database");
  const db = new Database(file, { readonly: true, timeout: 1_000 });
  try {
    const identity = identify(db, file);
    if (!identity.ok) return identity;
    const { version } = identity.value;
    if (version === 0) return mark === null ? ok(0) : damaged(file, "it has lost its tables");
    const isWhole = readNumber(db, "page_count") * pageBytes <= wholeMax;
    const damage = damageIn(db, { version, mark, isWhole });
    return damage === null ? ok(version) : damaged(file, damage);
  } finally {
    db.close();
  }
}

/**
 * A rollback journal is there only when the power went while the file was made, before its WAL. A connection that
 * cannot write cannot roll it back, and so could never read the file.
 */
function finishRollback(file: string): void {
  if (!existsSync(file) || !existsSync(`${file}-journal`)) return;
  const db = new Database(file, { timeout: 1_000 });
  try {
    db.prepare("SELECT count(*) FROM sqlite_schema").pluck().get();
  } finally {
    db.close();
  }
}

function prepared(
  db: Database.Database,
  { file, maxSizeBytes, newEpoch, version }: Attempt & { readonly version: number },
): Result<{ db: Database.Database; isFresh: boolean }, JournalError> {
  try {
    db.pragma("auto_vacuum = INCREMENTAL");
    db.pragma("journal_mode = WAL");
    db.pragma("synchronous = EXTRA");
    db.pragma(`journal_size_limit = ${walBytesMax}`);
    db.pragma(`max_page_count = ${pagesMax(maxSizeBytes)}`);
    migrate(db, { fromVersion: version, newEpoch });
    const refused = refusedSetting(db);
    if (refused === null) return ok({ db, isFresh: version === 0 });
    if (version > 0 && refused.startsWith("auto_vacuum")) return damaged(file, refused);
    return fail({
      kind: "settings",
      message: `${file}: SQLite refused ${refused}`,
      hint: "keep the data folder on a local disk with a file system that supports locking",
    });
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Read back after the first write: what a pragma answered when it was set proves nothing. */
function refusedSetting(db: Database.Database): string | null {
  if (readNumber(db, "synchronous") !== synchronousExtra) return "synchronous = EXTRA";
  if (readText(db, "journal_mode") !== "wal") return "journal_mode = WAL";
  if (readNumber(db, "auto_vacuum") !== 2) return "auto_vacuum = INCREMENTAL";
  return null;
}

/** Version 0: an empty file. A file where our mark says that a journal is, but that is none, is damaged. */
function identify(
  db: Database.Database,
  file: string,
): Result<{ readonly version: number }, JournalError> {
  const version = readNumber(db, "user_version");
  const tables = db.prepare("SELECT count(*) FROM sqlite_schema").pluck().get();
  if (version === 0 && tables === 0) return ok({ version });
  const mark = readMark(file);
  if (readNumber(db, "application_id") !== applicationId) {
    if (mark !== null) return damaged(file, "it no longer says that it is a journal");
    return fail({
      kind: "foreign",
      message: `${file} is a database, but no journal`,
      hint: "give another data folder",
    });
  }
  if (version < 1 || (version > newestVersion && mark !== null && mark.format <= newestVersion)) {
    return damaged(file, `it says that it has version ${version}`);
  }
  if (version > newestVersion) {
    return fail({
      kind: "newer",
      message: `${file} has version ${version}; this program knows ${newestVersion}`,
      hint: "run the newer hazgate that wrote it",
    });
  }
  return ok({ version });
}

/** Reads a setting (changes nothing, so `simple` hides nothing). */
export function readNumber(db: Database.Database, pragma: string): number {
  const value = db.pragma(pragma, { simple: true });
  return typeof value === "number" ? value : Number.NaN;
}

function readText(db: Database.Database, pragma: string): string {
  return String(db.pragma(pragma, { simple: true }));
}
