/** A pause between requests, for gateways that lose what comes too soon after an answer. */

import { fail, type Result } from "../../config/words/result.ts";
import type { Clock } from "../../config/words/time.ts";
import type { ModbusIo } from "../contract.ts";
import type { DriverError } from "../errors.ts";

export class PacedIo implements ModbusIo {
  readonly #io: ModbusIo;
  readonly #pauseMs: number;
  readonly #clock: Clock;
  #notBeforeMs = Number.NEGATIVE_INFINITY;

  /** `pauseMs`: from the end of one question, well or not, to the next request; 0: none. */
  constructor(io: ModbusIo, options: { readonly pauseMs: number; readonly clock: Clock }) {
    this.#io = io;
    this.#pauseMs = options.pauseMs;
    this.#clock = options.clock;
  }

  read(request: Parameters<ModbusIo["read"]>[0]): Promise<Result<Buffer, DriverError>> {
    return this.#pauseMs === 0 ? this.#io.read(request) : this.#readPaced(request);
  }

  async #readPaced(request: Parameters<ModbusIo["read"]>[0]): Promise<Result<Buffer, DriverError>> {
    // Timers ring up to a millisecond early: looked at again then.
    for (;;) {
      const waitMs = this.#notBeforeMs - this.#clock.monotonicMs();
      if (request.signal.aborted) return fail({ kind: "aborted", message: "told to stop" });
      if (waitMs <= 0) break;
      await this.#clock.sleep(Math.max(1, Math.ceil(waitMs)), request.signal);
    }
    const answer = await this.#io.read(request);
    this.#notBeforeMs = this.#clock.monotonicMs() + this.#pauseMs;
    return answer;
  }
}
