/** Writes JSON text straight into bytes: no string per number, no second pass to encode it. */

const zero = 48;
const minus = 45;
/** Above this, digits are left to the language's own formatting. */
const smallMax = 1e9;

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

  copy(bytes: Uint8Array): void {
    this.#room(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** A finite number, as JSON: the shortest text that reads back as the same double. */
  number(value: number): void {
    if (Number.isInteger(value) && value > -smallMax && value < smallMax) this.#small(value);
    else this.text(String(value));
  }

  #small(value: number): void {
    this.#room(11);
    const bytes = this.#bytes;
    let rest = value;
    if (rest < 0) {
      bytes[this.#length++] = minus;
      rest = -rest;
    }
    if (rest < 10) {
      bytes[this.#length++] = zero + rest;
      return;
    }
    let digits = 2;
    for (let bound = 100; rest >= bound; bound *= 10) digits += 1;
    let at = this.#length + digits;
    this.#length = at;
    do {
      const tenth = Math.trunc(rest / 10);
      at -= 1;
      bytes[at] = zero + rest - tenth * 10;
      rest = tenth;
    } while (rest > 0);
  }

  #room(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    grown.set(this.view());
    this.#bytes = grown;
  }
}
