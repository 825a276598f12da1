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
 * - A damaged file is moved aside with its -wal and -shm, never deleted, and a fresh one is started.
 */

import { existsSync, renameSync, statSync } from "node:fs";
import Database from "better-sqlite3";
import { fail, ok, type Result } from "../../config/words/result.ts";
import { type JournalError, storageTrouble } from "./journalError.ts";
import { applicationId, migrate, newestVersion } from "./migrations.ts";

export interface OpenedDatabase {
  readonly db: Database.Database;
  readonly isFresh: boolean;
  /** Where a damaged file went, and when it was last written; null: there was none. */
  readonly movedAside: { readonly path: string; readonly writtenWallMs: number } | null;
}

const pageBytes = 4096;
/** Most that the -wal file may add beside the database. */
const walBytesMax = 4 * 1024 * 1024;
/** Smaller files are checked wholly at open; larger ones would take too long. */
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
}): Result<OpenedDatabase, JournalError> {
  const { file } = options;
  const first = options.isDamaged === true ? damaged(file) : attempt(options);
  if (first.ok) return ok({ ...first.value, movedAside: null });
  if (first.error.kind !== "damaged") return first;
  const path = `${file}.damaged-${Math.trunc(options.nowWallMs)}`;
  let writtenWallMs: number;
  try {
    writtenWallMs = statSync(file).mtimeMs;
    for (const suffix of ["", "-wal", "-shm"]) {
      if (existsSync(file + suffix)) renameSync(file + suffix, path + suffix);
    }
  } catch (error) {
    return fail(unwritable(file, String(error)));
  }
  const second = attempt(options);
  return second.ok ? ok({ ...second.value, movedAside: { path, writtenWallMs } }) : second;
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
    return fail(openError(file, error));
  }
}

function damaged(file: string): Result<never, JournalError> {
  return fail({
    kind: "damaged",
    message: `${file} is damaged`,
    hint: "keep the file that was moved aside: what is readable in it can be salvaged",
  });
}

function unwritable(file: string, why: string): JournalError {
  return {
    kind: "unwritable",
    message: `${file}: ${why}`,
    hint: "check that the data folder exists, is writable and has free space",
  };
}

function openError(file: string, error: unknown): JournalError {
  const trouble = storageTrouble(error);
  const asDamaged = damaged(file);
  return trouble.kind === "damaged" && !asDamaged.ok
    ? asDamaged.error
    : unwritable(file, trouble.message);
}

interface Attempt {
  readonly file: string;
  readonly maxSizeBytes: number;
  readonly newEpoch: string;
}

function attempt(
  options: Attempt,
): Result<{ db: Database.Database; isFresh: boolean }, JournalError> {
  const { file } = options;
  try {
    const db = new Database(file, { timeout: 1_000 });
    const opened = prepared(db, options);
    if (!opened.ok) db.close();
    return opened;
  } catch (error) {
    return fail(openError(file, error));
  }
}

function prepared(
  db: Database.Database,
  { file, maxSizeBytes, newEpoch }: Attempt,
): Result<{ db: Database.Database; isFresh: boolean }, JournalError> {
  try {
    db.pragma("auto_vacuum = INCREMENTAL");
    db.pragma("journal_mode = WAL");
    db.pragma("synchronous = EXTRA");
    db.pragma(`journal_size_limit = ${walBytesMax}`);
    db.pragma(`max_page_count = ${pagesMax(maxSizeBytes)}`);
    const identity = identify(db, file);
    if (!identity.ok) return identity;
    const { version } = identity.value;
    if (version > 0 && !isSound(db)) return damaged(file);
    migrate(db, { fromVersion: version, newEpoch });
    const refused = refusedSetting(db);
    if (refused !== null) {
      return fail({
        kind: "settings",
        message: `${file}: SQLite refused ${refused}`,
        hint: "keep the data folder on a local disk with a file system that supports locking",
      });
    }
    return ok({ db, isFresh: version === 0 });
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

/** Version 0: an empty file. */
function identify(
  db: Database.Database,
  file: string,
): Result<{ readonly version: number }, JournalError> {
  const version = readNumber(db, "user_version");
  const tables = db.prepare("SELECT count(*) FROM sqlite_schema").pluck().get();
  if (version === 0 && tables === 0) return ok({ version });
  if (readNumber(db, "application_id") !== applicationId) {
    return fail({
      kind: "foreign",
      message: `${file} is a database, but no journal`,
      hint: "give another data folder",
    });
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

function isSound(db: Database.Database): boolean {
  const life = db.prepare("SELECT count(*) FROM life").pluck().get();
  if (life !== 1) return false;
  const sizeBytes = readNumber(db, "page_count") * pageBytes;
  if (sizeBytes > checkedBytesMax) return true;
  const answer = db.pragma("quick_check(1)", { simple: true });
  return answer === "ok";
}

/** Reads a setting (changes nothing, so `simple` hides nothing). */
export function readNumber(db: Database.Database, pragma: string): number {
  const value = db.pragma(pragma, { simple: true });
  return typeof value === "number" ? value : Number.NaN;
}

function readText(db: Database.Database, pragma: string): string {
  return String(db.pragma(pragma, { simple: true }));
}
