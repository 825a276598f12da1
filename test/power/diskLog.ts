/** Reads what the preload library wrote down: every change below the watched folder, in its order. */

import { readFileSync } from "node:fs";

export type DiskEvent = { readonly timeMs: number } & (
  | { readonly kind: "write"; readonly ino: string; readonly offset: number; readonly data: Buffer }
  | { readonly kind: "truncate"; readonly ino: string; readonly length: number }
  | { readonly kind: "syncFile"; readonly ino: string }
  | { readonly kind: "syncFolder"; readonly path: string }
  | { readonly kind: "create"; readonly ino: string; readonly path: string }
  | { readonly kind: "unlink" | "mkdir" | "rmdir"; readonly path: string }
  | { readonly kind: "rename"; readonly path: string; readonly to: string }
  | { readonly kind: "claim"; readonly text: string }
  | { readonly kind: "cut" }
);

const headBytes = 40;

/** The whole log; a last event cut short by the end of the process is left out. @throws Error: unknown event. */
export function readDiskLog(file: string): readonly DiskEvent[] {
  const log = readFileSync(file);
  const events: DiskEvent[] = [];
  let at = 0;
  while (at + headBytes <= log.length) {
    const pathEnd = at + headBytes + log.readUInt32LE(at + 4);
    const otherEnd = pathEnd + log.readUInt32LE(at + 36);
    const end = otherEnd + log.readUInt32LE(at + 32);
    if (end > log.length) break;
    const path = log.toString("utf8", at + headBytes, pathEnd);
    const to = log.toString("utf8", pathEnd, otherEnd);
    events.push(event({ head: log.subarray(at), path, to, data: log.subarray(otherEnd, end) }));
    at = end;
  }
  return events;
}

function event(parts: {
  readonly head: Buffer;
  readonly path: string;
  readonly to: string;
  readonly data: Buffer;
}): DiskEvent {
  const { head, path, to, data } = parts;
  const ino = String(head.readBigUInt64LE(8));
  const timeMs = Number(head.readBigUInt64LE(16)) / 1_000;
  const offset = Number(head.readBigUInt64LE(24));
  switch (head.readUInt32LE(0)) {
    case 1:
      return { kind: "write", timeMs, ino, offset, data };
    case 2:
      return { kind: "truncate", timeMs, ino, length: offset };
    case 3:
      return { kind: "syncFile", timeMs, ino };
    case 4:
      return { kind: "syncFolder", timeMs, path };
    case 5:
      return { kind: "create", timeMs, ino, path };
    case 6:
      return { kind: "unlink", timeMs, path };
    case 7:
      return { kind: "rename", timeMs, path, to };
    case 8:
      return { kind: "mkdir", timeMs, path };
    case 9:
      return { kind: "rmdir", timeMs, path };
    case 10:
      return { kind: "claim", timeMs, text: data.toString("utf8") };
    case 11:
      return { kind: "cut", timeMs };
    default:
      throw new Error(`the log holds a change that the model of the disk does not know: ${path}`);
  }
}
