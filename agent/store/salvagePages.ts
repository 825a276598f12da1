/**
 * Rows of a damaged database, found page by page without its trees: every page of the file and every frame of its
 * write-ahead log is taken for what it may be. Nothing found here is trusted before its checksum.
 */

import { closeSync, existsSync, fstatSync, openSync, readSync } from "node:fs";

export const pageBytes = 4096;
const walHeadBytes = 32;
const frameHeadBytes = 24;
const walMagics: readonly number[] = [0x377f0682, 0x377f0683];
const tableLeaf = 0x0d;
/** Cells whose payload is longer are not ours: a record has at most 256 KiB. */
const payloadBytesMax = 1024 * 1024;

export type Field = number | string | Uint8Array | null;

/** A row as its cell begins; the rest of a long one is on overflow pages. */
export interface Cell {
  readonly rowid: number;
  readonly size: number;
  readonly local: Buffer;
  /** 0: nothing. */
  readonly overflow: number;
}

export interface Pages extends Disposable {
  /** Pages of the file, then frames of the log. */
  readonly images: number;
  /** Rows on one image, if it is a leaf of a table; else none. */
  cells(image: number): readonly Cell[];
  /** The whole payload, once by each version of the pages it goes on to. */
  payloads(cell: Cell): Iterable<Buffer>;
}

/** One file: a database, or a write-ahead log, whatever its name says. */
interface Source extends Disposable {
  readonly isLog: boolean;
  readonly images: number;
  /** Number of the page that an image is of. */
  numberOf(image: number): number;
  read(image: number): Buffer;
}

function openSource(path: string): Source | null {
  if (!existsSync(path)) return null;
  const file = openSync(path, "r");
  const head = Buffer.alloc(4);
  readSync(file, head, 0, 4, 0);
  const isLog = walMagics.includes(head.readUInt32BE(0));
  const size = fstatSync(file).size;
  const images = isLog
    ? Math.floor(Math.max(0, size - walHeadBytes) / (frameHeadBytes + pageBytes))
    : Math.ceil(size / pageBytes);
  const at = (image: number): number =>
    isLog ? walHeadBytes + image * (frameHeadBytes + pageBytes) : image * pageBytes;
  return {
    isLog,
    images,
    numberOf(image) {
      if (!isLog) return image + 1;
      readSync(file, head, 0, 4, at(image));
      return head.readUInt32BE(0);
    },
    read(image) {
      const page = Buffer.alloc(pageBytes);
      readSync(file, page, 0, pageBytes, at(image) + (isLog ? frameHeadBytes : 0));
      return page;
    },
    [Symbol.dispose]: () => closeSync(file),
  };
}

export function openPages(path: string): Pages {
  const sources = [openSource(path), openSource(`${path}-wal`)]
    .filter((source) => source !== null)
    .sort((a, b) => Number(a.isLog) - Number(b.isLog));
  const images = sources.reduce((sum, source) => sum + source.images, 0);
  const filePages = sources.find(({ isLog }) => !isLog)?.images ?? 0;
  const inLog = new Map<number, number>();
  const find = (image: number): { readonly source: Source; readonly at: number } | null => {
    let at = image;
    for (const source of sources) {
      if (at < source.images) return { source, at };
      at -= source.images;
    }
    return null;
  };
  for (let image = filePages; image < images; image += 1) {
    const place = find(image);
    if (place?.source.isLog === true) inLog.set(place.source.numberOf(place.at), image);
  }

  const read = (image: number): Buffer => {
    const place = find(image);
    return place === null ? Buffer.alloc(pageBytes) : place.source.read(place.at);
  };

  /** A page by its number: from the log where it is there, or as the file alone has it. */
  const page = (number: number, isLogFirst: boolean): Buffer | null => {
    const image = isLogFirst ? inLog.get(number) : undefined;
    if (image !== undefined) return read(image);
    return number >= 1 && number <= filePages ? read(number - 1) : null;
  };

  const whole = ({ size, local, overflow }: Cell, isLogFirst: boolean): Buffer | null => {
    const parts: Buffer[] = [local];
    let length = local.length;
    for (let next = overflow; length < size; ) {
      const found = page(next, isLogFirst);
      if (found === null) return null;
      const part = found.subarray(4, 4 + Math.min(pageBytes - 4, size - length));
      parts.push(part);
      length += part.length;
      next = found.readUInt32BE(0);
    }
    return Buffer.concat(parts);
  };

  return {
    images,
    cells: (image) => cellsOf(read(image)),
    *payloads(cell) {
      if (cell.overflow === 0) {
        yield cell.local;
        return;
      }
      for (const isLogFirst of inLog.size > 0 ? [true, false] : [false]) {
        const found = whole(cell, isLogFirst);
        if (found !== null) yield found;
      }
    },
    [Symbol.dispose]() {
      for (const source of sources) source[Symbol.dispose]();
    },
  };
}

/** The columns of a row; null when the bytes are no row of this many columns. */
export function fieldsOf(payload: Buffer, columns: number): readonly Field[] | null {
  const head = varint(payload, 0);
  if (head === null || head.value > payload.length || head.value > 64) return null;
  const fields: Field[] = [];
  let body = head.value;
  for (let at = head.next; at < head.value; ) {
    const type = varint(payload, at);
    if (type === null || fields.length >= columns) return null;
    at = type.next;
    const size = sizeOf(type.value);
    if (size === null || body + size > payload.length) return null;
    fields.push(fieldOf(payload, { type: type.value, body, size }));
    body += size;
  }
  return fields.length === columns ? fields : null;
}

function cellsOf(page: Buffer): readonly Cell[] {
  if (page[0] !== tableLeaf) return [];
  const cells: Cell[] = [];
  const count = page.readUInt16BE(3);
  for (let i = 0; i < count && 8 + 2 * i + 2 <= pageBytes; i += 1) {
    const cell = cellAt(page, page.readUInt16BE(8 + 2 * i));
    if (cell !== null) cells.push(cell);
  }
  return cells;
}

function cellAt(page: Buffer, at: number): Cell | null {
  const size = varint(page, at);
  if (size === null || size.value < 2 || size.value > payloadBytesMax) return null;
  const rowid = varint(page, size.next);
  if (rowid === null || !Number.isSafeInteger(rowid.value)) return null;
  const kept = localBytes(size.value);
  const end = rowid.next + kept;
  if (end + (kept < size.value ? 4 : 0) > pageBytes) return null;
  return {
    rowid: rowid.value,
    size: size.value,
    local: page.subarray(rowid.next, end),
    overflow: kept < size.value ? page.readUInt32BE(end) : 0,
  };
}

/** How much of a payload a leaf keeps: the file format's own rule. */
function localBytes(size: number): number {
  if (size <= pageBytes - 35) return size;
  const least = Math.floor(((pageBytes - 12) * 32) / 255) - 23;
  const kept = least + ((size - least) % (pageBytes - 4));
  return kept <= pageBytes - 35 ? kept : least;
}

function sizeOf(type: number): number | null {
  if (type >= 12) return Math.floor((type - 12) / 2);
  return [0, 1, 2, 3, 4, 6, 8, 8, 0, 0][type] ?? null;
}

function fieldOf(
  bytes: Buffer,
  { type, body, size }: { readonly type: number; readonly body: number; readonly size: number },
): Field {
  if (type === 0) return null;
  if (type === 8 || type === 9) return type - 8;
  if (type === 7) return bytes.readDoubleBE(body);
  if (type === 6) return Number(bytes.readBigInt64BE(body));
  if (type < 6) return bytes.readIntBE(body, size);
  const part = bytes.subarray(body, body + size);
  return type % 2 === 0 ? part : part.toString("utf8");
}

/** Seven bits a byte, highest first; the ninth byte counts whole. Null past the end. */
function varint(
  bytes: Buffer,
  from: number,
): { readonly value: number; readonly next: number } | null {
  let value = 0;
  for (let i = 0; i < 9; i += 1) {
    const byte = bytes[from + i];
    if (byte === undefined) return null;
    if (i === 8) return { value: value * 256 + byte, next: from + 9 };
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) return { value, next: from + i + 1 };
  }
  return null;
}
