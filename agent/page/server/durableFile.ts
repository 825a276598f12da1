/** Small files that are replaced whole: a power cut leaves the old one or the new one, never a torn one. */

import { type FileHandle, open, readFile, rename, stat } from "node:fs/promises";
import { dirname } from "node:path";

/** Null: there is no such file. Rejects when it cannot be read. */
export async function readWhole(path: string): Promise<string | null> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}

/** Readable by its owner only. Resolves when it is durable. Calls for one path must not overlap. */
export async function writeWhole(path: string, text: string): Promise<void> {
  const fresh = `${path}.new`;
  const file = await open(fresh, "w", 0o600);
  try {
    // A file left by a crash keeps the mode that it has.
    await file.chmod(0o600);
    await giveToOwner(file, path);
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(fresh, path);
  const folder = await open(dirname(path), "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** What root writes by the command line must be readable for the agent, which owns the folder. */
export async function giveToOwner(file: FileHandle, path: string): Promise<void> {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = await stat(dirname(path));
  await file.chown(uid, gid);
}
