/** Decoding against an encoder written here from the specification. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { byteOrders } from "../../config/site.ts";
import { arrange, decode, floatBytes, integerBytes, type Type } from "../fakes/registerEncoder.ts";

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
