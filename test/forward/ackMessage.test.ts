import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseAck } from "../../agent/forward/ackMessage.ts";
import { rangesOf } from "../../agent/forward/seqRanges.ts";

const bytes = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

describe("the platform's ack", () => {
  test("is read, with unknown fields ignored", () => {
    const ack = {
      v: 1,
      epoch: "e",
      ranges: [
        [1, 5],
        [7, 7],
      ],
      later: true,
    };
    const ranges = [
      { from: 1, to: 5 },
      { from: 7, to: 7 },
    ];
    expect(parseAck(bytes(ack))).toEqual({ epoch: "e", ranges });
  });

  test.each([
    ["another version", { v: 2, epoch: "e", ranges: [] }],
    ["no epoch", { v: 1, ranges: [] }],
    ["an empty epoch", { v: 1, epoch: "", ranges: [] }],
    ["a range backwards", { v: 1, epoch: "e", ranges: [[5, 1]] }],
    ["a negative number", { v: 1, epoch: "e", ranges: [[-1, 1]] }],
    ["half a number", { v: 1, epoch: "e", ranges: [[1.5, 2]] }],
    ["a number beyond all counting", { v: 1, epoch: "e", ranges: [[1, 1e300]] }],
    ["a range of three", { v: 1, epoch: "e", ranges: [[1, 2, 3]] }],
    ["text for numbers", { v: 1, epoch: "e", ranges: [["1", "2"]] }],
    ["too many ranges", { v: 1, epoch: "e", ranges: Array.from({ length: 1_001 }, () => [1, 1]) }],
    ["a list", []],
    ["null", null],
  ])("with %s is none", (_, ack) => {
    expect(parseAck(bytes(ack))).toBeNull();
  });

  test("larger than 64 KiB is not even parsed", () => {
    const ack = { v: 1, epoch: "e", ranges: [[1, 1]], pad: "x".repeat(70_000) };
    expect(parseAck(bytes(ack))).toBeNull();
  });

  test("property: random bytes are never an ack and never throw", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (noise) => parseAck(noise) === null));
  });
});

test("property: ranges name exactly the numbers given, in order, apart from one another", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(200)), (seqs) => {
      const ranges = rangesOf(seqs);
      const named = ranges.flatMap(({ from, to }) =>
        Array.from({ length: to - from + 1 }, (_, i) => from + i),
      );
      expect(named).toEqual([...new Set(seqs)].sort((a, b) => a - b));
      for (const [i, range] of ranges.entries()) {
        const before = ranges[i - 1];
        if (before !== undefined) expect(range.from).toBeGreaterThan(before.to + 1);
      }
    }),
  );
});
