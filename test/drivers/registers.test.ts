/** Decoding against an encoder written here from the specification. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { byteOrders, type registerTypes } from "../../config/site.ts";
import { qualities, qualityCode } from "../../config/words/quality.ts";
import { compileDecode } from "../../drivers/modbus/registers.ts";
import { registerSettings } from "../fakes/modbusSite.ts";

type Type = (typeof registerTypes)[number];
type Order = (typeof byteOrders)[number];

/** Big-endian bytes to the order of a manual, by writing the letters out. */
function arrange(bytes: readonly number[], order: Order): readonly number[] {
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
function integerBytes(value: bigint, count: number): readonly number[] {
  const whole = value < 0n ? value + (1n << BigInt(count * 8)) : value;
  return Array.from({ length: count }, (_, index) =>
    Number((whole >> BigInt((count - 1 - index) * 8)) & 0xffn),
  );
}

/** IEEE 754 through a typed array of the machine, put into big-endian order. */
function floatBytes(value: number, kind: "float32" | "float64"): readonly number[] {
  const cells = kind === "float32" ? new Float32Array([value]) : new Float64Array([value]);
  const bytes = [...new Uint8Array(cells.buffer)];
  const isLittle = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
  return isLittle ? bytes.reverse() : bytes;
}

interface Decoded {
  readonly value: number;
  readonly quality: string;
}

/** Decodes with `before` registers of other content in front. */
function decode(
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

const anyOrder = fc.constantFrom(...byteOrders);
const anyOffset = fc.nat({ max: 100 });
const noise = (offset: number): readonly number[] => {
  return Array.from({ length: offset * 2 }, (_, index) => (index * 37) & 0xff);
};

describe("decoding", () => {
  const integers: readonly [Type, number, boolean][] = [
    ["int16", 2, true],
    ["uint16", 2, false],
    ["int32", 4, true],
    ["uint32", 4, false],
    ["int64", 8, true],
    ["uint64", 8, false],
  ];
  it.each(integers)(
    "gives every %s back, in every order, or says that it is rounded",
    (type, size, isSigned) => {
      const bits = BigInt(size * 8);
      const min = isSigned ? -(1n << (bits - 1n)) : 0n;
      const max = isSigned ? (1n << (bits - 1n)) - 1n : (1n << bits) - 1n;
      const edges = [min, max, 0n, 1n, (1n << 53n) - 1n, 1n << 53n, (1n << 53n) + 1n];
      const legal = edges.filter((edge) => edge >= min && edge <= max);
      const anyValue = fc.oneof(fc.bigInt({ min, max }), fc.constantFrom(...legal));
      fc.assert(
        fc.property(anyValue, anyOrder, anyOffset, (whole, order, offset) => {
          const bytes = [...noise(offset), ...arrange(integerBytes(whole, size), order)];
          const got = decode({ type, order }, bytes, { value: offset });
          const isExact = whole <= 2n ** 53n - 1n && whole >= -(2n ** 53n - 1n);
          expect(got).toEqual({ value: Number(whole), quality: isExact ? "good" : "uncertain" });
        }),
      );
    },
  );

  it.each(["float32", "float64"] as const)("gives every %s back, in every order", (type) => {
    const anyNumber = type === "float32" ? fc.float() : fc.double();
    fc.assert(
      fc.property(anyNumber, anyOrder, anyOffset, (number, order, offset) => {
        const bytes = [...noise(offset), ...arrange(floatBytes(number, type), order)];
        const got = decode({ type, order }, bytes, { value: offset });
        if (Number.isFinite(number)) expect(got).toEqual({ value: number, quality: "good" });
        else expect(got).toEqual({ value: Number.NaN, quality: "device-fault" });
      }),
    );
  });

  it.each([
    ["bcd16", 4],
    ["bcd32", 8],
  ] as const)("reads %s digit by digit, and a bad digit is no value", (type, digits) => {
    const anyDigits = fc.array(fc.nat({ max: 15 }), { minLength: digits, maxLength: digits });
    fc.assert(
      fc.property(anyDigits, anyOrder, (nibbles, order) => {
        const bytes = Array.from({ length: digits / 2 }, (_, index) => {
          return ((nibbles[index * 2] ?? 0) << 4) | (nibbles[index * 2 + 1] ?? 0);
        });
        const got = decode({ type, order }, arrange(bytes, order));
        const isBad = nibbles.some((nibble) => nibble > 9);
        expect(got).toEqual(
          isBad
            ? { value: Number.NaN, quality: "device-fault" }
            : { value: Number(nibbles.join("")), quality: "good" },
        );
      }),
    );
  });

  it("cuts bit fields out of a word", () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 0xffff }),
        fc.nat({ max: 15 }),
        fc.nat({ max: 15 }),
        (word, a, b) => {
          const [low, high] = [Math.min(a, b), Math.max(a, b)];
          const binary = word.toString(2).padStart(16, "0");
          const wanted = Number.parseInt(binary.slice(15 - high, 16 - low), 2);
          for (const type of ["uint16", "int16"] as const) {
            const got = decode({ type, bits: [low, high] }, integerBytes(BigInt(word), 2));
            expect(got).toEqual({ value: wanted, quality: "good" });
          }
          const truth = decode({ type: "bool", bits: [low, high] }, integerBytes(BigInt(word), 2));
          expect(truth.value).toBe(wanted === 0 ? 0 : 1);
        },
      ),
    );
  });

  it("reads a bool register as true when it is not 0", () => {
    expect(decode({ type: "bool" }, [0, 0]).value).toBe(0);
    expect(decode({ type: "bool" }, [1, 0]).value).toBe(1);
  });

  it("reads coils and discrete inputs lowest bit first", () => {
    fc.assert(
      fc.property(
        fc.array(fc.boolean(), { minLength: 1, maxLength: 2000 }),
        fc.nat(),
        (bits, at) => {
          const offset = at % bits.length;
          const bytes = Array.from({ length: Math.ceil(bits.length / 8) }, (_, byte) =>
            bits
              .slice(byte * 8, byte * 8 + 8)
              .reduce((sum, bit, index) => sum + (bit ? 2 ** index : 0), 0),
          );
          for (const table of ["coil", "discrete"] as const) {
            const got = decode({ table, type: "bool" }, bytes, { value: offset });
            expect(got).toEqual({ value: bits[offset] ? 1 : 0, quality: "good" });
          }
        },
      ),
    );
  });
});

describe("what is no value", () => {
  const none = { value: Number.NaN, quality: "device-fault" };
  it.each([
    ["uint16", 0xffff, [0xff, 0xff]],
    ["uint16", -1, [0xff, 0xff]],
    ["int16", 0xffff, [0xff, 0xff]],
    ["int16", 0x7fff, [0x7f, 0xff]],
    ["int16", -32768, [0x80, 0]],
    ["int32", 0x8000_0000, [0x80, 0, 0, 0]],
    ["uint32", -1, [0xff, 0xff, 0xff, 0xff]],
    ["float32", -9999.9, floatBytes(-9999.9, "float32")],
    ["float64", -9999.9, floatBytes(-9999.9, "float64")],
    ["int64", 2 ** 64, integerBytes(-1n, 8)],
    ["int64", -5, integerBytes(-5n, 8)],
    ["uint64", 2 ** 64, integerBytes(2n ** 64n - 1n, 8)],
    ["bcd16", 9999, [0x99, 0x99]],
  ] as const)("a %s that equals its sentinel %d", (type, sentinel, bytes) => {
    expect(decode({ type, sentinels: [sentinel] }, bytes)).toEqual(none);
    expect(decode({ type, sentinels: [1234.5] }, bytes).value).not.toBeNaN();
  });

  it("0 stays a value beside an all-ones sentinel of 64 bits", () => {
    const zero = integerBytes(0n, 8);
    expect(decode({ type: "int64", sentinels: [2 ** 64] }, zero).value).toBe(0);
  });

  it("a word with a sentinel, before a bit field is cut from it", () => {
    const register = { type: "uint16", bits: [0, 3], sentinels: [0xffff] };
    expect(decode(register, [0xff, 0xff])).toEqual(none);
    expect(decode(register, [0x00, 0x0f]).value).toBe(15);
    expect(decode({ type: "bool", sentinels: [0xffff] }, [0xff, 0xff])).toEqual(none);
    expect(decode({ type: "bool", bits: [0, 0], sentinels: [0xffff] }, [0xff, 0xff])).toEqual(none);
  });
});

describe("the decimals register", () => {
  const register = { type: "int32", decimalsAt: 2 };
  it("moves the point", () => {
    const bytes = [...integerBytes(-12_345n, 4), 0, 2];
    expect(decode(register, bytes, { decimals: 2 })).toEqual({ value: -123.45, quality: "good" });
  });
  it("is nonsense above 9: no value", () => {
    const bytes = [...integerBytes(5n, 4), 0, 10];
    expect(decode(register, bytes, { decimals: 2 }).quality).toBe("device-fault");
  });
  it("does not make a rounded 64-bit integer good", () => {
    const bytes = [...integerBytes(2n ** 60n + 1n, 8), 0, 9];
    const got = decode({ type: "int64", decimalsAt: 4 }, bytes, { decimals: 4 });
    expect(got.quality).toBe("uncertain");
  });
});

describe("the status word", () => {
  const status = {
    address: 0,
    rules: [
      { equals: 0xffff, quality: "out-of-service" },
      { bit: 1, quality: "device-fault" },
      { bit: 0, quality: "uncertain" },
      { equals: 0x100, quality: "good" },
    ],
  };
  const read = (word: number, value: readonly number[] = [0, 7], type = "uint16"): Decoded =>
    decode({ type, status }, [word >> 8, word & 0xff, ...value], { value: 1, status: 0 });

  it.each([
    [0, 7, "good"],
    [0x100, 7, "good"],
    [1, 7, "uncertain"],
    [2, Number.NaN, "device-fault"],
    [3, Number.NaN, "device-fault"],
    [0xffff, Number.NaN, "out-of-service"],
  ])("%i gives %d, %s: the first rule that holds decides", (word, value, quality) => {
    expect(read(word)).toEqual({ value, quality });
  });

  it("never makes a number of what is none", () => {
    const nan = floatBytes(Number.NaN, "float32");
    for (const word of [0, 1, 0x100]) {
      expect(read(word, nan, "float32")).toEqual({ value: Number.NaN, quality: "device-fault" });
    }
    expect(read(0xffff, nan, "float32").quality).toBe("out-of-service");
  });

  it("never makes a rounded integer good", () => {
    expect(read(0x100, integerBytes(2n ** 60n + 1n, 8), "int64").quality).toBe("uncertain");
  });

  it("needs both when a rule names bit and value", () => {
    const both = { address: 0, rules: [{ bit: 0, equals: 3, quality: "uncertain" }] };
    const one = (word: number): string =>
      decode({ status: both }, [0, word, 0, 7], { value: 1, status: 0 }).quality;
    expect([one(1), one(3)]).toEqual(["good", "uncertain"]);
  });
});

it("never gives NaN with good quality, nor a number with a quality that has none", () => {
  const types = ["float32", "float64", "bcd16", "bcd32", "int64"] as const;
  const anyBytes = fc.array(fc.nat({ max: 255 }), { minLength: 12, maxLength: 12 });
  const status = {
    address: 0,
    rules: [
      { bit: 0, quality: "stale" },
      { bit: 1, quality: "frozen" },
    ],
  };
  fc.assert(
    fc.property(fc.constantFrom(...types), anyOrder, anyBytes, (type, order, bytes) => {
      const got = decode({ type, order, status, decimalsAt: 1 }, bytes, {
        value: 2,
        status: 0,
        decimals: 1,
      });
      const code = qualityCode[got.quality as keyof typeof qualityCode];
      const hasNone = ["device-fault", "stale"].includes(got.quality);
      expect(code).toBeDefined();
      expect(Number.isNaN(got.value)).toBe(hasNone);
    }),
  );
});
