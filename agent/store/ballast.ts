/**
 * Space kept for bad days: a file beside the journal that is really written, and removed the moment the volume is
 * full. On a full volume SQLite can not even delete; with the space of this file alarms are stored again and the
 * oldest readings can go. It comes back, a little at each call, when the volume has room for it twice over.
 */

import { closeSync, fsyncSync, openSync, rmSync, statfsSync, statSync, writeSync } from "node:fs";

export interface Ballast {
  /** One small step towards having it; cheap when it is there. True: it is there, whole. */
  keep(): boolean;
  /** Gives its space back. False: there was none. */
  release(): boolean;
}

const mebibyte = 1024 * 1024;
const sizeMin = mebibyte;
const sizeMax = 64 * mebibyte;
const shareOfJournal = 0.02;
/** Written by one call. */
const pieceBytes = mebibyte;
/** The volume must have so many times the ballast free before it is written. */
const roomFactor = 2;

export function ballastBytes(maxSizeBytes: number): number {
  return Math.round(Math.min(sizeMax, Math.max(sizeMin, maxSizeBytes * shareOfJournal)));
}

export function ballastPathOf(journalFile: string): string {
  return `${journalFile}.ballast`;
}

/** Free bytes of the volume of this path for an ordinary user; null: not known. */
export function freeBytesAt(path: string): number | null {
  try {
    const { bavail, bsize } = statfsSync(path);
    return bavail * bsize;
  } catch {
    return null;
  }
}

export function createBallast(options: {
  readonly journalFile: string;
  readonly maxSizeBytes: number;
}): Ballast {
  const path = ballastPathOf(options.journalFile);
  const sizeBytes = ballastBytes(options.maxSizeBytes);
  let isWhole = sizeOf(path) === sizeBytes;

  const grow = (written: number): void => {
    const size = Math.min(pieceBytes, sizeBytes - written);
    const file = openSync(path, "a", 0o640);
    try {
      // Not zeros: some file systems would store none of them.
      writeSync(file, Buffer.alloc(size, 0x5a));
      if (written + size >= sizeBytes) fsyncSync(file);
    } finally {
      closeSync(file);
    }
  };

  return {
    keep() {
      if (isWhole) return true;
      try {
        const written = sizeOf(path);
        if (written > sizeBytes) rmSync(path);
        else if (written < sizeBytes) {
          const free = freeBytesAt(options.journalFile);
          const missing = sizeBytes - written;
          if (free === null || free < missing + (roomFactor - 1) * sizeBytes) return false;
          grow(written);
        }
        isWhole = sizeOf(path) === sizeBytes;
      } catch {
        // No room after all, or a disk that refuses: the journal itself says so.
        isWhole = false;
      }
      return isWhole;
    },
    release() {
      isWhole = false;
      try {
        if (sizeOf(path) === 0) return false;
        rmSync(path);
        return true;
      } catch {
        return false;
      }
    },
  };
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
