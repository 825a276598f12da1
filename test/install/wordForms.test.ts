import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bitForms, singleForms, wideForms } from "../../agent/install/wordForms.ts";
import { byteOrders } from "../../config/shape/register.ts";

/** The bytes of a value, most significant first, as a device of this order sends them. */
function sent(value: Buffer, order: (typeof byteOrders)[number]): Buffer {
  const words = Array.from({ length: value.length / 2 }, (_, i) =>
    value.subarray(2 * i, 2 * i + 2),
  );
  const placed = order === "CDAB" || order === "DCBA" ? words.toReversed() : words;
  const isSwapped = order === "BADC" || order === "DCBA";
  return Buffer.concat(placed.map((one) => (isSwapped ? Buffer.from(one).swap16() : one)));
}

describe("the forms of words", () => {
  test("whatever a device sends in whatever order, the right cell holds it", () => {
    const written = {
      float32: (value: Buffer, number: number) => value.writeFloatBE(number),
      int32: (value: Buffer, number: number) => value.writeInt32BE(Math.trunc(number)),
      float64: (value: Buffer, number: number) => value.writeDoubleBE(number),
    } as const;
    fc.assert(
      fc.property(
        fc.constantFrom("float32", "int32", "float64"),
        fc.constantFrom(...byteOrders),
        fc.double({ min: -1e6, max: 1e6, noNaN: true }),
        fc.nat(3),
        (type, order, number, at) => {
          const value = Buffer.alloc(type === "float64" ? 8 : 4);
          written[type](value, number);
          const payload = Buffer.concat([Buffer.alloc(2 * at, 0xee), sent(value, order)]);
          const cell = wideForms(payload, at).find((form) => form.type === type);
          const wanted = {
            float32: Math.fround(number),
            int32: Math.trunc(number),
            float64: number,
          };
          expect((cell?.values[byteOrders.indexOf(order)] ?? 0) + 0).toBe(wanted[type] + 0);
        },
      ),
    );
  });

  test("one register: sign, swapped bytes and decimal digits; no wide form fits", () => {
    const payload = Buffer.from([0xff, 0x12]);
    expect(singleForms(payload, 7)).toEqual([
      { address: 7, word: 0xff12, int16: -238, swapped: 0x12ff, bcd16: null },
    ]);
    expect(singleForms(Buffer.from([0x12, 0x34]), 0)[0]?.bcd16).toBe(1234);
    expect(wideForms(payload, 0)).toEqual([]);
  });

  test("bits come lowest first, over the bytes", () => {
    expect(bitForms(Buffer.from([0b101, 0b1]), 9)).toEqual([1, 0, 1, 0, 0, 0, 0, 0, 1]);
  });
});
