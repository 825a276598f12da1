/**
 * The turn discipline that both lines share. Invariants:
 *
 * 1. At most one turn holds the wire; the others wait in the order they came.
 * 2. A turn resolves within its deadline, counted from the moment it gets the wire, whatever `ask`
 *    does; its signal is aborted before the wire is handed on, and a port that hears that abort
 *    neither sends nor accepts anything for the old question any more.
 * 3. A wire that is down fails the turn at once (`lineDown`); it never makes the caller hang.
 * 4. Draining is the port's part: a TCP port knows a late reply by its transaction id; an RTU port
 *    sends only into silence and does not repeat a question whose late reply could still come
 *    (drivers/modbus/rtuPort.ts). So a late reply is never taken for the next question's.
 * 5. Abort ends a turn at once, waiting or running. Disposal aborts all turns, then closes the wire;
 *    afterwards no timer and no listener is left, and every further turn ends as `aborted`.
 */

import { fail, type Result } from "../../config/words/result.ts";
import type { Clock } from "../../config/words/time.ts";
import type { Line } from "../contract.ts";
import type { DriverError } from "../errors.ts";

/** What a line does its turns on. */
export interface Wire<Io> {
  readonly io: Io;
  /** Null when the wire is ready now; else the promise of it, or of why not. Ends with `signal`. */
  ready(signal: AbortSignal): Promise<DriverError | null> | null;
  /** Closes for good, within a bounded time. */
  close(): Promise<void>;
}

/** More questions than this never wait for one line: the loop above asks one at a time. */
const waitingMax = 1000;

const aborted: DriverError = { kind: "aborted", message: "told to stop" };

interface Waiting {
  go(): void;
}

export class TurnLine<Io> implements Line<Io> {
  readonly #wire: Wire<Io>;
  readonly #clock: Clock;
  readonly #disposed = new AbortController();
  #isHeld = false;
  #waiting: Waiting[] = [];
  #closing: Promise<void> | null = null;
  /** Kept over turns that ended well; replaced once it has fired. */
  #turnEnd = new AbortController();

  constructor(wire: Wire<Io>, clock: Clock) {
    this.#wire = wire;
    this.#clock = clock;
  }

  async turn<T>(
    options: { readonly deadlineMs: number; readonly signal: AbortSignal },
    ask: (io: Io, signal: AbortSignal) => Promise<Result<T, DriverError>>,
  ): Promise<Result<T, DriverError>> {
    const refusal = await this.#takeWire(options.signal);
    if (refusal !== null) return fail(refusal);
    try {
      return await this.#run(options, ask);
    } finally {
      this.#isHeld = false;
      this.#waiting.shift()?.go();
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#disposed.abort();
    this.#turnEnd.abort();
    await this.#wire.close();
  }

  /** Null once the wire is ours; else why it never will be. */
  #takeWire(signal: AbortSignal): DriverError | null | Promise<DriverError | null> {
    if (signal.aborted || this.#disposed.signal.aborted) return aborted;
    if (!this.#isHeld) {
      this.#isHeld = true;
      return null;
    }
    if (this.#waiting.length >= waitingMax) {
      return { kind: "lineDown", message: `${waitingMax} questions wait for this line already` };
    }
    return new Promise((resolve) => {
      const leave = (refusal: DriverError | null): void => {
        signal.removeEventListener("abort", giveUp);
        this.#disposed.signal.removeEventListener("abort", giveUp);
        resolve(refusal);
      };
      const waiting: Waiting = {
        go: () => {
          this.#isHeld = true;
          leave(null);
        },
      };
      const giveUp = (): void => {
        this.#waiting = this.#waiting.filter((other) => other !== waiting);
        leave(aborted);
      };
      this.#waiting.push(waiting);
      signal.addEventListener("abort", giveUp);
      this.#disposed.signal.addEventListener("abort", giveUp);
    });
  }

  #run<T>(
    options: { readonly deadlineMs: number; readonly signal: AbortSignal },
    ask: (io: Io, signal: AbortSignal) => Promise<Result<T, DriverError>>,
  ): Promise<Result<T, DriverError>> {
    if (this.#turnEnd.signal.aborted && !this.#disposed.signal.aborted) {
      this.#turnEnd = new AbortController();
    }
    const turnEnd = this.#turnEnd;
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        deadline.cancel();
        options.signal.removeEventListener("abort", stop);
        turnEnd.signal.removeEventListener("abort", end);
      };
      let why: DriverError = aborted;
      let isReady = false;
      const end = (): void => {
        leave();
        resolve(fail(why));
      };
      const stop = (): void => turnEnd.abort();
      const deadline = this.#clock.timer(options.deadlineMs, () => {
        why = isReady
          ? { kind: "timeout", message: `no end within ${options.deadlineMs} ms` }
          : { kind: "lineDown", message: `not open yet after ${options.deadlineMs} ms` };
        turnEnd.abort();
      });
      options.signal.addEventListener("abort", stop);
      turnEnd.signal.addEventListener("abort", end);
      if (options.signal.aborted) return stop();
      if (turnEnd.signal.aborted) return end();
      const askReady = (io: Io, signal: AbortSignal): Promise<Result<T, DriverError>> => {
        isReady = true;
        return ask(io, signal);
      };
      this.#ask(turnEnd.signal, askReady).then(
        (result) => {
          leave();
          resolve(result);
        },
        (bug: unknown) => {
          leave();
          reject(bug);
        },
      );
    });
  }

  async #ask<T>(
    signal: AbortSignal,
    ask: (io: Io, signal: AbortSignal) => Promise<Result<T, DriverError>>,
  ): Promise<Result<T, DriverError>> {
    const opening = this.#wire.ready(signal);
    if (opening !== null) {
      const error = await opening;
      if (error !== null) return fail(error);
      if (signal.aborted) return fail(aborted);
    }
    return ask(this.#wire.io, signal);
  }
}
