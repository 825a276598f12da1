/** Modbus TCP: own 16-bit transaction ids, nothing accepted but the replies waited for, several reads in one go. */

import { fail, invariant, ok, type Result } from "../../config/words/result.ts";
import type { Clock } from "../../config/words/time.ts";
import type { ModbusIo, RegisterRead, TakeReply } from "../contract.ts";
import type { DriverError } from "../errors.ts";
import { Deadline } from "./deadline.ts";
import { exceptionError } from "./exceptions.ts";
import {
  assertReads,
  headerBytes,
  isWholeFrame,
  lengthAt,
  lengthMax,
  putRead,
  requestBytes,
  word,
} from "./mbap.ts";
import { OpenReads } from "./openReads.ts";
import { ReadBatch } from "./readBatch.ts";
import type { PortEvents } from "./readPort.ts";
import { refusalOf } from "./readRequest.ts";

/** What the port sends through. */
export interface Sender {
  write(bytes: Buffer): void;
  /** Bytes handed over that the system has not taken yet: they must not be changed. */
  readonly writableLength?: number;
}

const idMax = 0xffff;
/** Reads that can be on their way at once. */
export const readsMax = 64;

/** Room for one read of a socket beside the largest unfinished frame: the replies of a full batch. */
export const readBufferBytes = 16_384;
const inboxBytes = readBufferBytes + 2 * (headerBytes + lengthMax);

const aborted: DriverError = { kind: "aborted", message: "told to stop" };
const notReached: DriverError = {
  kind: "timeout",
  notAsked: true,
  message: "the device before it in the line kept silent",
};

/**
 * Lives as long as its line; the socket below is attached and detached. Ids go on over connections,
 * so that a gateway that outlives one cannot hand its old reply to a new question.
 */
export class TcpPort implements ModbusIo {
  readonly #clock: Clock;
  readonly #events: PortEvents;
  readonly #inbox: Buffer = Buffer.alloc(inboxBytes);
  #inboxUsed = 0;
  #outbox: Buffer = Buffer.alloc(requestBytes);
  #sender: Sender | null = null;
  readonly #open = new OpenReads(readsMax);
  #batch: ReadBatch | null = null;
  readonly #deadline: Deadline;
  #lastId = 0;
  /** Ids this connection may still use before one of them could come round again. */
  #idsLeft = idMax;
  /** Some question since then was never answered: its late reply could still come. */
  #hasUnanswered = false;

  constructor(clock: Clock, events: PortEvents) {
    this.#clock = clock;
    this.#events = events;
    this.#deadline = new Deadline(clock, () => this.#timedOut());
  }

  get isOpen(): boolean {
    return this.#sender !== null;
  }

  /** A new connection: nothing of the old one is left. */
  attach(sender: Sender): void {
    this.#sender = sender;
    this.#inboxUsed = 0;
    this.#idsLeft = idMax;
    this.#hasUnanswered = false;
  }

  /** The connection is gone: the questions in flight fail at once. */
  detach(reason: string): void {
    this.#deadline.stop();
    if (this.#sender === null) return;
    this.#sender = null;
    this.#inboxUsed = 0;
    const error: DriverError = { kind: "lineDown", message: reason };
    this.#failAll(error, error);
  }

  read(
    request: RegisterRead & { readonly signal: AbortSignal },
  ): Promise<Result<Buffer, DriverError>> {
    let answer: Result<Buffer, DriverError> = fail(aborted);
    const take: TakeReply = (_, outcome) => {
      answer = outcome.ok ? ok(Buffer.from(outcome.value)) : outcome;
    };
    return this.readTogether([request], request.signal, take).then(() => answer);
  }

  readTogether(
    requests: readonly RegisterRead[],
    signal: AbortSignal,
    take: TakeReply,
  ): Promise<void> {
    invariant(this.#batch === null, "a Modbus question was asked while another was open");
    invariant(requests.length <= readsMax, "more Modbus questions at once than there is room for");
    if (this.#refuses(requests, signal, take)) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const stop = (): void => this.#abandon();
      const done = (bug: unknown): void => {
        signal.removeEventListener("abort", stop);
        if (bug === undefined) resolve();
        else reject(bug);
      };
      this.#batch = new ReadBatch(take, done);
      signal.addEventListener("abort", stop);
      this.#begin(requests);
    });
  }

  /** Says what can be known to be wrong before a byte is sent. */
  #refuses(requests: readonly RegisterRead[], signal: AbortSignal, take: TakeReply): boolean {
    const refusals = requests.map(refusalOf);
    const isRefused = refusals.some((refusal) => refusal !== null);
    let reason = isRefused ? notReached : null;
    if (signal.aborted) reason = aborted;
    else if (!isRefused && !this.isOpen) {
      reason = { kind: "lineDown", message: "the line is not open" };
    }
    if (reason === null) return false;
    for (const [i, refusal] of refusals.entries()) take(i, fail(refusal ?? reason));
    return true;
  }

  #begin(requests: readonly RegisterRead[]): void {
    const bytes = requests.length * requestBytes;
    if (this.#outbox.length < bytes) this.#outbox = Buffer.alloc(bytes);
    const firstId = this.#lastId === idMax ? 0 : this.#lastId + 1;
    for (let i = 0; i < requests.length; i += 1) {
      const request = requests[i];
      const id = (firstId + i) & idMax;
      if (request !== undefined) putRead(this.#outbox, i * requestBytes, id, request);
      this.#lastId = id;
    }
    this.#idsLeft -= requests.length;
    this.#open.begin(requests, firstId);
    this.#awaitOldest();
    this.#send(bytes === this.#outbox.length ? this.#outbox : this.#outbox.subarray(0, bytes));
  }

  #send(bytes: Buffer): void {
    assertReads(bytes);
    const sender = this.#sender;
    sender?.write(bytes);
    // What the system has not taken yet must stay as it is.
    if ((sender?.writableLength ?? 0) > 0) this.#outbox = Buffer.from(this.#outbox);
  }

  #awaitOldest(): void {
    const timeoutMs = this.#open.read(this.#open.oldest)?.timeoutMs;
    if (timeoutMs === undefined) this.#deadline.clear();
    else this.#deadline.set(this.#clock.monotonicMs(), timeoutMs);
  }

  #abandon(): void {
    if (this.#batch === null) return;
    this.#hasUnanswered = true;
    this.#deadline.stop();
    this.#failAll(aborted, aborted);
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
      const next = this.#takeFrame(at);
      // Whoever took the frame may have ended, even replaced, this connection.
      if (next === -1 || this.#sender !== sender) return;
      if (next === at) break;
      at = next;
    }
    if (at > 0) this.#inbox.copyWithin(0, at, this.#inboxUsed);
    this.#inboxUsed -= at;
  }

  /** Where the next frame begins; `at` itself when this one is not whole yet; -1: the stream is given up. */
  #takeFrame(at: number): number {
    const length = lengthAt(this.#inbox, at);
    const end = at + headerBytes + length;
    const position = this.#open.find(word(this.#inbox, at));
    if (length === 0) return this.#desynchronised();
    if (end > this.#inboxUsed) return at;
    if (position !== -1) {
      const left = this.#inboxUsed - end;
      // Another reply may have begun: until its header is there, this one may have been cut short within it.
      if (left > 0 && left < headerBytes && this.#open.count > 1) return at;
      if (this.#isTorn(end, left) || this.#open.hasSwallowed(this.#inbox, at, end)) {
        return this.#desynchronised();
      }
      this.#reply(position, at);
    }
    return end;
  }

  /** Whether bytes that no frame begins with follow a reply: a frame cut short has swallowed the next one's head. */
  #isTorn(end: number, left: number): boolean {
    return left > 0 && (left < headerBytes || lengthAt(this.#inbox, end) === 0);
  }

  /** One well-formed frame with the id of an open read. */
  #reply(position: number, at: number): void {
    const dataBytes = this.#open.dataBytesIn(position, this.#inbox, at, this.#outbox);
    if (dataBytes === -1) {
      this.#settle(position, fail(this.#open.misfit(position, this.#inbox, at)));
      return;
    }
    this.#events.answered();
    const from = at + headerBytes + 3;
    const outcome =
      dataBytes === 0
        ? fail(exceptionError(this.#inbox[from - 1] ?? 0))
        : ok(this.#inbox.subarray(from, from + dataBytes));
    this.#settle(position, outcome);
    this.#renewIfUsedUp();
  }

  /** A connection on which a late reply could meet its own id again is replaced before that. */
  #renewIfUsedUp(): void {
    if (this.#idsLeft > readsMax || this.#batch !== null) return;
    if (this.#hasUnanswered) this.#events.broken("transaction ids used up");
    else this.#idsLeft = idMax;
  }

  #timedOut(): void {
    const asked = this.#open.read(this.#open.oldest);
    if (asked === undefined) return;
    const { unit, timeoutMs } = asked;
    this.#hasUnanswered = true;
    const message = `no reply from unit ${unit} within ${timeoutMs} ms`;
    this.#failAll({ kind: "timeout", message }, notReached);
    this.#events.silent(unit);
    this.#renewIfUsedUp();
  }

  #desynchronised(): -1 {
    const reason = "the stream is no longer Modbus TCP";
    this.#inboxUsed = 0;
    this.#failAll({ kind: "badReply", message: `${reason}: connection given up` }, notReached);
    this.#events.broken(reason);
    return -1;
  }

  /** Ends the batch: the oldest open read with its own error, whatever was behind it with another. */
  #failAll(first: DriverError, others: DriverError): void {
    const batch = this.#batch;
    if (batch === null) return;
    this.#batch = null;
    this.#deadline.clear();
    for (let error = first; this.#open.count > 0; error = others) {
      const position = this.#open.oldest;
      this.#open.close(position);
      batch.give(position, fail(error));
    }
    batch.end();
  }

  #settle(position: number, outcome: Result<Uint8Array, DriverError>): void {
    const batch = this.#batch;
    if (batch === null) return;
    this.#open.close(position);
    if (this.#open.count > 0) {
      this.#awaitOldest();
      batch.give(position, outcome);
      return;
    }
    this.#batch = null;
    this.#deadline.clear();
    batch.give(position, outcome);
    batch.end();
  }
}
