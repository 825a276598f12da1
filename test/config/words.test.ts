import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { suggester } from "../../config/faults/didYouMean.ts";
import { formOf } from "../../config/faults/forms.ts";
import { idPattern, topicPattern } from "../../config/shape/ids.ts";
import { mqttUrlPattern } from "../../config/shape/uplink.ts";
import type { Register } from "../../config/site.ts";
import { linesOf } from "../../config/source/lines.ts";
import { toxicGas } from "../../config/words/occupationalLimits.ts";
import { wireAddress } from "../../config/words/registerAddress.ts";
import {
  byteRate,
  byteRatePattern,
  duration,
  durationPattern,
  size,
  sizePattern,
} from "../../config/words/units.ts";

describe("did you mean", () => {
  test.each([
    ["paritty", "parity"],
    ["prot", "port"],
    ["UNIT", "unit"],
    ["timeot", "timeout"],
    ["x", null],
    ["zzzzzz", null],
    ["p", null],
  ])("%s -> %s", (word, meant) => {
    expect(suggester(["parity", "port", "unit", "timeout", "type"])(word)).toBe(meant);
  });

  test("gives up rather than compare without end, but remembers its answers", () => {
    const suggest = suggester(Array.from({ length: 100_000 }, (_, i) => `point-${i}`));
    expect(suggest("pointt-1")).not.toBeNull();
    for (let i = 0; i < 10; i += 1) suggest(`pointx-${i}`);
    expect(suggest("point--2")).toBeNull();
    expect(suggest("pointt-1")).not.toBeNull();
  });

  test("never suggests for a word without end", () => {
    expect(suggester(["a".repeat(65)])("a".repeat(66))).toBeNull();
  });
});

describe("repaired forms", () => {
  test.each([
    [durationPattern, "1m", "1min"],
    [durationPattern, "10 sec", "10s"],
    [durationPattern, "３０秒", "30s"],
    [durationPattern, "2小时", "2h"],
    [durationPattern, "7 days", "7d"],
    [durationPattern, "1S", "1s"],
    [durationPattern, "1 fortnight", null],
    [durationPattern, "-1s", null],
    [durationPattern, "constructor", null],
    [durationPattern, "1 constructor", null],
    [sizePattern, "8GB", "8GiB"],
    [sizePattern, "512m", "512MiB"],
    [sizePattern, "8 gib", "8GiB"],
    [sizePattern, "8 bytes", null],
    [byteRatePattern, "64K/s", "64KiB/s"],
    [byteRatePattern, "2 mb/s", "2MiB/s"],
    [byteRatePattern, "64kib", "64KiB/s"],
    [byteRatePattern, "8 GiB/s", null],
    [idPattern, "LT 101", "LT-101"],
    [idPattern, "#1", "1"],
    [idPattern, "", null],
    [topicPattern, "罐区", null],
    [topicPattern, "site/1", "site-1"],
    [mqttUrlPattern, "broker:1883", "mqtt://broker:1883"],
    [mqttUrlPattern, "broker", "mqtt://broker:1883"],
    [mqttUrlPattern, "ssl://broker", "mqtts://broker:8883"],
    [mqttUrlPattern, "mqtt://broker:1883/", "mqtt://broker:1883"],
    [mqttUrlPattern, "mqtt://broker/path", null],
  ])("%s: %s -> %s", (pattern, text, repaired) => {
    expect(formOf(String(pattern))?.repaired(text)).toBe(repaired);
  });

  test("whatever is suggested is itself allowed", () => {
    const patterns = [
      durationPattern,
      sizePattern,
      byteRatePattern,
      idPattern,
      topicPattern,
      mqttUrlPattern,
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...patterns),
        fc.string({ unit: "grapheme" }),
        (pattern, text) => {
          const repaired = formOf(String(pattern))?.repaired(text) ?? null;
          if (repaired !== null) expect(repaired).toMatch(pattern);
        },
      ),
    );
  });
});

test.each([
  ["500ms", 500],
  ["1.5 s", 1_500],
  ["5min", 300_000],
  ["2h", 7_200_000],
  ["30d", 2_592_000_000],
])("the duration %s is %d ms", (text, ms) => {
  expect(duration.parse(text)).toBe(ms);
});

test.each([
  ["1KiB", 1024],
  ["0.5 MiB", 524_288],
  ["8GiB", 8 * 1024 ** 3],
])("the size %s is %d bytes", (text, bytes) => {
  expect(size.parse(text)).toBe(bytes);
});

describe("register numbers of manuals", () => {
  const base: Register = { type: "uint16", order: "ABCD", sentinels: [], table: "holding" };

  test.each([
    [1, "coil", 0],
    [9999, "coil", 9998],
    [10001, "discrete", 0],
    [30017, "input", 16],
    [40001, "holding", 0],
    [400001, "holding", 0],
    [465536, "holding", 65535],
  ])("%d is %s %d", (modicon, table, address) => {
    expect(wireAddress({ ...base, modicon })).toEqual({ table, address });
  });

  test.each([20001, 40000, 50001, 365537])("%d is none", (modicon) => {
    expect(wireAddress({ ...base, modicon })).toBeNull();
  });

  test("neither or both ways of writing are none", () => {
    expect(wireAddress(base)).toBeNull();
    expect(wireAddress({ ...base, address: 1, modicon: 40002 })).toBeNull();
    expect(wireAddress({ ...base, address: 1 })).toEqual({ table: "holding", address: 1 });
  });
});

test.each(["H2S", "h2s", "硫化氢", "7783-06-4", " Hydrogen Sulfide ", "Ｈ２Ｓ"])(
  "hydrogen sulfide is known as %s",
  (name) => {
    expect(toxicGas(name)?.oelMgM3).toBe(10);
  },
);

test("a line's place and text fit together for every offset of any text", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom("a", "苯", "\n", "\r\n", "\r", " ") }),
      fc.nat(60),
      (text, at) => {
        const lines = linesOf(text);
        const { line, column, length } = lines.place(at, at + 3);
        expect(line).toBeLessThanOrEqual(lines.count);
        expect(column - 1 + length).toBeLessThanOrEqual(lines.text(line).length);
        const before = text.slice(0, Math.min(at, text.length));
        expect(line).toBe(before.split("\n").length);
      },
    ),
  );
  expect([linesOf("a").text(0), linesOf("a").text(2)]).toEqual(["", ""]);
});

test.each([
  ["64KiB/s", 65_536],
  ["1.5 MiB/s", 1_572_864],
])("the rate %s is %d bytes a second", (text, bytes) => {
  expect(byteRate.parse(text)).toBe(bytes);
});
