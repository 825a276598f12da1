/** What the same words mean as every type in every byte order, side by side. Pure. */

import {
  byteOrders,
  register as registerShape,
  registerTypes,
} from "../../config/shape/register.ts";
import { readerOf, registersOf, word16 } from "../../drivers/modbus/numbers.ts";

export interface WideForm {
  readonly type: (typeof registerTypes)[number];
  /** In the order of `byteOrders`; null: these bits are no number of this type. */
  readonly values: readonly (number | null)[];
}

export interface SingleForm {
  readonly address: number;
  readonly word: number;
  readonly int16: number;
  /** With its two bytes swapped. */
  readonly swapped: number;
  /** Null: a digit above 9. */
  readonly bcd16: number | null;
}

/** Each register by itself; `payload` as the reply carries it. */
export function singleForms(payload: Uint8Array, address: number): readonly SingleForm[] {
  return Array.from({ length: payload.length >> 1 }, (_, i) => {
    const of = (type: "int16" | "uint16" | "bcd16", order: "ABCD" | "BADC" = "ABCD"): number =>
      readerOf(registerShape.parse({ address: 0, type, order }), i * 2)(payload);
    return {
      address: address + i,
      word: word16(payload, i * 2),
      int16: of("int16"),
      swapped: of("uint16", "BADC"),
      bcd16: numberOrNull(of("bcd16")),
    };
  });
}

/** The value that begins with register `at` of the payload, as each type of more than one register that fits. */
export function wideForms(payload: Uint8Array, at: number): readonly WideForm[] {
  return registerTypes
    .filter((type) => registersOf(type) > 1 && (at + registersOf(type)) * 2 <= payload.length)
    .map((type) => ({
      type,
      values: byteOrders.map((order) =>
        numberOrNull(readerOf(registerShape.parse({ address: 0, type, order }), at * 2)(payload)),
      ),
    }));
}

/** Coils and discrete inputs, lowest bit first. */
export function bitForms(payload: Uint8Array, count: number): readonly number[] {
  return Array.from({ length: count }, (_, i) => ((payload[i >> 3] ?? 0) >> (i & 7)) & 1);
}

function numberOrNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
