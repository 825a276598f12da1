/** Bytes of a serial line since our request, and the search for its reply among them. */

import { crc16 } from "./crc16.ts";
import type { ReadFrame } from "./readPort.ts";

/** A request with what is needed to know its own echo. */
export interface AskedFrame extends ReadFrame {
  readonly request: Buffer;
}

/** Longest RTU frame, twice: noise beyond it pushes out the oldest bytes. */
const inboxBytes = 512;
const crcBytes = 2;
/** Bytes of 00 or FF that a line's turning round may show behind a frame. */
const glitchBytesMax = 2;
const exceptionBytes = 5;

export class RtuInbox {
  readonly #bytes: Buffer = Buffer.alloc(inboxBytes);
  #used = 0;
  #isEchoSeen = false;

  get used(): number {
    return this.#used;
  }

  clear(): void {
    this.#used = 0;
    this.#isEchoSeen = false;
  }

  add(chunk: Uint8Array): void {
    const fresh = chunk.length > inboxBytes ? chunk.subarray(chunk.length - inboxBytes) : chunk;
    const overflow = this.#used + fresh.length - inboxBytes;
    if (overflow > 0) this.#drop(overflow);
    this.#bytes.set(fresh, this.#used);
    this.#used += fresh.length;
  }

  /**
   * The reply to `asked`, whole and with good CRC, as a copy; null when it is not there (yet).
   * All else is noise: other units' frames, damaged frames, and our own request echoed by a
   * two-wire converter. Exceptions count only when `mayBeRefused`.
   */
  replyTo(asked: AskedFrame, mayBeRefused: boolean): Buffer | null {
    this.#dropEcho(asked.request);
    for (let at = 0; at + exceptionBytes <= this.#used; at += 1) {
      const length = this.#lengthAt(at, asked, mayBeRefused);
      if (length === 0 || !this.#isFrame(at, length)) continue;
      if (!this.#isEcho(at, length, asked.request) && this.#isEndOf(at, at + length)) {
        return Buffer.from(this.#bytes.subarray(at, at + length));
      }
    }
    return null;
  }

  /** Length of the reply that may begin at `at`; 0 for none. */
  #lengthAt(at: number, asked: AskedFrame, mayBeRefused: boolean): number {
    if (this.#bytes[at] !== asked.unit) return 0;
    const functionCode = this.#bytes[at + 1];
    if (functionCode === asked.functionCode) {
      return this.#bytes[at + 2] === asked.dataBytes ? 3 + asked.dataBytes + crcBytes : 0;
    }
    return mayBeRefused && functionCode === (0x80 | asked.functionCode) ? exceptionBytes : 0;
  }

  /** Whether anything looked like a reply of this unit: then it is alive but not understood. */
  isFrom(asked: AskedFrame): boolean {
    for (let at = 0; at + 1 < this.#used; at += 1) {
      if (
        this.#bytes[at] === asked.unit &&
        ((this.#bytes[at + 1] ?? 0) & 0x7f) === asked.functionCode
      ) {
        return true;
      }
    }
    return false;
  }

  /** Whether the beginning of the right reply is there, but not the whole with a good CRC. */
  isDamaged(asked: AskedFrame): boolean {
    for (let at = 0; at + 2 < this.#used; at += 1) {
      const length = this.#lengthAt(at, asked, true);
      if (length > 0 && !this.#isFrame(at, length)) return true;
    }
    return false;
  }

  /** What is left, for the message of a failure. */
  describe(asked: AskedFrame): string {
    if (this.#used === 0) return "";
    return this.isFrom(asked)
      ? `a damaged or wrong reply (${this.#used} bytes)`
      : ` (${this.#used} bytes of noise or of others)`;
  }

  #isFrame(at: number, length: number): boolean {
    const end = at + length;
    if (end > this.#used) return false;
    return crc16(this.#bytes, at, end - crcBytes) === this.#bytes.readUInt16LE(end - crcBytes);
  }

  /**
   * A frame ends where the line falls silent. Bytes directly behind it mean that it is none, and its
   * CRC fits by chance; except a bus driver's switching glitch, and a copy of the frame.
   */
  #isEndOf(start: number, end: number): boolean {
    const left = this.#used - end;
    if (left <= glitchBytesMax) {
      return this.#bytes.subarray(end, this.#used).every((byte) => byte === 0 || byte === 0xff);
    }
    const copied = Math.min(left, end - start);
    return this.#bytes.compare(this.#bytes, start, start + copied, end, end + copied) === 0;
  }

  /**
   * A two-wire converter may send our own bytes back. The request of a bit read can itself be a valid
   * reply (address 0x03xx, 17 to 24 bits: same length, byte count 3, good CRC), and so can its first
   * six bytes: what equals the beginning of our request is never taken for a reply. A real reply of
   * exactly these bytes is lost by that, not misread.
   */
  #isEcho(at: number, length: number, request: Buffer): boolean {
    if (this.#isEchoSeen || length > request.length) return false;
    return request.compare(this.#bytes, at, at + length, 0, length) === 0;
  }

  /** The whole echo, once, with the noise before it: a reply cannot begin earlier. */
  #dropEcho(request: Buffer): void {
    if (this.#isEchoSeen || this.#used < request.length) return;
    const at = this.#bytes.subarray(0, this.#used).indexOf(request);
    if (at === -1) return;
    this.#isEchoSeen = true;
    this.#drop(at + request.length);
  }

  #drop(count: number): void {
    this.#bytes.copyWithin(0, count, this.#used);
    this.#used -= count;
  }
}
