/**
 * Buckets of one point <-> bytes (pure but for the compressor): column after column, differences as short integers
 * where all values are decimals of few places, else the bytes of the numbers plane by plane; then deflate.
 */

import { deflateRawSync, inflateRawSync } from "node:zlib";
import { fail, ok, type Result } from "../../config/words/result.ts";
import type { Buckets } from "./trendBuckets.ts";

/** Most buckets one block may say it holds: damaged bytes must not ask for all memory. */
const bucketsMax = 200_000;
const placesMax = 6;
/** Marks in the byte before the columns; 0..6: decimal places. */
const asFloat32 = 7;
const asFloat64 = 8;
const noNumber = 0x80;
/** Beyond it a difference is no exact integer any more. */
const integerMax = 2 ** 45;

/** Values must be finite or NaN. `startMs` are multiples of `widthMs`. */
export function encodeBuckets(all: Buckets, widthMs: number): Uint8Array {
  const out = new Bytes();
  const form = formOf(all);
  out.varint(all.startMs.length);
  out.byte(form);
  let before = 0;
  for (const start of all.startMs) {
    out.zigzag(start / widthMs - before);
    before = start / widthMs;
  }
  for (const [i, quality] of all.quality.entries()) {
    out.byte(quality | (Number.isNaN(all.last[i] ?? Number.NaN) ? noNumber : 0));
  }
  for (const count of all.count) out.varint(count);
  const held = all.startMs.map((_, i) => i).filter((i) => !Number.isNaN(all.last[i] ?? Number.NaN));
  const of = (column: readonly number[]) => held.map((i) => column[i] ?? 0);
  const [last, min, max] = [of(all.last), of(all.min), of(all.max)];
  if (form <= placesMax) writeDecimals(out, { last, min, max, factor: 10 ** form });
  else for (const column of [last, min, max]) writePlanes(out, column, form);
  return deflateRawSync(out.taken(), { level: 6 });
}

/** Fails with a sentence for bytes that are no block. */
export function decodeBuckets(bytes: Uint8Array, widthMs: number): Result<Buckets, string> {
  try {
    const input = new Input(inflateRawSync(bytes, { maxOutputLength: 16 * 1024 * 1024 }));
    const length = input.varint();
    if (length > bucketsMax) return fail(`${length} buckets in one block`);
    const form = input.byte();
    if (form > asFloat64) return fail(`unknown form ${form}`);
    const every = Array.from({ length });
    let at = 0;
    const startMs = every.map(() => {
      at += input.zigzag();
      return at * widthMs;
    });
    const marks = every.map(() => input.byte());
    const count = every.map(() => input.varint());
    const isHeld = marks.map((mark) => (mark & noNumber) === 0);
    const held = isHeld.filter(Boolean).length;
    const columns = form <= placesMax ? readDecimals(input, held, 10 ** form) : readFloats();
    function readFloats() {
      return {
        last: readPlanes(input, held, form),
        min: readPlanes(input, held, form),
        max: readPlanes(input, held, form),
      };
    }
    const spread = (column: readonly number[]) => {
      let next = 0;
      return isHeld.map((is) => (is ? (column[next++] ?? Number.NaN) : Number.NaN));
    };
    return ok({
      startMs,
      min: spread(columns.min),
      max: spread(columns.max),
      last: spread(columns.last),
      quality: marks.map((mark) => mark & ~noNumber),
      count,
    });
  } catch (error) {
    return fail(`no block of buckets: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** The shortest form that gives back every number exactly. */
function formOf({ min, max, last }: Buckets): number {
  const columns = [last, min, max];
  for (let places = 0; places <= placesMax; places += 1) {
    const factor = 10 ** places;
    const isExact = (value: number): boolean => {
      if (Number.isNaN(value)) return true;
      const scaled = Math.round(value * factor);
      return Math.abs(scaled) < integerMax && scaled / factor === value && !Object.is(value, -0);
    };
    if (columns.every((column) => column.every(isExact))) return places;
  }
  const isShort = (value: number) => Number.isNaN(value) || Math.fround(value) === value;
  return columns.every((column) => column.every(isShort)) ? asFloat32 : asFloat64;
}

interface Columns {
  readonly last: readonly number[];
  readonly min: readonly number[];
  readonly max: readonly number[];
}

function writeDecimals(out: Bytes, columns: Columns & { readonly factor: number }): void {
  const scaled = (column: readonly number[]) =>
    column.map((value) => Math.round(value * columns.factor));
  const last = scaled(columns.last);
  let before = 0;
  for (const value of last) {
    out.zigzag(value - before);
    before = value;
  }
  for (const [i, value] of scaled(columns.min).entries()) out.zigzag((last[i] ?? 0) - value);
  for (const [i, value] of scaled(columns.max).entries()) out.zigzag(value - (last[i] ?? 0));
}

function readDecimals(input: Input, length: number, factor: number): Columns {
  const every = Array.from({ length });
  let at = 0;
  const last = every.map(() => {
    at += input.zigzag();
    return at;
  });
  const min = last.map((value) => value - input.zigzag());
  const max = last.map((value) => value + input.zigzag());
  const unscaled = (column: readonly number[]) => column.map((value) => value / factor);
  return { last: unscaled(last), min: unscaled(min), max: unscaled(max) };
}

/** Bytes of the same place together: they resemble one another. */
function writePlanes(out: Bytes, column: readonly number[], form: number): void {
  const numbers = form === asFloat32 ? new Float32Array(column) : new Float64Array(column);
  const bytes = new Uint8Array(numbers.buffer);
  const size = numbers.BYTES_PER_ELEMENT;
  for (let place = 0; place < size; place += 1) {
    for (let i = place; i < bytes.length; i += size) out.byte(bytes[i] ?? 0);
  }
}

function readPlanes(input: Input, length: number, form: number): number[] {
  const numbers = form === asFloat32 ? new Float32Array(length) : new Float64Array(length);
  const bytes = new Uint8Array(numbers.buffer);
  const size = numbers.BYTES_PER_ELEMENT;
  for (let place = 0; place < size; place += 1) {
    for (let i = place; i < bytes.length; i += size) bytes[i] = input.byte();
  }
  return Array.from(numbers);
}

class Bytes {
  #bytes = new Uint8Array(4_096);
  #length = 0;

  byte(value: number): void {
    if (this.#length === this.#bytes.length) {
      const more = new Uint8Array(this.#bytes.length * 2);
      more.set(this.#bytes);
      this.#bytes = more;
    }
    this.#bytes[this.#length] = value;
    this.#length += 1;
  }

  /** A whole number from 0 to 2^53. */
  varint(value: number): void {
    let rest = value;
    while (rest >= 128) {
      this.byte((rest % 128) | 128);
      rest = Math.floor(rest / 128);
    }
    this.byte(rest);
  }

  zigzag(value: number): void {
    this.varint(value < 0 ? -2 * value - 1 : 2 * value);
  }

  taken(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }
}

class Input {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** @throws RangeError at the end. */
  byte(): number {
    const value = this.#bytes[this.#at];
    if (value === undefined) throw new RangeError("it ends too early");
    this.#at += 1;
    return value;
  }

  varint(): number {
    let value = 0;
    for (let weight = 1; weight < 2 ** 56; weight *= 128) {
      const byte = this.byte();
      value += (byte & 127) * weight;
      if (byte < 128) return value;
    }
    throw new RangeError("a number that never ends");
  }

  zigzag(): number {
    const value = this.varint();
    return value % 2 === 1 ? -(value + 1) / 2 : value / 2;
  }
}
