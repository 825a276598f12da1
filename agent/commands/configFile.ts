/** Which site file a command means, and its text. */

import { readFileSync } from "node:fs";

export const defaultConfig = "/etc/hazgate/site.yaml";

/** The default is the box's own file where there is one, else `site.yaml` of this folder. */
export function configOf(given: string): string {
  return given === defaultConfig && readOrNull(given) === null ? "site.yaml" : given;
}

export function readOrNull(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return null;
  }
}
