/**
 * Loaded before a writer, in all its threads: makes the library set a weaker `synchronous` than it was told and say
 * that it obeyed. The product itself refuses to run so; these runs show that the power cuts would find out.
 */

import Database from "better-sqlite3";

const weaker = process.env["HAZGATE_TEST_SYNCHRONOUS"] ?? "";
const real = Database.prototype.pragma;

Database.prototype.pragma = function pragma(this: Database.Database, source, options) {
  if (source.trim() === "synchronous = EXTRA") {
    real.call(this, `synchronous = ${weaker}`);
    return [];
  }
  if (source.trim() === "synchronous") return 3;
  return real.call(this, source, options);
};
