/** At most one agent per journal: a lock of the operating system that a killed process cannot leave behind. */

import Database from "better-sqlite3";
import { fail, ok, type Result } from "../../config/words/result.ts";
import { type JournalError, storageTrouble } from "./journalError.ts";

/** Holds `path` (an empty SQLite file) exclusively until disposed. Does not wait. */
export function takeLock(path: string): Result<Disposable, JournalError> {
  try {
    const db = new Database(path, { timeout: 0 });
    try {
      db.exec("BEGIN EXCLUSIVE");
    } catch (error) {
      db.close();
      throw error;
    }
    return ok({ [Symbol.dispose]: () => db.close() });
  } catch (error) {
    const trouble = storageTrouble(error);
    return trouble.kind === "busy"
      ? fail({
          kind: "locked",
          message: `another agent holds ${path}`,
          hint: "stop the other agent, or give this one its own data folder",
        })
      : fail({
          kind: "unwritable",
          message: `${path}: ${trouble.message}`,
          hint: "check that the data folder exists, is writable and has free space",
        });
  }
}
