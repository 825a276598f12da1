/** What the check of a site file may ask of the machine: who can read a secret file, and of the drivers: how fast a line is. */

import { statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { CheckIo } from "../config/check.ts";
import { serialNames } from "../drivers/lines/serialNames.ts";
import { budgetFindings } from "./budgetFindings.ts";

/** Paths inside a site file are taken from that file's own folder. */
export function secretPath(siteFile: string, path: string): string {
  return resolve(dirname(siteFile), path);
}

export function checkIoFor(siteFile: string): CheckIo {
  return {
    fileMode(path) {
      try {
        return statSync(secretPath(siteFile, path)).mode;
      } catch {
        return null;
      }
    },
    lineFindings: budgetFindings,
    serialNames,
  };
}
