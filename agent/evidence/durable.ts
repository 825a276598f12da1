/** Files that a power cut leaves whole or not at all. */

import { type FileHandle, open, rename } from "node:fs/promises";
import { dirname, join } from "node:path";

/** Replaces the file. Resolves when it is durable, its name included. */
export async function writeDurably(folder: string, name: string, bytes: Uint8Array): Promise<void> {
  const fresh = join(folder, `${name}.new`);
  await withFile(fresh, "w", async (file) => {
    await file.writeFile(bytes);
    await file.sync();
  });
  await rename(fresh, join(folder, name));
  await syncFolder(folder);
}

/** Adds a line. Resolves when it is durable. */
export async function appendDurably(path: string, line: string): Promise<void> {
  await withFile(path, "a", async (file) => {
    await file.appendFile(`${line}\n`);
    await file.sync();
  });
  // Its first line has made it.
  await syncFolder(dirname(path));
}

/** Under its new name at the latest when this resolves. */
export async function renameDurably(from: string, to: string): Promise<void> {
  await rename(from, to);
  await syncFolder(dirname(to));
}

export async function syncFolder(path: string): Promise<void> {
  await withFile(path, "r", async (folder) => await folder.sync());
}

async function withFile(
  path: string,
  flags: "r" | "w" | "a",
  use: (file: FileHandle) => Promise<void>,
): Promise<void> {
  const file = await open(path, flags, 0o640);
  try {
    await use(file);
  } finally {
    await file.close();
  }
}
