/** A little space kept beside the audit log, so that people can act and be on record while the disk is full. */

import { open, rm, stat, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { giveToOwner } from "./durableFile.ts";

export interface AuditReserve {
  /** Has it written, when it is missing and the volume has room for it four times. Never rejects. */
  keep(): Promise<void>;
  /** Gives its space to the log when `trouble` says that the disk is full. False: that is not it, or nothing was kept. */
  releaseAfter(trouble: unknown): Promise<boolean>;
}

/** About 600 lines: days of acts by people. */
const reserveBytes = 256 * 1024;
const roomFactor = 4;

export function createAuditReserve(logFile: string): AuditReserve {
  const path = `${logFile}.reserve`;
  let isKept = false;
  return {
    async keep() {
      if (isKept) return;
      try {
        isKept = (await sizeOf(path)) === reserveBytes || (await fill(path));
      } catch {
        // Tried again at the next line.
      }
    },
    async releaseAfter(trouble) {
      if (!isFull(trouble) || (await sizeOf(path)) === 0) return false;
      await rm(path, { force: true });
      isKept = false;
      return true;
    },
  };
}

async function fill(path: string): Promise<boolean> {
  const { bavail, bsize } = await statfs(dirname(path));
  if (bavail * bsize < roomFactor * reserveBytes) return false;
  const file = await open(path, "w", 0o600);
  try {
    await giveToOwner(file, path);
    // Not zeros: some file systems would store none of them.
    await file.writeFile(Buffer.alloc(reserveBytes, 0x5a));
    await file.datasync();
  } finally {
    await file.close();
  }
  return true;
}

async function sizeOf(path: string): Promise<number> {
  return await stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}

function isFull(trouble: unknown): boolean {
  return (
    trouble instanceof Error &&
    "code" in trouble &&
    (trouble.code === "ENOSPC" || trouble.code === "EDQUOT")
  );
}
