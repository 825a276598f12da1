/** libfaketime (Debian package `faketime`): another clock for one process, the machine's is left alone. */

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** The library for programs with threads; null: not on this machine. */
export function libfaketime(): string | null {
  for (const folder of existsSync("/usr/lib") ? readdirSync("/usr/lib") : []) {
    const file = join("/usr/lib", folder, "faketime/libfaketimeMT.so.1");
    if (existsSync(file)) return file;
  }
  return null;
}

/** For a process whose wall clock is to differ, by an offset such as "+3600" or "-20000d". */
export function faketimeEnvironment(
  how: { readonly offset: string } | { readonly offsetFile: string },
): Readonly<Record<string, string>> {
  return {
    LD_PRELOAD: libfaketime() ?? "",
    DONT_FAKE_MONOTONIC: "1",
    ...("offset" in how
      ? { FAKETIME: how.offset }
      : { FAKETIME_TIMESTAMP_FILE: how.offsetFile, FAKETIME_NO_CACHE: "1" }),
  };
}
