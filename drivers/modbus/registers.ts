/** Words to values with their quality: sentinels, bit fields, decimals, status words. Pure. */

import type { Register } from "../../config/site.ts";
import { carriesNumber, qualityCode } from "../../config/words/quality.ts";
import { unreachable } from "../../config/words/result.ts";
import { type Read, readerOf, registersOf, word16 } from "./numbers.ts";

/** Decodes one point from a payload into `values[slot]` and `qualities[slot]`; allocates nothing. */
export type Decode = (
  payload: Uint8Array,
  values: Float64Array,
  qualities: Uint8Array,
  slot: number,
) => void;

/** Where a point's cells lie in a request, as distances from the request's first register or bit. */
export interface CellOffsets {
  readonly value: number;
  readonly status: number | null;
  readonly decimals: number | null;
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
