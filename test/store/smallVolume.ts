/** A real file system of a few MiB in a folder of its own, to be filled to the last byte. */

import { execFileSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** Null: this machine does not let us mount one. Gone when the test is over. */
export function smallVolume(sizeMiB: number): string | null {
  const folder = mkdtempSync(join(tmpdir(), "hazgate-volume-"));
  const isMounted = tried(["mount", "-t", "tmpfs", "-o", `size=${sizeMiB}m`, "tmpfs", folder]);
  onTestFinished(() => {
    if (isMounted) tried(["umount", "-l", folder]);
    rmSync(folder, { recursive: true, force: true });
  });
  return isMounted ? folder : null;
}

export function canMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), "hazgate-volume-"));
  const isMounted = tried(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder]);
  if (isMounted) tried(["umount", "-l", folder]);
  rmSync(folder, { recursive: true, force: true });
  return isMounted;
}

/** Takes all that is left of the volume; the file that holds it. Null: it is no small volume. */
export function fill(folder: string): string | null {
  if (!folder.includes("hazgate-volume-")) return null;
  const path = join(folder, "filler");
  const file = openSync(path, "a");
  try {
    for (let size = 1 << 20; size >= 1; size = Math.floor(size / 2)) {
      try {
        while (writeSync(file, Buffer.alloc(size, 1)) === size);
      } catch {
        // Full for pieces of this size.
      }
    }
  } finally {
    closeSync(file);
  }
  return path;
}

function tried([command = "", ...rest]: readonly string[]): boolean {
  try {
    execFileSync(command, rest, { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
