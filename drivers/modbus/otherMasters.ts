/**
 * What other masters on the same two wires ask: overheard, so that a reply meant for them is not taken for ours. Pure.
 *
 * A reply names neither its address nor who asked. While a read of another master is open, a reply of the same unit,
 * function and length could be theirs; so it is not used, and the same kind of question is not sent. Their read is open
 * from its last byte until its reply is overheard, or no longer awaited (as our own: see lateReplies.ts).
 * What is assumed: we hear their request whole (while this machine stands still it can get lost), and they do not ask
 * byte for byte what we ask, right behind us: that is taken for the echo of a two-wire converter. A request to read bits
 * from 0x03xx has the form of a reply of 17 to 24 bits: it is told from one only once another master was heard within
 * `sharedMs`; then neither is used.
 */

import { crc16 } from "./crc16.ts";
import { type LateReplies, lateFactor } from "./lateReplies.ts";
import { bitsMax, type ReadFrame, readFrameOf, registersMax } from "./readPort.ts";
import type { AskedFrame } from "./rtuInbox.ts";

/** The longest reply, and a request before it. */
const windowBytes = 264;
const requestBytes = 8;
const exceptionBytes = 5;
/** Reads open at once; beyond, the oldest is forgotten: no line carries so many within a time-out. */
const openMax = 256;
/** So long after the last request of another master the line counts as shared. */
const sharedMs = 60_000;

interface Open extends ReadFrame {
  /** When its newest request ended. */
  heardMs: number;
  /** Requests less replies. */
  count: number;
}

export class OtherMasters {
  readonly #late: LateReplies;
  readonly #bytes: Buffer = Buffer.alloc(windowBytes);
  #used = 0;
  /** Requests, and replies, are looked for from here on. */
  #requestsFrom = 0;
  #repliesFrom = 0;
  #isEchoDue = false;
  #lastHeardMs = Number.NEGATIVE_INFINITY;
  /** By unit, function and length, oldest first. */
  readonly #open = new Map<number, Open>();

  /** `late`: our own unanswered questions: a reply that could be to one of those ends nobody else's read. */
  constructor(late: LateReplies) {
    this.#late = late;
  }

  /** Our own request goes out: what was heard before is over. */
  sent(): void {
    this.#used = 0;
    this.#requestsFrom = 0;
    this.#repliesFrom = 0;
    this.#isEchoDue = true;
  }

  /** Bytes from the line; `ours` is the question whose reply is awaited: then no reply is known to be another's. */
  heard(chunk: Uint8Array, nowMs: number, ours: AskedFrame | null): void {
    for (let from = 0; from < chunk.length; from += windowBytes / 2) {
      this.#add(chunk.subarray(from, from + windowBytes / 2));
      this.#findRequests(nowMs, ours);
      if (ours === null) this.#findReplies(nowMs);
      else this.#repliesFrom = this.#used;
    }
  }

  /** How long a reply of this kind could still be another's, in ms; 0: not at all. */
  waitMs(
    read: ReadFrame,
    times: { readonly nowMs: number; readonly timeoutMs: number; readonly replyMs: number },
  ): number {
    const key = keyOf(read);
    const open = this.#open.get(key);
    if (open === undefined) return 0;
    const waitMs = openUntilMs(open, times) - times.nowMs;
    if (waitMs > 0) return waitMs;
    this.#open.delete(key);
    return 0;
  }

  /** Whether an exception of this unit and function could be another's: it has no length to tell. */
  couldRefuse(
    read: ReadFrame,
    times: { readonly nowMs: number; readonly timeoutMs: number; readonly replyMs: number },
  ): boolean {
    for (const open of this.#open.values()) {
      const isAlike = open.unit === read.unit && open.functionCode === read.functionCode;
      if (isAlike && openUntilMs(open, times) > times.nowMs) return true;
    }
    return false;
  }

  /** Whether this reply has the form of a request, on a line on which others ask. */
  isDoubtful(reply: Buffer, nowMs: number): boolean {
    return reply.length === requestBytes && isLegalRead(reply) && this.#isShared(nowMs);
  }

  #isShared(nowMs: number): boolean {
    return nowMs - this.#lastHeardMs < sharedMs;
  }

  #add(chunk: Uint8Array): void {
    const overflow = this.#used + chunk.length - windowBytes;
    if (overflow > 0) {
      this.#bytes.copyWithin(0, overflow, this.#used);
      this.#used -= overflow;
      this.#requestsFrom = Math.max(0, this.#requestsFrom - overflow);
      this.#repliesFrom = Math.max(0, this.#repliesFrom - overflow);
    }
    this.#bytes.set(chunk, this.#used);
    this.#used += chunk.length;
  }

  #findRequests(nowMs: number, ours: AskedFrame | null): void {
    let at = this.#requestsFrom;
    for (; at + requestBytes <= this.#used; at += 1) {
      const functionCode = this.#bytes[at + 1] ?? 0;
      if (functionCode < 1 || functionCode > 4) continue;
      const frame = this.#bytes.subarray(at, at + requestBytes);
      if (!isLegalRead(frame) || !this.#isFrame(at, requestBytes)) continue;
      if (this.#isEchoDue && ours?.request.equals(frame) === true) this.#isEchoDue = false;
      else if (!isReplyTo(ours, frame) || this.#isShared(nowMs)) {
        this.#opened(frame, nowMs);
        // A request for bits can have the form of its own reply.
        this.#repliesFrom = at + requestBytes;
      }
    }
    this.#requestsFrom = at;
  }

  #opened(frame: Buffer, nowMs: number): void {
    const read = readFrameOf(frame);
    this.#lastHeardMs = nowMs;
    const key = keyOf(read);
    const count = (this.#open.get(key)?.count ?? 0) + 1;
    this.#open.delete(key);
    this.#open.set(key, { ...read, heardMs: nowMs, count });
    if (this.#open.size <= openMax) return;
    for (const oldest of this.#open.keys()) {
      this.#open.delete(oldest);
      break;
    }
  }

  #findReplies(nowMs: number): void {
    if (this.#open.size === 0) {
      this.#repliesFrom = this.#used;
      return;
    }
    for (let at = this.#repliesFrom; at + exceptionBytes <= this.#used; at += 1) {
      const functionCode = this.#bytes[at + 1] ?? 0;
      const dataBytes = this.#bytes[at + 2] ?? 0;
      const open = this.#open.get(keyOf({ unit: this.#bytes[at] ?? 0, functionCode, dataBytes }));
      const length = 3 + dataBytes + 2;
      if (open === undefined || !this.#isFrame(at, length)) continue;
      if (this.#late.waitMs(open, nowMs) === 0) open.count -= 1;
      if (open.count <= 0) this.#open.delete(keyOf(open));
      at += length - 1;
      this.#repliesFrom = at + 1;
    }
  }

  #isFrame(at: number, length: number): boolean {
    const end = at + length;
    if (end > this.#used) return false;
    return crc16(this.#bytes, at, end - 2) === this.#bytes.readUInt16LE(end - 2);
  }
}

/** A read that a master may send: 1 to 2000 bits, or 1 to 125 registers, inside the table. */
function isLegalRead(frame: Buffer): boolean {
  const functionCode = frame[1] ?? 0;
  const count = frame.readUInt16BE(4);
  const countMax = functionCode <= 2 ? bitsMax : registersMax;
  const isRead = functionCode >= 1 && functionCode <= 4;
  return isRead && count >= 1 && count <= countMax && frame.readUInt16BE(2) + count <= 65_536;
}

/** Whether these eight bytes could as well be the reply that is awaited. */
function isReplyTo(ours: AskedFrame | null, frame: Buffer): boolean {
  if (ours === null || ours.dataBytes + 5 !== requestBytes) return false;
  return frame[0] === ours.unit && frame[1] === ours.functionCode && frame[2] === ours.dataBytes;
}

function openUntilMs(
  open: Open,
  times: { readonly timeoutMs: number; readonly replyMs: number },
): number {
  return open.heardMs + lateFactor * times.timeoutMs + times.replyMs;
}

function keyOf(read: ReadFrame): number {
  return (read.unit * 256 + read.functionCode) * 256 + read.dataBytes;
}
