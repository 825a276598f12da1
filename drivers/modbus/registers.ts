/**
 * Words to numbers: width, order, sign, and what is no number at all. Pure.
 *
 * Byte orders, A the most significant byte: ABCD big endian; CDAB the words in reverse order, each
 * big endian; BADC the words in order, the bytes of each swapped; DCBA fully reversed. For 64 bits the
 * same rules give ABCDEFGH, GHEFCDAB, BADCFEHG and HGFEDCBA.
 */

import type { Register } from "../../config/site.ts";
import { carriesNumber, qualityCode } from "../../config/words/quality.ts";
import { unreachable } from "../../config/words/result.ts";

/** Decodes one point from a payload into `values[slot]` and `qualities[slot]`; allocates nothing. */
export type Decode = (
  payload: Uint8Array,
  values: Float64Array,
  qualities: Uint8Array,
  slot: number,
) => void;

/** The decoded raw number, NaN for none. */
type Read = (payload: Uint8Array) => number;

/** Where a point's cells lie in a request, as distances from the request's first register or bit. */
export interface CellOffsets {
  readonly value: number;
  readonly status: number | null;
  readonly decimals: number | null;
}

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

const { good, uncertain, "device-fault": deviceFault } = qualityCode;

/** More decimals than any display has: the register holds something else. */
const decimalsMax = 9;

/**
 * One point's decoder. Without a number (NaN, infinity, bad BCD digit, sentinel, nonsense in the
 * decimals register) the quality is device-fault. A 64-bit integer that a double cannot hold
 * exactly is given rounded and uncertain. The status word's first matching rule decides otherwise.
 */
export function compileDecode(register: Register, offsets: CellOffsets): Decode {
  if (register.table === "coil" || register.table === "discrete") return bitDecode(offsets.value);
  const read = guarded(register, offsets.value);
  const divisor = offsets.decimals === null ? null : divisorAt(offsets.decimals * 2);
  const isWide = register.type === "int64" || register.type === "uint64";
  const decode = isWide || divisor !== null ? careful(read, divisor) : plain(read);
  if (register.status === undefined || offsets.status === null) return decode;
  return withStatus(decode, register.status.rules, offsets.status);
}

function plain(read: Read): Decode {
  return (payload, values, qualities, slot) => {
    const value = read(payload);
    values[slot] = value;
    qualities[slot] = Number.isNaN(value) ? deviceFault : good;
  };
}

function careful(read: Read, divisor: Read | null): Decode {
  return (payload, values, qualities, slot) => {
    const raw = read(payload);
    const value = divisor === null ? raw : raw / divisor(payload);
    values[slot] = value;
    if (Number.isNaN(value)) qualities[slot] = deviceFault;
    else qualities[slot] = isExact(raw) ? good : uncertain;
  };
}

/** A double holds every integer up to 2^53 - 1; beyond, neighbours fall together. */
function isExact(raw: number): boolean {
  return !Number.isInteger(raw) || Math.abs(raw) <= Number.MAX_SAFE_INTEGER;
}

function bitDecode(offset: number): Decode {
  const at = offset >> 3;
  const shift = offset & 7;
  return (payload, values, qualities, slot) => {
    values[slot] = ((payload[at] ?? 0) >> shift) & 1;
    qualities[slot] = good;
  };
}

type Rules = NonNullable<Register["status"]>["rules"];

function withStatus(decode: Decode, rules: Rules, offset: number): Decode {
  const at = offset * 2;
  const tests = rules.map((rule) => ({
    mask: rule.bit === undefined ? 0 : 1 << rule.bit,
    equals: rule.equals ?? -1,
    isEmpty: rule.bit === undefined && rule.equals === undefined,
    quality: qualityCode[rule.quality],
  }));
  return (payload, values, qualities, slot) => {
    decode(payload, values, qualities, slot);
    const word = word16(payload, at);
    for (const test of tests) {
      if (test.isEmpty || (word & test.mask) !== test.mask) continue;
      if (test.equals !== -1 && word !== test.equals) continue;
      applyStatus(test.quality, values, qualities, slot);
      return;
    }
  };
}

/** The device's own word wins, but never makes a number of what is none, nor good of what is doubtful. */
function applyStatus(
  quality: number,
  values: Float64Array,
  qualities: Uint8Array,
  slot: number,
): void {
  if (!carriesNumber(quality)) {
    values[slot] = Number.NaN;
    qualities[slot] = quality;
  } else if (quality !== good && qualities[slot] !== deviceFault) {
    qualities[slot] = quality;
  }
}

/** The power of ten in a decimals register. Divided by, because 1/10 has no exact double. */
function divisorAt(at: number): Read {
  return (payload) => {
    const decimals = word16(payload, at);
    return decimals > decimalsMax ? Number.NaN : 10 ** decimals;
  };
}

/** No number for infinities and sentinels; bit fields are cut out after the whole word was checked. */
function guarded(register: Register, offset: number): Read {
  const whole = readerOf(register, offset * 2);
  const none = register.sentinels.flatMap((raw) => sentinelForms(register.type, raw));
  const checked: Read =
    none.length === 0
      ? whole
      : (payload) => {
          const value = whole(payload);
          return none.includes(value) ? Number.NaN : value;
        };
  return withBits(register, checked);
}

function withBits(register: Register, read: Read): Read {
  if (register.bits === undefined || registersOf(register.type) !== 1) {
    return register.type === "bool" ? (payload) => truth(read(payload)) : read;
  }
  const [lowest, highest] = register.bits;
  const mask = 2 ** (highest - lowest + 1) - 1;
  const field: Read = (payload) => {
    const word = read(payload);
    return Number.isNaN(word) ? word : (word >> lowest) & mask;
  };
  return register.type === "bool" ? (payload) => truth(field(payload)) : field;
}

function truth(value: number): number {
  return Number.isNaN(value) ? value : Number(value !== 0);
}

/** A sentinel is written as the raw word (0xFFFF) or as the number it decodes to (-1): both count. */
function sentinelForms(type: Register["type"], raw: number): readonly number[] {
  switch (type) {
    case "float32":
      return [Math.fround(raw)];
    case "int16":
      return [raw, raw - 2 ** 16];
    case "int32":
      return [raw, raw - 2 ** 32];
    case "int64":
      // 0xFFFFFFFFFFFFFFFF is 2^64 as a double; it must not become the value 0.
      return raw >= 2 ** 64 ? [-1] : [raw, raw - 2 ** 64];
    case "bool":
    case "uint16":
      return [raw, raw + 2 ** 16];
    case "uint32":
      return [raw, raw + 2 ** 32];
    case "uint64":
    case "float64":
    case "bcd16":
    case "bcd32":
      return [raw];
    default:
      return unreachable(type);
  }
}

function word16(payload: Uint8Array, at: number): number {
  return ((payload[at] ?? 0) << 8) | (payload[at + 1] ?? 0);
}

/** Positions of the value's bytes in the payload, most significant first. */
function bytePositions(order: Register["order"], at: number, bytes: number): readonly number[] {
  return Array.from({ length: bytes }, (_, index) => {
    const isReversed = order === "CDAB" || order === "DCBA";
    const isSwapped = order === "BADC" || order === "DCBA";
    const word = isReversed ? bytes / 2 - 1 - (index >> 1) : index >> 1;
    return at + word * 2 + (isSwapped ? 1 - (index & 1) : index & 1);
  });
}

function readerOf(register: Register, at: number): Read {
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
