/**
 * The files inside a zip, each within its bounds: what they take unpacked is looked at before anything is unpacked, and
 * what they really take is bounded while it is. Only what was counted here is ever handed on.
 */

import { crc32, inflateRawSync } from "node:zlib";
import { fail, ok, type Result } from "../../config/words/result.ts";

export interface ZipEntry {
  readonly name: string;
  readonly packedBytes: number;
  readonly bytes: number;
  readonly isEncrypted: boolean;
  readonly method: number;
  readonly headerAt: number;
}

export type ZipFault = "broken" | "too-large" | "too-many" | "encrypted";

export interface ZipBounds {
  readonly entriesMax: number;
  /** Of all wanted entries together, unpacked. */
  readonly bytesMax: number;
}

const endSignature = 0x06054b50;
const entrySignature = 0x02014b50;
const headerSignature = 0x04034b50;
const endBytes = 22;
const commentMax = 65_535;

/** The central directory. Never throws. */
export function zipEntries(
  file: Buffer,
  { entriesMax }: ZipBounds,
): Result<readonly ZipEntry[], ZipFault> {
  const end = endOf(file);
  if (end === -1) return fail("broken");
  const count = file.readUInt16LE(end + 10);
  if (count > entriesMax) return fail("too-many");
  const entries: ZipEntry[] = [];
  let at = file.readUInt32LE(end + 16);
  for (let index = 0; index < count; index += 1) {
    if (at + 46 > file.length || file.readUInt32LE(at) !== entrySignature) return fail("broken");
    const nameBytes = file.readUInt16LE(at + 28);
    entries.push({
      name: file.toString("utf8", at + 46, at + 46 + nameBytes),
      packedBytes: file.readUInt32LE(at + 20),
      bytes: file.readUInt32LE(at + 24),
      isEncrypted: (file.readUInt16LE(at + 8) & 1) === 1,
      method: file.readUInt16LE(at + 10),
      headerAt: file.readUInt32LE(at + 42),
    });
    at += 46 + nameBytes + file.readUInt16LE(at + 30) + file.readUInt16LE(at + 32);
  }
  return ok(entries);
}

function endOf(file: Buffer): number {
  const first = Math.max(0, file.length - endBytes - commentMax);
  for (let at = file.length - endBytes; at >= first; at -= 1) {
    if (file.readUInt32LE(at) === endSignature) return at;
  }
  return -1;
}

/** Unpacked, by name. The sum is checked before, and each is cut off at what it claims. Never throws. */
export function unzip(
  file: Buffer,
  wanted: readonly ZipEntry[],
  { bytesMax }: ZipBounds,
): Result<ReadonlyMap<string, Buffer>, ZipFault> {
  const claimed = wanted.reduce((sum, { bytes }) => sum + bytes, 0);
  if (claimed > bytesMax) return fail("too-large");
  if (wanted.some(({ isEncrypted }) => isEncrypted)) return fail("encrypted");
  const files = new Map<string, Buffer>();
  for (const entry of wanted) {
    const content = contentOf(file, entry);
    if (content === null) return fail("broken");
    files.set(entry.name, content);
  }
  return ok(files);
}

function contentOf(
  file: Buffer,
  { headerAt, packedBytes, bytes, method }: ZipEntry,
): Buffer | null {
  if (headerAt + 30 > file.length || file.readUInt32LE(headerAt) !== headerSignature) return null;
  const from = headerAt + 30 + file.readUInt16LE(headerAt + 26) + file.readUInt16LE(headerAt + 28);
  const packed = file.subarray(from, from + packedBytes);
  if (packed.length !== packedBytes) return null;
  if (method === 0) return packedBytes === bytes ? packed : null;
  if (method !== 8) return null;
  try {
    // More than it claims to hold is an error of the library, not memory.
    const content = inflateRawSync(packed, { maxOutputLength: Math.max(bytes, 1) });
    return content.length === bytes ? content : null;
  } catch {
    return null;
  }
}

/** A zip of just these files, stored unpacked, for a reader that unpacks by itself. */
export function zipStored(files: ReadonlyMap<string, Buffer>): Buffer {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [name, content] of files) {
    const label = Buffer.from(name);
    const facts = Buffer.alloc(26);
    facts.writeUInt16LE(20, 0);
    facts.writeUInt16LE(0x0800, 2);
    facts.writeUInt32LE(crc32(content), 10);
    facts.writeUInt32LE(content.length, 14);
    facts.writeUInt32LE(content.length, 18);
    facts.writeUInt16LE(label.length, 22);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(entrySignature, 0);
    entry.writeUInt16LE(20, 4);
    facts.copy(entry, 6);
    entry.writeUInt32LE(at, 42);
    directory.push(entry, label);
    const head = Buffer.alloc(4);
    head.writeUInt32LE(headerSignature, 0);
    bodies.push(head, facts, label, content);
    at += 30 + label.length + content.length;
  }
  const list = Buffer.concat(directory);
  const end = Buffer.alloc(endBytes);
  end.writeUInt32LE(endSignature, 0);
  end.writeUInt16LE(files.size, 8);
  end.writeUInt16LE(files.size, 10);
  end.writeUInt32LE(list.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...bodies, list, end]);
}
