/**
 * What stands between modbus-serial and a wire: the read frames, the write guard, and the port's duties.
 */

import type { EventEmitter } from "node:events";
import { BugError } from "../../config/words/result.ts";
import type { DriverError } from "../errors.ts";

/** Most registers and most bits one read may ask for (Modbus Application Protocol 6.1-6.4). */
export const registersMax = 125;
export const bitsMax = 2000;

/** A read request as it was taken from the frame the library made. */
export interface ReadFrame {
  readonly unit: number;
  readonly functionCode: number;
  /** Data bytes a valid reply carries: all other lengths are somebody else's. */
  readonly dataBytes: number;
}

const requestBytes = 8;

/**
 * The last gate before bytes leave: only a whole read request (codes 1-4) passes.
 * @throws BugError for anything else; nothing is sent then.
 */
export function readFrameOf(frame: Buffer): ReadFrame {
  const functionCode = frame[1] ?? 0;
  if (functionCode < 1 || functionCode > 4 || frame.length !== requestBytes) {
    throw new BugError(`function code ${functionCode} is no read: refused to send it`);
  }
  const count = frame.readUInt16BE(4);
  return {
    unit: frame[0] ?? 0,
    functionCode,
    dataBytes: functionCode <= 2 ? Math.ceil(count / 8) : count * 2,
  };
}

/** How one question of the port ended without a valid reply. Called at most once. */
export type GiveUp = (error: DriverError) => void;

/**
 * A port for modbus-serial (open, close, write, isOpen, 'data') that answers for what it lets through:
 * 'data' is only ever the valid reply to the one request in flight, as an RTU frame with good CRC.
 */
export interface ReadPort extends EventEmitter {
  readonly isOpen: boolean;
  open(done: (error?: Error | null) => void): void;
  close(done?: (error?: Error | null) => void): void;
  /** Takes the request frame. @throws BugError when it is no read. */
  write(frame: Buffer): void;
  /** Says, before `write`, how long the reply may take and whom to tell when none comes. */
  expect(timeoutMs: number, giveUp: GiveUp): void;
  /** Forgets the question in flight: no 'data' and no `giveUp` for it any more. */
  abandon(): void;
}

/** What the line must know of its port. */
export interface PortEvents {
  /** A valid reply (an exception is one too). */
  answered(): void;
  /** A question to `unit` stayed without valid reply. */
  silent(unit: number): void;
  /** The stream or the port can no longer be trusted: replace it. */
  broken(reason: string): void;
}
