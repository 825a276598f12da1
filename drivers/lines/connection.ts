/** Opens a wire on demand, keeps it, and after a loss or failure waits longer and longer. */

import type { Result } from "../../config/words/result.ts";
import type { Clock, Timer } from "../../config/words/time.ts";
import type { DriverError } from "../errors.ts";
import { backoffAfter } from "./backoff.ts";

export interface OpenWire {
  /** Ends it at once for the question in flight, then closes; may take its time, must not reject. */
  close(reason: string): Promise<void>;
}

export interface ConnectionTools {
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

const aborted: DriverError = { kind: "aborted", message: "told to stop" };

/** A close that hangs (serialport#150) is waited for no longer than this, then left behind. */
const closeMsMax = 2_000;

/**
 * Between the attempts nothing runs: an attempt begins when a turn needs the wire, and goes on in
 * the background when that turn's time is over. While it waits after a failure, turns fail at once.
 */
export class Connection {
  readonly #open: (signal: AbortSignal) => Promise<Result<OpenWire, string>>;
  readonly #tools: ConnectionTools;
  readonly #stopped = new AbortController();
  #wire: OpenWire | null = null;
  #attempt: Promise<DriverError | null> | null = null;
  #closing: Promise<void> = Promise.resolve();
  #isProved = false;
  #failures = 0;
  #notBeforeMs = Number.NEGATIVE_INFINITY;
  #reason = "not opened yet";

  /** `open` resolves within a bounded time, and at once when its signal aborts. */
  constructor(
    open: (signal: AbortSignal) => Promise<Result<OpenWire, string>>,
    tools: ConnectionTools,
  ) {
    this.#open = open;
    this.#tools = tools;
  }

  get isOpen(): boolean {
    return this.#wire !== null;
  }

  ready(signal: AbortSignal): Promise<DriverError | null> | null {
    if (this.#wire !== null) return null;
    if (this.#attempt === null) {
      const waitMs = this.#notBeforeMs - this.#tools.clock.monotonicMs();
      if (waitMs > 0) return Promise.resolve(this.#down(waitMs));
      this.#attempt = this.#try();
    }
    return orAbort(this.#attempt, signal);
  }

  /**
   * The wire went away, or must: closes it. One that had answered may be opened again at once; one
   * that never did counts as a failed attempt, so that a peer that hangs up is not hammered.
   */
  lost(reason: string): void {
    const wire = this.#wire;
    if (wire === null) return;
    this.#wire = null;
    if (this.#isProved) this.#reason = reason;
    else this.#failed(reason);
    this.#closing = this.#within(closeMsMax, wire.close(reason));
  }

  /** A valid reply came over the wire. */
  proved(): void {
    this.#isProved = true;
    this.#failures = 0;
  }

  async close(): Promise<void> {
    this.#stopped.abort();
    if (this.#attempt !== null) await this.#within(closeMsMax, this.#attempt);
    this.lost("closed");
    await this.#closing;
  }

  async #try(): Promise<DriverError | null> {
    await this.#closing;
    const opened = await this.#open(this.#stopped.signal);
    this.#attempt = null;
    if (!opened.ok) {
      this.#failed(opened.error);
      return this.#down(this.#notBeforeMs - this.#tools.clock.monotonicMs());
    }
    if (this.#stopped.signal.aborted) {
      await this.#within(closeMsMax, opened.value.close("closed"));
      return aborted;
    }
    this.#wire = opened.value;
    this.#isProved = false;
    return null;
  }

  #failed(reason: string): void {
    this.#reason = reason;
    this.#failures += 1;
    this.#notBeforeMs =
      this.#tools.clock.monotonicMs() + backoffAfter(this.#failures, this.#tools.random());
  }

  #down(waitMs: number): DriverError {
    const seconds = Math.max(0, waitMs / 1000).toFixed(1);
    return { kind: "lineDown", message: `${this.#reason}; next attempt in ${seconds} s` };
  }

  #within(ms: number, promise: Promise<unknown>): Promise<void> {
    return new Promise((resolve) => {
      let timer: Timer | null = this.#tools.clock.timer(ms, () => {
        timer = null;
        resolve();
      });
      void promise.then(() => {
        timer?.cancel();
        resolve();
      });
    });
  }
}

/** The attempt's outcome, or `aborted` as soon as `signal` fires: the attempt itself goes on. */
function orAbort(
  attempt: Promise<DriverError | null>,
  signal: AbortSignal,
): Promise<DriverError | null> {
  if (signal.aborted) return Promise.resolve(aborted);
  return new Promise((resolve, reject) => {
    const stop = (): void => resolve(aborted);
    signal.addEventListener("abort", stop);
    const leave = (): void => signal.removeEventListener("abort", stop);
    attempt.then(
      (outcome) => {
        leave();
        resolve(outcome);
      },
      (bug: unknown) => {
        leave();
        reject(bug);
      },
    );
  });
}
