/** Debian packages that a baseline needs: installed when root, otherwise left to be named as missing. */

import { spawnSync } from "node:child_process";

/** @returns whether all are there now. */
export function aptInstall(...names: readonly string[]): boolean {
  if (process.getuid?.() !== 0) return false;
  const apt = (...words: string[]): boolean => {
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    return spawnSync("apt-get", words, { stdio: "ignore", env }).status === 0;
  };
  const install = ["install", "-y", "-qq", "--no-install-recommends", ...names];
  if (apt(...install)) return true;
  return apt("update", "-qq") && apt(...install);
}
