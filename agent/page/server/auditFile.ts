/** Reading the audit log's file: from its end, and what a power cut left there. */

import { type FileHandle, open } from "node:fs/promises";

const chunkBytes = 64 * 1024;
const newline = 0x0a;

/** Whole lines, the newest first. A missing file has none. */
export async function* linesBackwards(file: string, linesMax: number): AsyncGenerator<string> {
  const handle = await openOrNull(file);
  if (handle === null) return;
  try {
    let at = (await handle.stat()).size;
    let rest: Buffer = Buffer.alloc(0);
    let given = 0;
    while (at > 0 && given < linesMax) {
      const length = Math.min(chunkBytes, at);
      at -= length;
      const chunk = Buffer.alloc(length);
      await handle.read(chunk, 0, length, at);
      let text = Buffer.concat([chunk, rest]);
      for (let end = text.lastIndexOf(newline); end !== -1; end = text.lastIndexOf(newline)) {
        const line = text.subarray(end + 1).toString("utf8");
        text = text.subarray(0, end);
        if (line === "") continue;
        yield line;
        given += 1;
        if (given >= linesMax) return;
      }
      rest = Buffer.from(text);
    }
    if (rest.length > 0 && given < linesMax) yield rest.toString("utf8");
  } finally {
    await handle.close();
  }
}

interface TornTail {
  /** Takes the torn bytes out of the log and keeps them in a file of their own. */
  moveTo(keptIn: string): Promise<void>;
}

/** Bytes after the last line break: a line whose writing was cut off. Null: there are none. */
export async function tornTail(file: string): Promise<TornTail | null> {
  const handle = await openOrNull(file);
  if (handle === null) return null;
  try {
    const { size } = await handle.stat();
    let tail: Buffer = Buffer.alloc(0);
    for (let at = size; at > 0 && !tail.includes(newline); ) {
      const length = Math.min(chunkBytes, at);
      at -= length;
      const chunk = Buffer.alloc(length);
      await handle.read(chunk, 0, length, at);
      tail = Buffer.concat([chunk, tail]);
    }
    const bytes = tail.subarray(tail.lastIndexOf(newline) + 1);
    return bytes.length === 0 ? null : { moveTo: (keptIn) => move({ file, keptIn, bytes, size }) };
  } finally {
    await handle.close();
  }
}

async function move(parts: {
  readonly file: string;
  readonly keptIn: string;
  readonly bytes: Buffer;
  readonly size: number;
}): Promise<void> {
  const kept = await open(parts.keptIn, "w", 0o600);
  try {
    await kept.writeFile(parts.bytes);
    await kept.sync();
  } finally {
    await kept.close();
  }
  const log = await open(parts.file, "r+");
  try {
    await log.truncate(parts.size - parts.bytes.length);
    await log.sync();
  } finally {
    await log.close();
  }
}

async function openOrNull(file: string): Promise<FileHandle | null> {
  try {
    return await open(file, "r");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}
