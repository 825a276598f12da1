/** Writes JSON text straight into bytes: no string per number, no second pass to encode it. */

const zero = 48;
const minus = 45;
const comma = 44;
/** Nine digits and a sign. */
const smallBytesMax = 10;
/** Above this, digits are left to the language's own formatting. */
const smallMax = 1e9;
const shortCopy = 24;

export class ByteWriter {
  #bytes: Uint8Array;
  #length = 0;
  readonly #encoder = new TextEncoder();

  constructor(sizeBytes = 65_536) {
    this.#bytes = new Uint8Array(sizeBytes);
  }

  get length(): number {
    return this.#length;
  }

  clear(): void {
    this.#length = 0;
  }

  /** A view of what was written; valid until the next write or `clear`. */
  view(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  byte(code: number): void {
    this.#room(1);
    this.#bytes[this.#length++] = code;
  }

  text(text: string): void {
    this.#room(text.length * 3);
    const { written } = this.#encoder.encodeInto(text, this.#bytes.subarray(this.#length));
    this.#length += written;
  }

  copy(from: Uint8Array): void {
    const size = from.length;
    this.#room(size);
    // For a few bytes, a call into the engine costs more than the copying.
    if (size > shortCopy) this.#bytes.set(from, this.#length);
    else for (let i = 0; i < size; i += 1) this.#bytes[this.#length + i] = from[i] ?? 0;
    this.#length += size;
  }

  /** A finite number, as JSON: the shortest text that reads back as the same double. */
  number(value: number): void {
    if (Number.isInteger(value) && value > -smallMax && value < smallMax) this.#small(value);
    else this.text(String(value));
  }

  #small(value: number): void {
    this.#room(smallBytesMax);
    this.#length = putSmall(this.#bytes, this.#length, value);
  }

  /**
   * `values[from..to)` times `factor` minus `base`, rounded, with commas between; "null" for what is
   * no number. The hottest loop of sealing: one call for a whole column.
   */
  scaledColumn(
    values: Float64Array,
    options: {
      readonly from: number;
      readonly to: number;
      readonly factor: number;
      readonly base: number;
    },
  ): void {
    const { from, to, factor, base } = options;
    this.#room((to - from) * (smallBytesMax + 1));
    for (let i = from; i < to; i += 1) {
      if (i > from) this.#bytes[this.#length++] = comma;
      const value = Math.round((values[i] ?? Number.NaN) * factor) - base;
      if (value >= 0 && value < 10) this.#bytes[this.#length++] = zero + value;
      else if (value > -smallMax && value < smallMax) {
        this.#length = putSmall(this.#bytes, this.#length, value);
      } else {
        this.text(Number.isFinite(value) ? String(value) : "null");
        this.#room((to - i) * (smallBytesMax + 1));
      }
    }
  }

  #room(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    grown.set(this.view());
    this.#bytes = grown;
  }
}

/** Digits of an integer below 1e9 in size; returns the place after them. */
function putSmall(bytes: Uint8Array, from: number, value: number): number {
  let start = from;
  let rest = value;
  if (rest < 0) {
    bytes[start++] = minus;
    rest = -rest;
  }
  let digits = 1;
  for (let bound = 10; rest >= bound; bound *= 10) digits += 1;
  const end = start + digits;
  for (let at = end - 1; at >= start; at -= 1) {
    const tenth = Math.trunc(rest / 10);
    bytes[at] = zero + rest - tenth * 10;
    rest = tenth;
  }
  return end;
}
