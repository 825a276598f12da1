/** Small files of the kernel and of /run, read at once; what is not there, or not ours to read, is empty. */

import { readdirSync, readFileSync } from "node:fs";

export function textOf(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
}

export function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
