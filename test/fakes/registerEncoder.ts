/** Numbers to register bytes, written from the specification, and the decoder asked for one point. */

import { expect } from "vitest";
import type { byteOrders, registerTypes } from "../../config/site.ts";
import { qualities } from "../../config/words/quality.ts";
import { compileDecode } from "../../drivers/modbus/registers.ts";
import { registerSettings } from "./modbusSite.ts";

export type Type = (typeof registerTypes)[number];
type Order = (typeof byteOrders)[number];

/** Big-endian bytes to the order of a manual, by writing the letters out. */
export function arrange(bytes: readonly number[], order: Order): readonly number[] {
  const letters: Record<string, readonly number[]> = {
    "2ABCD": [0, 1],
    "2CDAB": [0, 1],
    "2BADC": [1, 0],
    "2DCBA": [1, 0],
    "4ABCD": [0, 1, 2, 3],
    "4CDAB": [2, 3, 0, 1],
    "4BADC": [1, 0, 3, 2],
    "4DCBA": [3, 2, 1, 0],
    "8ABCD": [0, 1, 2, 3, 4, 5, 6, 7],
    "8CDAB": [6, 7, 4, 5, 2, 3, 0, 1],
    "8BADC": [1, 0, 3, 2, 5, 4, 7, 6],
    "8DCBA": [7, 6, 5, 4, 3, 2, 1, 0],
  };
  return (letters[`${bytes.length}${order}`] ?? []).map((at) => bytes[at] ?? -1);
}

/** Two's complement of `value` in `count` bytes, most significant first. */
export function integerBytes(value: bigint, count: number): readonly number[] {
  const whole = value < 0n ? value + (1n << BigInt(count * 8)) : value;
  return Array.from({ length: count }, (_, index) =>
    Number((whole >> BigInt((count - 1 - index) * 8)) & 0xffn),
  );
}

/** IEEE 754 through a typed array of the machine, put into big-endian order. */
export function floatBytes(value: number, kind: "float32" | "float64"): readonly number[] {
  const cells = kind === "float32" ? new Float32Array([value]) : new Float64Array([value]);
  const bytes = [...new Uint8Array(cells.buffer)];
  const isLittle = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
  return isLittle ? bytes.reverse() : bytes;
}

export interface Decoded {
  readonly value: number;
  readonly quality: string;
}

/** Decodes with `before` registers of other content in front. */
export function decode(
  register: Record<string, unknown>,
  bytes: readonly number[],
  offsets: { value?: number; status?: number; decimals?: number } = {},
): Decoded {
  const values = new Float64Array(3).fill(-1);
  const codes = new Uint8Array(3).fill(99);
  const { value = 0, status = null, decimals = null } = offsets;
  compileDecode(registerSettings(register), { value, status, decimals })(
    Uint8Array.from(bytes),
    values,
    codes,
    1,
  );
  expect([values[0], values[2], codes[0], codes[2]]).toEqual([-1, -1, 99, 99]);
  return { value: values[1] ?? 0, quality: qualities[codes[1] ?? -1] ?? "none" };
}
