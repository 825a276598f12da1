/** Makes the folder of the journal so that a power cut does not take it away again. */

import { closeSync, fsyncSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";

/** Creates the folder and those above it where they are missing; each new name is on the disk. @throws as `mkdirSync`. */
export function makeDataFolder(folder: string): void {
  const first = mkdirSync(folder, { recursive: true, mode: 0o750 });
  if (first === undefined) return;
  // A name is durable when the folder that holds it was synced: all from the new folder up to the first that was there.
  const top = dirname(first);
  for (let path = dirname(folder); path.length >= top.length; path = dirname(path)) {
    syncFolder(path);
    if (path === dirname(path)) return;
  }
}

function syncFolder(path: string): void {
  const descriptor = openSync(path, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
