/** What can go wrong with the journal, and what a person can do about it. */

import Database from "better-sqlite3";

/**
 * - `locked`: another agent has this journal open.
 * - `unwritable`: the folder or file cannot be created, opened or written.
 * - `foreign`: the file is a database of something else.
 * - `newer`: written by a newer hazgate.
 * - `settings`: SQLite refused a setting that durability needs.
 * - `damaged`: no readable journal.
 * - `workerDied`: the journal's thread ended by itself.
 */
export interface JournalError {
  readonly kind:
    | "locked"
    | "unwritable"
    | "foreign"
    | "newer"
    | "settings"
    | "damaged"
    | "workerDied";
  readonly message: string;
  /** What to do, for the operator. */
  readonly hint: string;
}

/**
 * Why SQLite did not do what was asked, as far as waiting or making room may help:
 * `full` no space, `io` the medium refused, `busy` another connection holds a lock.
 * `damaged`: the file is not what SQLite wrote.
 */
export interface StorageTrouble {
  readonly kind: "full" | "io" | "busy" | "damaged";
  readonly message: string;
}

/** Sorts an error thrown by SQLite or the operating system. @throws it again when it is a bug of ours. */
export function storageTrouble(error: unknown): StorageTrouble {
  if (error instanceof Database.SqliteError) {
    const kind = kindOf(error.code);
    if (kind !== null) return { kind, message: `${error.code}: ${error.message}` };
  }
  if (error instanceof Error && "syscall" in error && "code" in error) {
    return { kind: error.code === "ENOSPC" ? "full" : "io", message: error.message };
  }
  throw error;
}

function kindOf(code: string): StorageTrouble["kind"] | null {
  if (code === "SQLITE_FULL") return "full";
  if (code.startsWith("SQLITE_BUSY") || code.startsWith("SQLITE_LOCKED")) return "busy";
  if (code.startsWith("SQLITE_CORRUPT") || code.startsWith("SQLITE_NOTADB")) return "damaged";
  const isMedium = ["SQLITE_IOERR", "SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_PERM"].some(
    (start) => code.startsWith(start),
  );
  return isMedium ? "io" : null;
}
