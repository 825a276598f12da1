/**
 * Words to raw numbers: width, order and sign. Pure.
 *
 * Byte orders, A the most significant byte: ABCD big endian; CDAB the words in reverse order, each
 * big endian; BADC the words in order, the bytes of each swapped; DCBA fully reversed. For 64 bits the
 * same rules give ABCDEFGH, GHEFCDAB, BADCFEHG and HGFEDCBA; a single word knows its bytes swapped.
 */

import type { Register } from "../../config/site.ts";
import { unreachable } from "../../config/words/result.ts";

/** The raw number in a payload, NaN for none; allocates nothing. */
export type Read = (payload: Uint8Array) => number;

/** Registers a type takes. */
export function registersOf(type: Register["type"]): number {
  switch (type) {
    case "bool":
    case "int16":
    case "uint16":
    case "bcd16":
      return 1;
    case "int32":
    case "uint32":
    case "float32":
    case "bcd32":
      return 2;
    case "int64":
    case "uint64":
    case "float64":
      return 4;
    default:
      return unreachable(type);
  }
}

/** The unsigned big-endian word at byte `at`. */
export function word16(payload: Uint8Array, at: number): number {
  return ((payload[at] ?? 0) << 8) | (payload[at + 1] ?? 0);
}

/** Positions of the value's bytes in the payload, most significant first. */
export function bytePositions(
  order: Register["order"],
  at: number,
  bytes: number,
): readonly number[] {
  return Array.from({ length: bytes }, (_, index) => {
    const isReversed = order === "CDAB" || order === "DCBA";
    const isSwapped = order === "BADC" || order === "DCBA";
    const word = isReversed ? bytes / 2 - 1 - (index >> 1) : index >> 1;
    return at + word * 2 + (isSwapped ? 1 - (index & 1) : index & 1);
  });
}

/** The reader of one value that begins at byte `at` of a payload. */
export function readerOf(register: Register, at: number): Read {
  // Bit fields and truth values are cut from the unsigned word.
  const type =
    register.bits !== undefined && registersOf(register.type) === 1 ? "bool" : register.type;
  switch (type) {
    case "bool":
    case "uint16":
      return unsigned16(register.order, at);
    case "int16": {
      const word = unsigned16(register.order, at);
      return (payload) => (word(payload) << 16) >> 16;
    }
    case "bcd16": {
      const word = unsigned16(register.order, at);
      return (payload) => bcd(word(payload), 4);
    }
    case "uint32":
      return unsigned32(bytePositions(register.order, at, 4));
    case "int32": {
      const word = unsigned32(bytePositions(register.order, at, 4));
      return (payload) => word(payload) | 0;
    }
    case "bcd32": {
      const word = unsigned32(bytePositions(register.order, at, 4));
      return (payload) => bcd(word(payload), 8);
    }
    case "float32":
      return float32(unsigned32(bytePositions(register.order, at, 4)));
    default:
      return readerOf64(type, bytePositions(register.order, at, 8));
  }
}

function readerOf64(type: "int64" | "uint64" | "float64", at: readonly number[]): Read {
  const high = unsigned32(at.slice(0, 4));
  const low = unsigned32(at.slice(4));
  switch (type) {
    case "uint64":
      return (payload) => high(payload) * 2 ** 32 + low(payload);
    case "int64":
      return (payload) => (high(payload) | 0) * 2 ** 32 + low(payload);
    case "float64": {
      const cells = new DataView(new ArrayBuffer(8));
      return (payload) => {
        cells.setUint32(0, high(payload));
        cells.setUint32(4, low(payload));
        return finite(cells.getFloat64(0));
      };
    }
    default:
      return unreachable(type);
  }
}

function unsigned16(order: Register["order"], at: number): Read {
  const isSwapped = order === "BADC" || order === "DCBA";
  const high = isSwapped ? at + 1 : at;
  const low = isSwapped ? at : at + 1;
  return (payload) => ((payload[high] ?? 0) << 8) | (payload[low] ?? 0);
}

function unsigned32(at: readonly number[]): Read {
  const [a = 0, b = 0, c = 0, d = 0] = at;
  return (payload) =>
    (((payload[a] ?? 0) << 24) |
      ((payload[b] ?? 0) << 16) |
      ((payload[c] ?? 0) << 8) |
      (payload[d] ?? 0)) >>>
    0;
}

function float32(bits: Read): Read {
  const cells = new DataView(new ArrayBuffer(4));
  return (payload) => {
    cells.setUint32(0, bits(payload));
    return finite(cells.getFloat32(0));
  };
}

function finite(value: number): number {
  return Number.isFinite(value) ? value : Number.NaN;
}

/** Decimal digits in nibbles; a nibble above 9 makes it no number. */
function bcd(bits: number, digits: number): number {
  let value = 0;
  for (let digit = digits - 1; digit >= 0; digit -= 1) {
    const nibble = (bits >>> (digit * 4)) & 0xf;
    if (nibble > 9) return Number.NaN;
    value = value * 10 + nibble;
  }
  return value;
}
