/** What a device type promises to the agent. The whole contract on one screen. */

import type { DeviceId, PointId } from "../config/words/names.ts";
import type { Result } from "../config/words/result.ts";
import type { Instant } from "../config/words/time.ts";
import type { DriverError } from "./errors.ts";

/**
 * The answer to one question, as columns in the order of `Question.points`.
 * `values[i]` is the number decoded from the device's words (before scaling), NaN when there is none.
 * `qualities[i]` is a code of config/words/quality.ts; NaN always comes with a quality that is not good.
 * The arrays belong to the question and are overwritten by its next read: copy what must stay.
 */
export interface Samples {
  readonly takenAt: Instant;
  readonly values: Float64Array;
  readonly qualities: Uint8Array;
}

/** One bounded request to one device: the unit of scheduling. Known completely before any I/O. */
export interface Question {
  /** For people and logs: "unit 3 holding 0..19". */
  readonly name: string;
  readonly points: readonly PointId[];
  /** Wanted period: the shortest of its points. */
  readonly everyMs: number;
  /** Longest time from start to answer or typed error. Feeds the line's time budget. */
  readonly readMsMax: number;
  /** The wait for an answer within `readMsMax`; left out: it cannot be cut short. */
  readonly timeoutMs?: number;
  /**
   * Asks once. Never throws, never retries, never outlives `signal` or `readMsMax`.
   * `timeoutMsMax`: a shorter wait for this once, where `timeoutMs` is given.
   */
  read(signal: AbortSignal, timeoutMsMax?: number): Promise<Result<Samples, DriverError>>;
  /** For a line that carries several questions at once; absent: it can only be asked alone. */
  readonly direct?: DirectRead;
}

/** A question laid open: its one request, and what becomes of the payload. */
export interface DirectRead {
  readonly request: RegisterRead;
  /** Decodes a payload of exactly the asked length. */
  decode(payload: Uint8Array): Samples;
}

/** An opened device. Disposing twice is harmless and leaves no timer behind. */
export interface Driver extends AsyncDisposable {
  readonly device: DeviceId;
  readonly questions: readonly Question[];
}

/** Exclusive use of a wire, for one question at a time; opens and reopens the wire by itself. */
export interface Line<Io> extends AsyncDisposable {
  /**
   * Waits for its turn, then runs `ask`. Resolves within `deadlineMs` of the start of the turn,
   * whatever `ask` does. After a time-out the wire is drained before the next turn begins, so that a
   * late reply can never be taken for the next question's.
   */
  turn<T>(
    options: { readonly deadlineMs: number; readonly signal: AbortSignal },
    ask: (io: Io, signal: AbortSignal) => Promise<Result<T, DriverError>>,
  ): Promise<Result<T, DriverError>>;
}

/** The Modbus tables that can be read; there is no way to name a write. */
export type RegisterTable = "coil" | "discrete" | "input" | "holding";

/** One read of a Modbus device. Address 0-based, as on the wire. */
export interface RegisterRead {
  readonly unit: number;
  readonly table: RegisterTable;
  readonly address: number;
  readonly count: number;
  /** How long the device may keep silent. */
  readonly timeoutMs: number;
}

/**
 * Takes the outcome of the `index`-th read of several. The payload is a window on the wire's own buffer: it holds
 * during the call only.
 */
export type TakeReply = (index: number, outcome: Result<Uint8Array, DriverError>) => void;

/** What a Modbus line offers to a device: reading, and nothing else. */
export interface ModbusIo {
  /**
   * Reads `count` coils/registers from `address`.
   * The payload has exactly the asked length: 2*count bytes big-endian, or ceil(count/8) bytes LSB first.
   */
  read(
    request: RegisterRead & { readonly signal: AbortSignal },
  ): Promise<Result<Buffer, DriverError>>;
  /**
   * Sends all reads at once; absent where a wire carries one at a time. Each outcome is handed over as it comes, once;
   * resolves when all were. A device that takes them in order has its own time-out from the reply before. When it is
   * over, the oldest read without a reply has timed out; the others end as `timeout` with `notAsked`: of their devices
   * nothing is known.
   */
  readTogether?(
    requests: readonly RegisterRead[],
    signal: AbortSignal,
    take: TakeReply,
  ): Promise<void>;
}
