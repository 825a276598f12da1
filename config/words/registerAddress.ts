/** Where a register is on the wire, from either way of writing it. */

import type { Register } from "../site.ts";

export interface WireAddress {
  readonly table: Register["table"];
  /** 0-based, as in the request frame. */
  readonly address: number;
}

const tableOfPrefix: Readonly<Record<string, Register["table"]>> = {
  "0": "coil",
  "1": "discrete",
  "3": "input",
  "4": "holding",
};

/**
 * `modicon` numbers are 1-based with the table as first digit: 40001 or 400001 is holding 0.
 * Null when neither or both forms are given, or the number names no table.
 */
export function wireAddress(register: Register): WireAddress | null {
  if (register.modicon === undefined) {
    return register.address === undefined
      ? null
      : { table: register.table, address: register.address };
  }
  if (register.address !== undefined) return null;
  const digits = String(register.modicon).padStart(5, "0");
  const table = tableOfPrefix[digits.slice(0, 1)];
  const number = Number(digits.slice(1));
  if (table === undefined || number < 1 || number > 65536) return null;
  return { table, address: number - 1 };
}

/** Registers that a value of each type takes; a bool takes one coil or input. */
const wordsOf: Readonly<Record<Register["type"], number>> = {
  bool: 1,
  int16: 1,
  uint16: 1,
  bcd16: 1,
  int32: 2,
  uint32: 2,
  float32: 2,
  bcd32: 2,
  int64: 4,
  uint64: 4,
  float64: 4,
};

export function registerCount(type: Register["type"]): number {
  return wordsOf[type];
}

const prefixOfTable: Readonly<Record<Register["table"], number>> = {
  coil: 0,
  discrete: 1,
  input: 3,
  holding: 4,
};

/** The number that manuals print: five digits up to 9999 of a table, six beyond. "40001" is holding 0. */
export function modiconNumber({ table, address }: WireAddress): string {
  const number = address + 1;
  return `${prefixOfTable[table]}${String(number).padStart(number > 9_999 ? 5 : 4, "0")}`;
}
