/** What the check of a site file may ask of the machine: who can read a secret file. */

import { statSync } from "node:fs";
import type { CheckIo } from "../config/check.ts";

export const checkIo: CheckIo = {
  fileMode(path) {
    try {
      return statSync(path).mode;
    } catch {
      return null;
    }
  },
};
