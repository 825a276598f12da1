import { stripVTControlCharacters } from "node:util";
import stringWidth from "string-width";
import { expect, test } from "vitest";
import type { Fault } from "../../config/faults/fault.ts";
import { renderFaults } from "../../config/render.ts";

function fault(part: Partial<Fault>): Fault {
  return {
    severity: "error",
    code: "E017",
    file: "site.yaml",
    line: 1,
    column: 1,
    length: 1,
    path: "a",
    zh: "未知字段",
    en: "unknown field",
    fixZh: "改为: b",
    fixEn: "change it to: b",
    ...part,
  };
}

function rendered(text: string, part: Partial<Fault>): readonly string[] {
  return renderFaults([fault(part)], { lang: "zh", colour: false, text }).split("\n");
}

/** Cells before the mark, and of the mark. */
function mark(line = ""): readonly [before: number, marked: number] {
  const before = stringWidth(line.slice(0, line.indexOf("^")));
  return [before, line.split("^").length - 1];
}

test("the mark stands under the word, also behind Chinese letters, which are two cells wide", () => {
  const text = "name: 苯储罐液位, unit: 毫米";
  const [, source = "", under] = rendered(text, { column: text.indexOf("毫") + 1, length: 2 });
  expect(mark(under)).toEqual([stringWidth(source.slice(0, source.indexOf("毫"))), 4]);
});

test("a tab counts as one cell, as it is shown", () => {
  const [, source = "", under] = rendered("a:\tbc", { column: 4, length: 2 });
  expect(source).toContain("a: bc");
  expect(mark(under)).toEqual([stringWidth(source.slice(0, source.indexOf("bc"))), 2]);
});

test("letters beyond the basic plane do not shift the mark", () => {
  const text = "name: 𠮷𠮷 x";
  const [, source = "", under] = rendered(text, { column: text.indexOf("x") + 1, length: 1 });
  expect(mark(under)).toEqual([stringWidth(source.slice(0, source.lastIndexOf("x"))), 1]);
});

test("of a long line only the part around the mark is shown", () => {
  const text = `${"a".repeat(5_000)}WRONG${"b".repeat(5_000)}`;
  const [, source = "", under] = rendered(text, { column: 5_001, length: 5 });
  expect(stringWidth(source)).toBeLessThan(130);
  expect(source).toMatch(/\.\.\.a+WRONGb+\.\.\.$/);
  expect(mark(under)).toEqual([source.indexOf("WRONG"), 5]);
});

test("a file cannot steer the terminal", () => {
  const evil = "\u001b[2J\u001b]0;x\u0007\u202e\u009b1m\r";
  const text = `name: ${evil}`;
  const out = renderFaults([fault({ zh: evil, fixZh: evil, file: `${evil}.yaml`, length: 30 })], {
    lang: "zh",
    colour: false,
    text,
  });
  expect(out.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
});

test("colour only when asked for, and the same words beneath it", () => {
  const options = { lang: "en", text: "a: 1" } as const;
  const plain = renderFaults([fault({})], { ...options, colour: false });
  const coloured = renderFaults([fault({})], { ...options, colour: true });
  expect(coloured).not.toBe(plain);
  expect(stripVTControlCharacters(coloured)).toBe(plain);
  expect(stripVTControlCharacters(plain)).toBe(plain);
});

test("a thousand faults are counted, fifty are shown", () => {
  const many = Array.from({ length: 1_000 }, () => fault({}));
  const out = renderFaults(many, { lang: "en", colour: false, text: "a: 1" });
  expect(out.split("site.yaml:1:1").length - 1).toBe(50);
  expect(out).toContain("and 950 more");
  expect(out.trimEnd().endsWith("1000 errors, 0 warnings")).toBe(true);
});

test.each([
  [[], "zh", "没有问题"],
  [[], "en", "no problems"],
  [[fault({})], "en", "1 error, 0 warnings"],
  [[fault({}), fault({ severity: "warning" })], "zh", "1 个错误, 1 个警告"],
] as const)("the last line sums up: %#", (faults, lang, line) => {
  const out = renderFaults(faults, { lang, colour: false, text: "a" });
  expect(out.trimEnd().split("\n").at(-1)).toBe(line);
});

test("a fault without advice has no advice line, and a place past the end of the text is harmless", () => {
  const { fixZh: _, fixEn: __, ...bare } = fault({ line: 99, column: 1, length: 0 });
  const out = renderFaults([bare], { lang: "zh", colour: false, text: "a" });
  expect(out).not.toContain("修改");
  expect(out).toContain("^");
});
