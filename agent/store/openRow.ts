/**
 * One second of readings as bytes, for the short time before they are sealed (pure). Compact and cheap,
 * not meant for sending; FORMAT.md describes it byte by byte.
 */

import { monotonicMs, wallMs } from "../../config/words/time.ts";
import { ColumnsBuilder, type ReadingColumns } from "../wire/readingColumns.ts";

const version = 1;
/** Modes 0..6: values are integers scaled by 10^mode. */
const powers = [1, 10, 100, 1e3, 1e4, 1e5, 1e6];
const float32Mode = 7;
const float64Mode = 8;
/** Scaled values beyond this are kept as doubles. */
const scaledMax = 2 ** 50;
/** Enough for the longest varint of a number below 2^53, and for any fixed field. */
const fieldBytesMax = 8;

/** `points` of all parts are permanent numbers. The bytes are valid until the writer is used again. */
export function encodeOpenRow(
  parts: readonly ReadingColumns[],
  writer: RowWriter = new RowWriter(),
): Uint8Array {
  writer.clear();
  writer.byte(version);
  writer.varint(parts.reduce((sum, part) => sum + part.counts.length, 0));
  for (const part of parts) {
    let from = 0;
    for (const [block, count] of part.counts.entries()) {
      writer.float64(part.wallMs[block] ?? 0);
      writer.float64(part.monotonicMs[block] ?? 0);
      writer.varint(count);
      const to = from + count;
      writer.differences(part.points.subarray(from, to));
      writeQualities(writer, part.qualities.subarray(from, to));
      writeValues(writer, part.values.subarray(from, to));
      from = to;
    }
  }
  return writer.taken();
}

/** Null when the bytes are no open row. Check the row's checksum first: it sees more. */
export function decodeOpenRow(bytes: Uint8Array): ReadingColumns | null {
  const reader = new RowReader(bytes);
  const builder = new ColumnsBuilder();
  try {
    if (reader.byte() !== version) return null;
    for (let blocks = reader.varint(); blocks > 0; blocks -= 1) {
      const takenAt = {
        wallMs: wallMs(reader.float64()),
        monotonicMs: monotonicMs(reader.float64()),
      };
      const count = reader.varint();
      if (count > bytes.length) return null;
      const points = readPoints(reader, count);
      const qualities = readQualities(reader, count);
      builder.append({ takenAt, points, qualities, values: readValues(reader, count) });
    }
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
  return reader.isAtEnd ? builder.take() : null;
}

function readPoints(reader: RowReader, count: number): Uint32Array {
  let last = 0;
  return Uint32Array.from({ length: count }, () => {
    last += reader.signed();
    return last;
  });
}

function writeQualities(writer: RowWriter, qualities: Uint8Array): void {
  for (let start = 0; start < qualities.length; ) {
    let end = start;
    while (end < qualities.length && qualities[end] === qualities[start]) end += 1;
    writer.varint(end - start);
    writer.byte(qualities[start] ?? 0);
    start = end;
  }
}

function readQualities(reader: RowReader, count: number): Uint8Array {
  const qualities = new Uint8Array(count);
  for (let from = 0; from < count; ) {
    const run = reader.varint();
    if (run === 0 || from + run > count) throw new RangeError("run of qualities");
    qualities.fill(reader.byte(), from, from + run);
    from += run;
  }
  return qualities;
}

function writeValues(writer: RowWriter, values: Float64Array): void {
  const mode = modeOf(values);
  writer.byte(mode);
  const factor = powers[mode];
  if (factor !== undefined) writer.scaled(values, factor);
  else
    for (const value of values) {
      if (mode === float32Mode) writer.float32(value);
      else writer.float64(value);
    }
}

function readValues(reader: RowReader, count: number): Float64Array {
  const mode = reader.byte();
  const factor = powers[mode];
  if (mode > float64Mode) throw new RangeError("mode");
  return Float64Array.from({ length: count }, () => {
    if (factor !== undefined) {
      const code = reader.varint();
      return code === 0 ? Number.NaN : unzigzag(code - 1) / factor;
    }
    return mode === float32Mode ? reader.float32() : reader.float64();
  });
}

/** The shortest form that keeps every value of the block exactly. */
function modeOf(values: Float64Array): number {
  for (const [mode, factor] of powers.entries()) {
    if (areScaled(values, factor)) return mode;
  }
  return values.every((value) => Number.isNaN(value) || Math.fround(value) === value)
    ? float32Mode
    : float64Mode;
}

function areScaled(values: Float64Array, factor: number): boolean {
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i] ?? 0;
    const scaled = Math.round(value * factor);
    if (scaled / factor === value && Math.abs(scaled) < scaledMax) continue;
    if (!Number.isNaN(value)) return false;
  }
  return true;
}

function zigzag(value: number): number {
  return value >= 0 ? value * 2 : value * -2 - 1;
}

function unzigzag(code: number): number {
  return code % 2 === 0 ? code / 2 : (code + 1) / -2;
}

/** Grows to the largest row and stays there: keep one. */
export class RowWriter {
  #bytes = new Uint8Array(65_536);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  clear(): void {
    this.#length = 0;
  }

  byte(value: number): void {
    this.#room(fieldBytesMax);
    this.#bytes[this.#length++] = value;
  }

  varint(value: number): void {
    this.#room(fieldBytesMax);
    this.#length = putVarint(this.#bytes, this.#length, value);
  }

  /** Each number's difference to the one before. */
  differences(numbers: Uint32Array): void {
    this.#room(numbers.length * fieldBytesMax);
    const bytes = this.#bytes;
    let at = this.#length;
    let last = 0;
    for (let i = 0; i < numbers.length; i += 1) {
      const number = numbers[i] ?? 0;
      at = putVarint(bytes, at, zigzag(number - last));
      last = number;
    }
    this.#length = at;
  }

  /** Scaled integers; 0 stands for no number, so everything else moves up by one. */
  scaled(values: Float64Array, factor: number): void {
    this.#room(values.length * fieldBytesMax);
    const bytes = this.#bytes;
    let at = this.#length;
    for (let i = 0; i < values.length; i += 1) {
      const scaled = Math.round((values[i] ?? Number.NaN) * factor);
      at = putVarint(bytes, at, Number.isNaN(scaled) ? 0 : zigzag(scaled) + 1);
    }
    this.#length = at;
  }

  float32(value: number): void {
    this.#room(fieldBytesMax);
    this.#view.setFloat32(this.#length, value, true);
    this.#length += 4;
  }

  float64(value: number): void {
    this.#room(fieldBytesMax);
    this.#view.setFloat64(this.#length, value, true);
    this.#length += 8;
  }

  taken(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  #room(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    grown.set(this.#bytes);
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }
}

/** Seven bits a byte, lowest first; returns the place after it. */
function putVarint(bytes: Uint8Array, from: number, value: number): number {
  let at = from;
  let rest = value;
  while (rest >= 0x80) {
    if (rest < 2 ** 31) {
      bytes[at++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    } else {
      bytes[at++] = (rest % 0x80) + 0x80;
      rest = Math.floor(rest / 0x80);
    }
  }
  bytes[at] = rest;
  return at + 1;
}

/** Throws RangeError past the end, as DataView does. */
class RowReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  byte(): number {
    this.#at += 1;
    return this.#view.getUint8(this.#at - 1);
  }

  varint(): number {
    let value = 0;
    for (let scale = 1; scale < 2 ** 56; scale *= 0x80) {
      const byte = this.byte();
      value += (byte % 0x80) * scale;
      if (byte < 0x80) return value;
    }
    throw new RangeError("varint");
  }

  signed(): number {
    return unzigzag(this.varint());
  }

  float32(): number {
    this.#at += 4;
    return this.#view.getFloat32(this.#at - 4, true);
  }

  float64(): number {
    this.#at += 8;
    return this.#view.getFloat64(this.#at - 8, true);
  }
}
