/** Reading of a file that may be damaged: what cannot be read is an answer too. */

import Sqlite from "better-sqlite3";
import { fail, ok, type Result } from "../../config/words/result.ts";

/** What the disk or a damaged page does not give is an answer too. */
export function readable<T>(read: () => T): Result<T, string> {
  try {
    return ok(read());
  } catch (error) {
    return fail(sqliteMessage(error));
  }
}

/** A damaged schema makes SQLite complain in any way. @throws the error again when it is not SQLite's. */
export function sqliteMessage(error: unknown): string {
  if (error instanceof Sqlite.SqliteError) return `${error.code}: ${error.message}`;
  throw error;
}
