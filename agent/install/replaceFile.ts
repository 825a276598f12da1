/** A file replaced as a whole or not at all, its old content kept beside it. */

import {
  closeSync,
  copyFileSync,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";

/** @returns the path of the copy of the old file, or null when there was none. Throws what the file system says. */
export function replaceFile(path: string, text: string, nowWallMs: number): string | null {
  const before = modeOf(path);
  const file = before === null ? path : realpathSync(path);
  const stamp = new Date(nowWallMs).toISOString().slice(0, 19).replaceAll(":", "");
  const copy = before === null ? null : `${file}.${stamp}.bak`;
  if (copy !== null) copyFileSync(file, copy);
  const fresh = `${file}.new`;
  try {
    const handle = openSync(fresh, "w", before ?? 0o644);
    try {
      const bytes = Buffer.from(text);
      for (let at = 0; at < bytes.length; ) at += writeSync(handle, bytes, at);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(fresh, file);
  } catch (error) {
    rmSync(fresh, { force: true });
    throw error;
  }
  return copy;
}

function modeOf(path: string): number | null {
  return statSync(path, { throwIfNoEntry: false })?.mode ?? null;
}
