import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { splitFrames } from "../../agent/sim/plant/mbap.ts";
import { answer, type Slave } from "../../agent/sim/plant/pdu.ts";
import { ok } from "../../config/words/result.ts";

/** Holds its own addresses. */
const slave: Slave = {
  registers: (_table, address, count) => ok(Array.from({ length: count }, (_, i) => address + i)),
  bits: (_table, address, count) =>
    ok(Array.from({ length: count }, (_, i) => (address + i) % 3 === 0)),
};

function ask(...bytes: number[]) {
  const { pdu, isWrite } = answer(Uint8Array.from(bytes), slave);
  return { pdu: [...pdu], isWrite };
}

describe("the slave's half of Modbus", () => {
  test("answers registers high byte first", () => {
    expect(ask(3, 1, 2, 0, 2).pdu).toEqual([3, 4, 1, 2, 1, 3]);
    expect(ask(4, 0, 0, 0, 1).pdu).toEqual([4, 2, 0, 0]);
  });

  test("answers bits from the lowest of each byte on", () => {
    // 0, 3, 6 and 9 are set.
    expect(ask(1, 0, 0, 0, 10).pdu).toEqual([1, 2, 0b0100_1001, 0b10]);
    expect(ask(2, 0, 1, 0, 3).pdu).toEqual([2, 1, 0b100]);
  });

  test("refuses counts that the protocol does not know with exception 3", () => {
    expect(ask(3, 0, 0, 0, 0).pdu).toEqual([0x83, 3]);
    expect(ask(3, 0, 0, 0, 126).pdu).toEqual([0x83, 3]);
    expect(ask(1, 0, 0, 0x07, 0xd1).pdu).toEqual([0x81, 3]);
    expect(ask(3, 0, 0, 0).pdu).toEqual([0x83, 3]);
  });

  test("refuses every other function with exception 1 and knows the writing ones", () => {
    const writes: number[] = [];
    for (let code = 5; code < 128; code += 1) {
      const { pdu, isWrite } = ask(code, 0, 0, 0xff, 0);
      expect(pdu).toEqual([code | 0x80, 1]);
      if (isWrite) writes.push(code);
    }
    expect(writes).toEqual([5, 6, 15, 16, 21, 22, 23]);
  });

  test("answers any bytes with a reply or an exception, never with an error of its own", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 260 }), (bytes) => {
        const { pdu } = answer(bytes, slave);
        expect(pdu.length).toBeGreaterThanOrEqual(2);
        expect(pdu.length).toBeLessThanOrEqual(253);
      }),
    );
  });

  test("finds the same frames however the stream is cut", () => {
    const frame = fc.uint8Array({ minLength: 2, maxLength: 254 }).map((body) => {
      const head = Buffer.alloc(6);
      head.writeUInt16BE(body.length, 4);
      return Buffer.concat([head, body]);
    });
    const cuts = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1 });
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 8 }), cuts, (frames, sizes) => {
        let stream = Buffer.concat(frames);
        let rest: Buffer = Buffer.alloc(0);
        const found: Buffer[] = [];
        for (let i = 0; stream.length > 0; i += 1) {
          const size = sizes[i % sizes.length] ?? 1;
          const split = splitFrames(Buffer.concat([rest, stream.subarray(0, size)]));
          stream = stream.subarray(size);
          if (split === null) throw new Error("taken for no Modbus");
          found.push(...split.frames);
          rest = split.rest;
        }
        expect(found).toEqual(frames);
        expect(rest.length).toBe(0);
      }),
    );
  });
});
