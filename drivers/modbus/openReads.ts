/** The reads of one batch on their way: which reply is whose, and whether it is valid. Its ids follow one another. */

import type { RegisterRead } from "../contract.ts";
import type { DriverError } from "../errors.ts";
import { exceptionLength, headerBytes, lengthAt, requestBytes, word } from "./mbap.ts";
import { dataBytesOf, functionCodes } from "./readRequest.ts";

const idSpan = 0x1_0000;

export class OpenReads {
  #reads: readonly RegisterRead[] = [];
  readonly #isOpen: Uint8Array;
  readonly #dataBytes: Uint8Array;
  #firstId = 0;
  #oldest = 0;
  #count = 0;

  constructor(readsMax: number) {
    this.#isOpen = new Uint8Array(readsMax);
    this.#dataBytes = new Uint8Array(readsMax);
  }

  /** Reads without a reply. */
  get count(): number {
    return this.#count;
  }

  /** Position of the oldest of them; the number of reads when there is none. */
  get oldest(): number {
    return this.#oldest;
  }

  begin(reads: readonly RegisterRead[], firstId: number): void {
    this.#reads = reads;
    this.#firstId = firstId;
    this.#oldest = 0;
    this.#count = reads.length;
    this.#isOpen.fill(1, 0, reads.length);
    for (let i = 0; i < reads.length; i += 1) {
      const read = reads[i];
      if (read !== undefined) this.#dataBytes[i] = dataBytesOf(read);
    }
  }

  read(position: number): RegisterRead | undefined {
    return this.#reads[position];
  }

  /** Position of the open read with this transaction id; -1: nobody waits for it. */
  find(id: number): number {
    const position = (id - this.#firstId + idSpan) % idSpan;
    return position < this.#reads.length && this.#isOpen[position] === 1 ? position : -1;
  }

  close(position: number): void {
    if (this.#isOpen[position] !== 1) return;
    this.#isOpen[position] = 0;
    this.#count -= 1;
    while (this.#oldest < this.#reads.length && this.#isOpen[this.#oldest] === 0) this.#oldest += 1;
  }

  /**
   * Data bytes of the frame at `at` if it is a valid reply to this read; 0: an exception; -1: it is none. `requests`
   * are the requests as they were sent.
   */
  dataBytesIn(position: number, bytes: Uint8Array, at: number, requests: Buffer): number {
    const read = this.#reads[position];
    if (read === undefined || bytes[at + 6] !== read.unit) return -1;
    const length = word(bytes, at + 4);
    if (isEcho(bytes, at, requests, position * requestBytes)) return -1;
    const code = functionCodes[read.table];
    const said = bytes[at + 7];
    if (said === (0x80 | code)) return length === exceptionLength ? 0 : -1;
    const dataBytes = this.#dataBytes[position] ?? 0;
    const isWhole = length === exceptionLength + dataBytes && bytes[at + 8] === dataBytes;
    return said === code && isWhole ? dataBytes : -1;
  }

  /** What is wrong with the frame at `at`, which is no valid reply to this read. */
  misfit(position: number, bytes: Uint8Array, at: number): DriverError {
    const read = this.#reads[position];
    const [unit, code] = [bytes[at + 6], bytes[at + 7]];
    return {
      kind: "badReply",
      message: `a reply of unit ${unit}, function ${code}, ${word(bytes, at + 4)} bytes does not fit the question to unit ${read?.unit}, ${read?.table}`,
    };
  }

  /**
   * Whether the frame from `at` to `end` has swallowed the beginning of a reply to another open read: it was cut
   * short then, and what looks like its data is that one's. Register data that spell out such a header, with the id
   * of a read that is open just now, cost a connection.
   */
  hasSwallowed(bytes: Uint8Array, at: number, end: number): boolean {
    if (this.#count < 2) return false;
    for (let inner = at + headerBytes + 2; inner + headerBytes + 2 <= end; inner += 1) {
      if (bytes[inner + 2] !== 0 || bytes[inner + 3] !== 0 || bytes[inner + 4] !== 0) continue;
      if (this.#isHeaderAt(bytes, inner, at)) return true;
    }
    return false;
  }

  #isHeaderAt(bytes: Uint8Array, inner: number, at: number): boolean {
    const position = this.find(word(bytes, inner));
    const read = this.#reads[position];
    if (read === undefined || word(bytes, inner) === word(bytes, at)) return false;
    if (lengthAt(bytes, inner) === 0 || bytes[inner + 6] !== read.unit) return false;
    return ((bytes[inner + 7] ?? 0) & 0x7f) === functionCodes[read.table];
  }
}

/**
 * A gateway with a two-wire converter behind it may hand our own request back as the reply. One for 17 to 24 bits
 * from 0x03xx has the form of its reply: a real reply of exactly these bytes is lost by that, not misread.
 */
function isEcho(bytes: Uint8Array, at: number, requests: Buffer, from: number): boolean {
  for (let i = 4; i < requestBytes; i += 1) {
    if (bytes[at + i] !== requests[from + i]) return false;
  }
  return true;
}
