/** Modbus RTU framing: asks only into silence, and takes nothing but the one reply waited for. */

import { EventEmitter } from "node:events";
import type { Clock, Timer } from "../../config/words/time.ts";
import type { DriverError } from "../errors.ts";
import { LateReplies } from "./lateReplies.ts";
import { OtherMasters } from "./otherMasters.ts";
import {
  type GiveUp,
  type PortEvents,
  type ReadFrame,
  type ReadPort,
  readFrameOf,
} from "./readPort.ts";
import { RtuInbox } from "./rtuInbox.ts";
import { StallGrace } from "./stallGrace.ts";
import { charMs, type SerialFormat, silenceMs } from "./wireTime.ts";

type Done = (error: Error | null | undefined) => void;

/** What the port needs of an open serial port. */
export interface SerialHandle {
  write(bytes: Buffer, done: Done): void;
  /** Discards what the system received and nobody has read. */
  flush(done: Done): void;
  /** Longest time between `write` and the first bit on the line; default 0. */
  readonly leadMs?: number;
}

/** Frame around the data of a reply: unit, function, byte count, CRC. */
const replyFrameBytes = 5;
/** A reply under way when the time-out rings is waited for while bytes keep coming this closely. */
const activeMs = 50;

interface Asking extends ReadFrame {
  readonly request: Buffer;
  readonly timeoutMs: number;
  readonly giveUp: GiveUp;
  /** When it will not wait for silence any more. */
  readonly silenceByMs: number;
  /** When the last byte of the request has left; null until it was handed over. */
  sentMs: number | null;
}

/** Lives as long as its line; the serial port below is attached and detached. */
export class RtuPort extends EventEmitter implements ReadPort {
  readonly #clock: Clock;
  readonly #events: PortEvents;
  readonly #charMs: number;
  readonly #silenceMs: number;
  readonly #late = new LateReplies();
  readonly #others = new OtherMasters(this.#late);
  readonly #inbox = new RtuInbox();
  #handle: SerialHandle | null = null;
  #expected: { readonly timeoutMs: number; readonly giveUp: GiveUp } | null = null;
  #asking: Asking | null = null;
  #timer: Timer | null = null;
  /** No byte was on the line after this. */
  #quietSinceMs = 0;

  constructor(options: {
    readonly clock: Clock;
    readonly format: SerialFormat;
    readonly events: PortEvents;
  }) {
    super();
    this.#clock = options.clock;
    this.#events = options.events;
    this.#charMs = charMs(options.format);
    this.#silenceMs = silenceMs(options.format);
  }

  get isOpen(): boolean {
    return this.#handle !== null;
  }

  /** For the library: the line does the real opening. */
  open(done: (error?: Error | null) => void): void {
    done();
  }

  close(done?: (error?: Error | null) => void): void {
    done?.();
  }

  attach(handle: SerialHandle): void {
    this.#handle = handle;
    this.#inbox.clear();
    this.#quietSinceMs = this.#clock.monotonicMs();
  }

  /** The serial port is gone: the question in flight fails at once. */
  detach(reason: string): void {
    if (this.#handle === null) return;
    this.#handle = null;
    this.#fail({ kind: "lineDown", message: reason });
  }

  expect(timeoutMs: number, giveUp: GiveUp): void {
    this.#expected = { timeoutMs, giveUp };
  }

  write(frame: Buffer): void {
    const read = readFrameOf(frame);
    const expected = this.#expected;
    this.#expected = null;
    if (expected === null || this.#handle === null || this.#asking !== null) return;
    const nowMs = this.#clock.monotonicMs();
    this.#asking = {
      unit: read.unit,
      functionCode: read.functionCode,
      dataBytes: read.dataBytes,
      request: frame,
      timeoutMs: expected.timeoutMs,
      giveUp: expected.giveUp,
      silenceByMs: nowMs + expected.timeoutMs,
      sentMs: null,
    };
    const waitMs = this.#late.waitMs(read, nowMs);
    if (waitMs > 0) {
      const message = `unit ${read.unit} kept silent; not asked for another ${Math.ceil(waitMs)} ms, while its late reply could come`;
      this.#fail({ kind: "timeout", message, notAsked: true });
      return;
    }
    this.#awaitSilence(this.#asking);
  }

  abandon(): void {
    this.#expected = null;
    this.#end();
  }

  /** Bytes from the line, in the order they came. */
  receive(chunk: Uint8Array): void {
    const nowMs = this.#clock.monotonicMs();
    this.#quietSinceMs = nowMs;
    const asking = this.#asking;
    if (asking === null || asking.sentMs === null) {
      this.#others.heard(chunk, nowMs, null);
      return;
    }
    this.#others.heard(chunk, nowMs, asking);
    this.#inbox.add(chunk);
    // What was asked by others since our request stays open till ours ends: after a stall of this machine, bytes are
    // read later than they came.
    const times = { ...this.#timesOf(asking), nowMs: asking.sentMs };
    const mayBeRefused =
      !this.#late.couldRefuse(asking, nowMs) && !this.#others.couldRefuse(asking, times);
    const reply = this.#inbox.replyTo(asking, mayBeRefused);
    if (reply === null) return;
    if (this.#others.waitMs(asking, times) > 0 || this.#others.isDoubtful(reply, nowMs)) {
      const message = `another master asks unit ${asking.unit} the same kind of question: whose reply came cannot be told`;
      this.#fail({ kind: "badReply", message });
      return;
    }
    this.#stopTimer();
    this.#asking = null;
    this.#events.answered();
    this.emit("data", reply);
  }

  /** `isFlushed`: stale bytes were discarded within the last millisecond. */
  #awaitSilence(asking: Asking, isFlushed = false): void {
    this.#timer = null;
    const nowMs = this.#clock.monotonicMs();
    const waitMs = this.#quietSinceMs + this.#silenceMs - nowMs;
    if (waitMs > 0 && nowMs >= asking.silenceByMs) {
      const message = `the line is never silent: another master, a jammed unit or noise`;
      this.#fail({ kind: "lineDown", message });
    } else if (waitMs < 1 && !isFlushed) this.#flush(asking);
    else if (waitMs <= 0) this.#send(asking);
    else {
      // Whole milliseconds first, which may ring early; then the rest of less than one.
      const stepMs = waitMs < 1 ? waitMs : Math.floor(waitMs);
      this.#timer = this.#clock.timer(stepMs, () => this.#awaitSilence(asking, waitMs < 1));
    }
  }

  #flush(asking: Asking): void {
    this.#handle?.flush((error) => {
      if (this.#asking !== asking) return;
      if (error) this.#broken(`flush failed: ${error.message}`);
      else this.#awaitSilence(asking, true);
    });
  }

  #send(asking: Asking): void {
    const { request, unit } = asking;
    const waitMs = this.#others.waitMs(asking, this.#timesOf(asking));
    if (waitMs > 0) {
      const message = `another master asks unit ${unit} the same kind of question: not asked for another ${Math.ceil(waitMs)} ms`;
      this.#fail({ kind: "timeout", message, notAsked: true });
      return;
    }
    this.#inbox.clear();
    this.#others.sent();
    const wireMs = (this.#handle?.leadMs ?? 0) + request.length * this.#charMs;
    asking.sentMs = this.#clock.monotonicMs() + wireMs;
    this.#quietSinceMs = asking.sentMs;
    this.#timer = new StallGrace(this.#clock, wireMs + asking.timeoutMs, () => {
      this.#due(asking);
    });
    this.#handle?.write(request, (error) => {
      if (error && this.#asking === asking) this.#broken(`write failed: ${error.message}`);
    });
  }

  /** The time-out rang: a reply that is just coming in may still end, within its own time on the wire. */
  #due(asking: Asking): void {
    const nowMs = this.#clock.monotonicMs();
    const lastMs = (asking.sentMs ?? nowMs) + asking.timeoutMs + this.#replyMs(asking) + activeMs;
    const isComing = this.#inbox.used > 0 && nowMs - this.#quietSinceMs < activeMs;
    if (isComing && nowMs < lastMs) {
      this.#timer = this.#clock.timer(Math.min(activeMs, Math.ceil(lastMs - nowMs)), () => {
        this.#due(asking);
      });
      return;
    }
    const { unit, timeoutMs } = asking;
    const message = this.#inbox.describe(asking);
    const damage = this.#inbox.isDamaged(asking) ? { isDamaged: true as const } : {};
    this.#fail(
      this.#inbox.isFrom(asking)
        ? { kind: "badReply", message: `unit ${unit}: ${message}`, ...damage }
        : {
            kind: "timeout",
            message: `no reply from unit ${unit} within ${timeoutMs} ms${message}`,
          },
    );
    this.#events.silent(unit);
  }

  #broken(reason: string): void {
    this.#fail({ kind: "lineDown", message: reason });
    this.#events.broken(reason);
  }

  #fail(error: DriverError): void {
    const asking = this.#asking;
    this.#end();
    asking?.giveUp(error);
  }

  /** Ends the question without reply: if it was sent, its reply may still come. */
  #end(): void {
    const asking = this.#asking;
    this.#asking = null;
    this.#stopTimer();
    if (asking === null || asking.sentMs === null) return;
    const { sentMs, timeoutMs } = asking;
    this.#late.add(asking, { sentMs, timeoutMs, replyMs: this.#replyMs(asking) });
  }

  #timesOf(asking: Asking): { nowMs: number; timeoutMs: number; replyMs: number } {
    const { timeoutMs } = asking;
    return { nowMs: this.#clock.monotonicMs(), timeoutMs, replyMs: this.#replyMs(asking) };
  }

  #replyMs(asking: Asking): number {
    return (asking.dataBytes + replyFrameBytes) * this.#charMs;
  }

  #stopTimer(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }
}
