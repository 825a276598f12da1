/** What is no value, and what decimals and status words make of one. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { byteOrders } from "../../config/site.ts";
import { qualityCode } from "../../config/words/quality.ts";
import { type Decoded, decode, floatBytes, integerBytes } from "../fakes/registerEncoder.ts";

const anyOrder = fc.constantFrom(...byteOrders);
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
