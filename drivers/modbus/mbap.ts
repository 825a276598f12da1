/** Modbus TCP frames: seven bytes of header before function code and data (Modbus Messaging on TCP/IP, 3.1.3). Pure. */

import { BugError } from "../../config/words/result.ts";
import type { RegisterRead } from "../contract.ts";
import { functionCodes } from "./readRequest.ts";

/** Transaction id, protocol id and length; the unit is the first byte that the length counts. */
export const headerBytes = 6;
/** Header, unit, function code, address and count. */
export const requestBytes = 12;
const requestLength = requestBytes - headerBytes;
/** Length field: unit and function at least, unit and a full PDU at most. */
const lengthMin = 3;
export const lengthMax = 254;
/** Unit, function code with its high bit set, exception code; as long as what stands before the data of a reply. */
export const exceptionLength = 3;

/** Writes a read request at `at`. Unit, address and count must be valid. */
export function putRead(into: Buffer, at: number, id: number, read: RegisterRead): void {
  const { unit, table, address, count } = read;
  into[at] = id >> 8;
  into[at + 1] = id;
  into[at + 2] = 0;
  into[at + 3] = 0;
  into[at + 4] = 0;
  into[at + 5] = requestLength;
  into[at + 6] = unit;
  into[at + 7] = functionCodes[table];
  into[at + 8] = address >> 8;
  into[at + 9] = address;
  into[at + 10] = count >> 8;
  into[at + 11] = count;
}

/**
 * The last gate before bytes leave: whole read requests (codes 1-4), one behind the other, and nothing else.
 * @throws BugError for anything else; nothing is sent then.
 */
export function assertReads(bytes: Uint8Array): void {
  let at = 0;
  for (; at + requestBytes <= bytes.length; at += requestBytes) {
    const code = bytes[at + 7] ?? 0;
    const isWhole = word(bytes, at + 2) === 0 && word(bytes, at + 4) === requestLength;
    if (code < 1 || code > 4 || !isWhole) refuse(code);
  }
  if (at === 0 || at !== bytes.length) refuse(bytes[at + 7] ?? 0);
}

function refuse(code: number): never {
  throw new BugError(`function code ${code} is no read: refused to send it`);
}

/** The length field of the frame at `at`, whose header is there; 0 when it is no Modbus TCP header. */
export function lengthAt(bytes: Uint8Array, at: number): number {
  const length = word(bytes, at + 4);
  return word(bytes, at + 2) === 0 && length >= lengthMin && length <= lengthMax ? length : 0;
}

/**
 * Whether `bytes[0..count)` are one frame by their header. By chance, inside a frame, they are so only where register
 * data spell out a header with the right length: one bad reply.
 */
export function isWholeFrame(bytes: Uint8Array, count: number): boolean {
  return count >= headerBytes + lengthMin && lengthAt(bytes, 0) === count - headerBytes;
}

/** The big-endian word at `at`. */
export function word(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}
