/**
 * The slave's half of the Modbus protocol, without its envelope: request PDU -> reply PDU. Pure.
 * Answers the four read functions; everything else is refused with exception 1, and requests that
 * would change a device are counted, so that tests can prove that there were none.
 */

import type { Result } from "../../../config/words/result.ts";
import type { RegisterTable } from "../../../drivers/contract.ts";

/** 1 illegal function, 2 illegal address, 3 illegal value, 6 busy. */
export type ExceptionCode = 1 | 2 | 3 | 6;

/** What a slave holds. */
export interface Slave {
  /** `count` registers (0..65535) from `address`. */
  registers(
    table: "input" | "holding",
    address: number,
    count: number,
  ): Result<ArrayLike<number>, ExceptionCode>;
  bits(
    table: "coil" | "discrete",
    address: number,
    count: number,
  ): Result<ArrayLike<boolean>, ExceptionCode>;
}

export interface Answer {
  readonly pdu: Buffer;
  /** Registers or bits handed over; 0 for a refusal. */
  readonly values: number;
  readonly isWrite: boolean;
}

const tableOf: Readonly<Record<number, RegisterTable>> = {
  1: "coil",
  2: "discrete",
  3: "holding",
  4: "input",
};
/** The function codes of the protocol that change something; a client of ours never sends one. */
const refusedAsWrites: ReadonlySet<number> = new Set([5, 6, 15, 16, 21, 22, 23]);
const registersMax = 125;
const bitsMax = 2000;
const requestBytes = 5;

export function answer(request: Uint8Array, slave: Slave): Answer {
  const functionCode = request[0] ?? 0;
  const table = tableOf[functionCode];
  if (table === undefined) return refusal(functionCode, 1);
  if (request.length !== requestBytes) return refusal(functionCode, 3);
  const address = word(request, 1);
  const count = word(request, 3);
  if (table === "coil" || table === "discrete") {
    if (count < 1 || count > bitsMax) return refusal(functionCode, 3);
    const bits = slave.bits(table, address, count);
    return bits.ok ? bitReply(functionCode, bits.value) : refusal(functionCode, bits.error);
  }
  if (count < 1 || count > registersMax) return refusal(functionCode, 3);
  const words = slave.registers(table, address, count);
  return words.ok ? wordReply(functionCode, words.value) : refusal(functionCode, words.error);
}

/** An exception reply to a request of this function. */
export function refusal(functionCode: number, code: number): Answer {
  return {
    pdu: Buffer.from([(functionCode | 0x80) & 0xff, code]),
    values: 0,
    isWrite: refusedAsWrites.has(functionCode),
  };
}

function wordReply(functionCode: number, words: ArrayLike<number>): Answer {
  const pdu = Buffer.alloc(2 + 2 * words.length);
  pdu[0] = functionCode;
  pdu[1] = 2 * words.length;
  for (let i = 0; i < words.length; i += 1) pdu.writeUInt16BE(words[i] ?? 0, 2 + 2 * i);
  return { pdu, values: words.length, isWrite: false };
}

function bitReply(functionCode: number, bits: ArrayLike<boolean>): Answer {
  const bytes = Math.ceil(bits.length / 8);
  const pdu = Buffer.alloc(2 + bytes);
  pdu[0] = functionCode;
  pdu[1] = bytes;
  for (let i = 0; i < bits.length; i += 1) {
    const at = 2 + (i >> 3);
    if (bits[i] === true) pdu[at] = (pdu[at] ?? 0) | (1 << (i & 7));
  }
  return { pdu, values: bits.length, isWrite: false };
}

function word(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}
