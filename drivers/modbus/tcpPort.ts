/** Modbus TCP framing: own 16-bit transaction ids, and nothing accepted but the one reply waited for. */

import { EventEmitter } from "node:events";
import type { Clock, Timer } from "../../config/words/time.ts";
import type { DriverError } from "../errors.ts";
import { crc16 } from "./crc16.ts";
import {
  type GiveUp,
  type PortEvents,
  type ReadFrame,
  type ReadPort,
  readFrameOf,
} from "./readPort.ts";
import { StallGrace } from "./stallGrace.ts";

/** What the port sends through. */
export interface Sender {
  write(bytes: Buffer): void;
}

const headerBytes = 6;
const crcBytes = 2;
/** MBAP length: unit and function at least, unit and a full PDU at most. */
const lengthMin = 3;
const lengthMax = 254;
const exceptionLength = 3;
const idMax = 0xffff;

/** Room for one read of a socket beside the largest unfinished frame. */
export const readBufferBytes = 4096;
const inboxBytes = readBufferBytes + headerBytes + lengthMax;

interface Pending extends ReadFrame {
  readonly id: number;
  /** Unit, function, address and count as they were sent. */
  readonly asked: Buffer;
  readonly timer: Timer;
  readonly giveUp: GiveUp;
}

/**
 * Lives as long as its line; the socket below is attached and detached. Ids go on over connections,
 * so that a gateway that outlives one cannot hand its old reply to a new question.
 */
export class TcpPort extends EventEmitter implements ReadPort {
  readonly #clock: Clock;
  readonly #events: PortEvents;
  readonly #inbox: Buffer = Buffer.alloc(inboxBytes);
  #inboxUsed = 0;
  #sender: Sender | null = null;
  #expected: { readonly timeoutMs: number; readonly giveUp: GiveUp } | null = null;
  #pending: Pending | null = null;
  #lastId = 0;
  /** Ids this connection may still use before one of them could come round again. */
  #idsLeft = idMax;
  /** Some question since then was never answered: its late reply could still come. */
  #hasUnanswered = false;

  constructor(clock: Clock, events: PortEvents) {
    super();
    this.#clock = clock;
    this.#events = events;
  }

  get isOpen(): boolean {
    return this.#sender !== null;
  }

  /** For the library: the line does the real opening. */
  open(done: (error?: Error | null) => void): void {
    done();
  }

  close(done?: (error?: Error | null) => void): void {
    done?.();
  }

  /** A new connection: nothing of the old one is left. */
  attach(sender: Sender): void {
    this.#sender = sender;
    this.#inboxUsed = 0;
    this.#idsLeft = idMax;
    this.#hasUnanswered = false;
  }

  /** The connection is gone: the question in flight fails at once. */
  detach(reason: string): void {
    if (this.#sender === null) return;
    this.#sender = null;
    this.#inboxUsed = 0;
    this.#fail({ kind: "lineDown", message: reason });
  }

  expect(timeoutMs: number, giveUp: GiveUp): void {
    this.#expected = { timeoutMs, giveUp };
  }

  write(frame: Buffer): void {
    const read = readFrameOf(frame);
    const expected = this.#expected;
    const sender = this.#sender;
    this.#expected = null;
    if (expected === null || sender === null || this.#pending !== null) return;
    const id = this.#nextId();
    const grace = new StallGrace(this.#clock, expected.timeoutMs, () => {
      this.#timedOut(expected.timeoutMs);
    });
    this.#pending = {
      id,
      asked: frame.subarray(0, frame.length - crcBytes),
      unit: read.unit,
      functionCode: read.functionCode,
      dataBytes: read.dataBytes,
      timer: grace,
      giveUp: expected.giveUp,
    };
    const length = frame.length - crcBytes;
    const bytes = Buffer.allocUnsafe(headerBytes + length);
    bytes.writeUInt16BE(id, 0);
    bytes.writeUInt16BE(0, 2);
    bytes.writeUInt16BE(length, 4);
    frame.copy(bytes, headerBytes, 0, length);
    sender.write(bytes);
  }

  abandon(): void {
    this.#expected = null;
    if (this.#pending === null) return;
    this.#pending.timer.cancel();
    this.#pending = null;
    this.#hasUnanswered = true;
    this.#renewIfUsedUp();
  }

  /** Bytes from the socket, `bytes[0..count)`, at most `readBufferBytes`. Copied: the caller reuses them. */
  receive(bytes: Uint8Array, count: number): void {
    if (this.#inboxUsed > 0 && isWholeFrame(bytes, count)) {
      // A frame that begins inside an unfinished one: that one was cut short and will never end.
      this.#desynchronised();
      return;
    }
    this.#inbox.set(count === bytes.length ? bytes : bytes.subarray(0, count), this.#inboxUsed);
    this.#inboxUsed += count;
    const sender = this.#sender;
    let at = 0;
    while (this.#inboxUsed - at >= headerBytes) {
      const length = this.#lengthAt(at);
      const end = at + headerBytes + length;
      // What follows our reply is looked at first: a frame cut short has swallowed the next one's head.
      if (length === 0 || (end <= this.#inboxUsed && this.#isOurs(at) && this.#isTornAt(end))) {
        this.#desynchronised();
        return;
      }
      if (end > this.#inboxUsed) break;
      this.#frame(at, length);
      // Whoever took the frame may have ended, even replaced, this connection.
      if (this.#sender !== sender) return;
      at = end;
    }
    if (at > 0) this.#inbox.copyWithin(0, at, this.#inboxUsed);
    this.#inboxUsed -= at;
  }

  #isOurs(at: number): boolean {
    return this.#pending !== null && this.#inbox.readUInt16BE(at) === this.#pending.id;
  }

  /** Whether bytes that no frame begins with follow: frames come whole, each in one segment. */
  #isTornAt(end: number): boolean {
    const left = this.#inboxUsed - end;
    if (left <= 0) return false;
    return left < headerBytes || this.#lengthAt(end) === 0;
  }

  /** The length field of the frame at `at`; 0 when there is no Modbus TCP header. */
  #lengthAt(at: number): number {
    const length = this.#inbox.readUInt16BE(at + 4);
    const isHeader =
      this.#inbox.readUInt16BE(at + 2) === 0 && length >= lengthMin && length <= lengthMax;
    return isHeader ? length : 0;
  }

  /** One well-formed frame. Whatever is not the reply waited for belongs to nobody and is dropped. */
  #frame(at: number, length: number): void {
    const pending = this.#pending;
    if (pending === null || !this.#isOurs(at)) return;
    const unit = this.#inbox[at + 6];
    const functionCode = this.#inbox[at + 7] ?? 0;
    const isValid =
      unit === pending.unit &&
      !this.#isEcho(at, length, pending.asked) &&
      (functionCode === pending.functionCode
        ? length === exceptionLength + pending.dataBytes &&
          this.#inbox[at + 8] === pending.dataBytes
        : functionCode === (0x80 | pending.functionCode) && length === exceptionLength);
    if (!isValid) {
      this.#fail({
        kind: "badReply",
        message: `a reply of unit ${unit}, function ${functionCode}, ${length} bytes does not fit the question to unit ${pending.unit}, function ${pending.functionCode}`,
      });
      return;
    }
    this.#pending = null;
    pending.timer.cancel();
    this.#events.answered();
    const reply = Buffer.allocUnsafe(length + crcBytes);
    this.#inbox.copy(reply, 0, at + headerBytes, at + headerBytes + length);
    reply.writeUInt16LE(crc16(reply, 0, length), length);
    this.emit("data", reply);
    this.#renewIfUsedUp();
  }

  /**
   * A gateway with a two-wire converter behind it may hand our own request back as the reply. One for 17 to 24 bits
   * from 0x03xx has the form of its reply: a real reply of exactly these bytes is lost by that, not misread.
   */
  #isEcho(at: number, length: number, asked: Buffer): boolean {
    if (length !== asked.length) return false;
    return asked.compare(this.#inbox, at + headerBytes, at + headerBytes + length) === 0;
  }

  #nextId(): number {
    this.#lastId = this.#lastId === idMax ? 0 : this.#lastId + 1;
    this.#idsLeft -= 1;
    return this.#lastId;
  }

  /** A connection on which a late reply could meet its own id again is replaced before that. */
  #renewIfUsedUp(): void {
    if (this.#idsLeft > 0) return;
    if (this.#hasUnanswered) this.#events.broken("transaction ids used up");
    else this.#idsLeft = idMax;
  }

  #timedOut(timeoutMs: number): void {
    const unit = this.#pending?.unit ?? 0;
    this.#hasUnanswered = true;
    this.#fail({ kind: "timeout", message: `no reply from unit ${unit} within ${timeoutMs} ms` });
    this.#events.silent(unit);
    this.#renewIfUsedUp();
  }

  #desynchronised(): void {
    const reason = "the stream is no longer Modbus TCP";
    this.#inboxUsed = 0;
    this.#fail({ kind: "badReply", message: `${reason}: connection given up` });
    this.#events.broken(reason);
  }

  #fail(error: DriverError): void {
    const pending = this.#pending;
    if (pending === null) return;
    this.#pending = null;
    pending.timer.cancel();
    pending.giveUp(error);
  }
}

/**
 * Whether `bytes[0..count)` are one frame by their header. By chance, inside a frame, they are so only where register
 * data spell out a header with the right length: one bad reply.
 */
export function isWholeFrame(bytes: Uint8Array, count: number): boolean {
  return (
    count >= headerBytes + lengthMin &&
    count <= headerBytes + lengthMax &&
    bytes[2] === 0 &&
    bytes[3] === 0 &&
    (bytes[4] ?? 0) * 256 + (bytes[5] ?? 0) === count - headerBytes
  );
}
