/** Columns decoded in one go come out as their points do one by one. */

import fc from "fast-check";
import { expect, it } from "vitest";
import { byteOrders } from "../../config/site.ts";
import { type ColumnCell, compileColumns } from "../../drivers/modbus/columns.ts";
import { compileDecode } from "../../drivers/modbus/registers.ts";
import { registerSettings } from "../fakes/modbusSite.ts";

const registers = 40;

const cell = fc
  .record({
    type: fc.constantFrom("float32", "float32", "uint16", "int32", "float64", "bcd16"),
    order: fc.constantFrom(...byteOrders),
    table: fc.constantFrom("holding", "input"),
    sentinels: fc.constantFrom([], [], [0xffff]),
    status: fc.constantFrom(null, null, 1),
    decimals: fc.constantFrom(null, null, 2),
    value: fc.nat({ max: registers - 4 }),
  })
  .map(({ type, order, table, sentinels, status, decimals, value }): ColumnCell => {
    const rules = [{ bit: 0, quality: "uncertain" }];
    const named = status === null ? {} : { status: { address: status, rules } };
    const own = type === "bcd16" || type === "uint16" ? "ABCD" : order;
    return {
      register: registerSettings({ type, order: own, table, sentinels, ...named }),
      offsets: { value, status, decimals },
    };
  });

/** Words among which NaN, infinities and sentinels are not rare. */
const word = fc.oneof(
  fc.nat({ max: 0xffff }),
  fc.constantFrom(0xffff, 0x7fc0, 0x7f80, 0xff80, 0x0000, 0x0102),
);

it("whatever stands beside what", () => {
  fc.assert(
    fc.property(
      fc.array(cell, { minLength: 1, maxLength: 12 }),
      fc.array(word, { minLength: registers, maxLength: registers }),
      (cells, words) => {
        const payload = Buffer.alloc(registers * 2);
        for (const [i, one] of words.entries()) payload.writeUInt16BE(one, i * 2);
        const [values, codes] = [new Float64Array(12), new Uint8Array(12)];
        const [wanted, wantedCodes] = [new Float64Array(12), new Uint8Array(12)];
        compileColumns(cells)(payload, values, codes);
        for (const [slot, { register, offsets }] of cells.entries()) {
          compileDecode(register, offsets)(payload, wanted, wantedCodes, slot);
        }
        expect([values, codes]).toEqual([wanted, wantedCodes]);
      },
    ),
  );
});
