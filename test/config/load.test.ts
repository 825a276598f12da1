import fc from "fast-check";
import { expect, test } from "vitest";
import { loadSite, readSite } from "../../config/load.ts";
import { linesOf } from "../../config/source/lines.ts";
import { readYaml } from "../../config/source/readYaml.ts";
import { codes, edited, exampleText, faultsOf, tidyBox } from "./exampleSite.ts";
import { damaged, damages } from "./yamlText.ts";

const small = exampleText("smallSite");

function load(text: string) {
  return loadSite({ file: "site.yaml", text });
}

test("a loaded site knows where everything stands, and what was written", () => {
  const loaded = load(small);
  expect(loaded.ok).toBe(true);
  if (!loaded.ok) return;
  const { site, where, isWritten } = loaded.value;
  expect(site.points["LT-101"]?.limits?.hh).toBe(11_000);
  const line = small.split("\n").findIndex((text) => text.includes("hh: 11000")) + 1;
  const path = ["points", "LT-101", "limits", "hh"];
  expect(where(path)).toEqual({ line, column: 11, length: 5 });
  expect(where(path, true)).toEqual({ line, column: 7, length: 2 });
  expect(where([...path, "deadband"])).toEqual({ line, column: 7, length: 2 });
  expect(isWritten(["points", "LT-101", "every"])).toBe(true);
  expect(isWritten(["points", "LT-101", "faultDelay"])).toBe(false);
});

test.each([
  ["a byte order mark", `\ufeff${small}`],
  ["line ends of Windows", small.replaceAll("\n", "\r\n")],
  ["tabs where YAML allows them", small.replaceAll(" # ", "\t# ")],
  ["a document mark at the top", `---\n${small}`],
  ["no line end at the end", small.trimEnd()],
])("reads a file with %s", (_, text) => {
  expect(load(text).ok).toBe(true);
  expect(faultsOf(text)).toEqual([]);
});

test("a byte order mark does not move the place of a fault", () => {
  const text = "\ufeffsite: 1\n";
  const fault = faultsOf(text).find((one) => one.path === "site");
  expect(fault).toMatchObject({ line: 1, column: 7 });
});

test.each([
  ["nothing", "", "E003"],
  ["only comments", "# nothing yet\n", "E003"],
  ["only a document mark", "---\n", "E003"],
  ["a list", "- a\n- b\n", "E009"],
  ["a word", "hello\n", "E009"],
  ["two documents", `${small}---\na: 1\n`, "E004"],
  ["a tab as indent", "site:\n\tid: x\n", "E004"],
  ["bytes of GBK", "site: { name: \ufffd\ufffd }\n", "E002"],
  ["an anchor", "site: &a { id: x }\n", "E006"],
  ["an alias bomb", "a: &a [1]\nb: &b [*a, *a]\nc: [*b, *b]\n", "E006"],
  ["an anchor at a key", "&a site: 1\n", "E006"],
  ["a tag", "site: !!str 1\n", "E006"],
  ["a tag at a key", "!!str site: 1\n", "E006"],
  ["a directive", "%YAML 1.1\n---\nsite: 1\n", "E006"],
  ["a list as a name", "? [a, b]\n: 1\n", "E004"],
  ["an empty name", '"": 1\n', "E004"],
  ["a key twice", "site: 1\nsite: 2\n", "E005"],
  ["a key twice in brackets", "site: { id: a, id: b }\n", "E005"],
  ["a name that means something to the runtime", "__proto__: { id: x }\n", "E004"],
])("refuses %s", (_, text, code) => {
  const loaded = load(text);
  expect(loaded.ok).toBe(false);
  if (!loaded.ok) expect(codes(loaded.error)).toContain(code);
});

test.each([
  ["open brackets", "[".repeat(200_000)],
  ["brackets", `a: ${"[".repeat(5_000)}${"]".repeat(5_000)}`],
  ["maps in brackets", "{a: ".repeat(20_000)],
  ["dashes", `${"- ".repeat(20_000)}a`],
  ["33 levels", `a: ${"[".repeat(33)}${"]".repeat(33)}`],
])("refuses nesting without end: %s", (_, text) => {
  const loaded = load(text);
  expect(loaded.ok).toBe(false);
  if (!loaded.ok) expect(["E004", "E007"]).toContain(loaded.error[0]?.code);
});

test("a file of more than 24 MiB is refused unread", () => {
  const loaded = load(`site: 1\n${"#".repeat(25 * 1024 * 1024)}`);
  expect(loaded.ok).toBe(false);
  if (!loaded.ok) expect(codes(loaded.error)).toEqual(["E001"]);
});

test("names of the language itself are ordinary, wrong fields", () => {
  const text = edited(
    small,
    "journal:\n",
    "constructor: 1\ntoString: {}\nhasOwnProperty: []\njournal:\n",
  );
  expect(faultsOf(text).map((fault) => [fault.code, fault.path])).toEqual([
    ["E017", "constructor"],
    ["E017", "toString"],
    ["E017", "hasOwnProperty"],
  ]);
});

test("a tag of digits keeps its leading zeros", () => {
  const text = edited(small, "  LT-101: #", "  00101: #");
  const loaded = load(edited(text, "[LT-101,", '["00101",'));
  expect(loaded.ok).toBe(true);
  if (loaded.ok) expect(Object.keys(loaded.value.site.points)).toContain("00101");
});

test("all faults of a file are reported at once, errors before warnings, in the order of the file", () => {
  const text = [
    ["l: 1500", "l: 15000"],
    ["gas2: 50", "gas2: 60"],
    ["unit: 2", "unit: 1"],
  ].reduce((before, [from = "", to = ""]) => edited(before, from, to), small);
  const faults = faultsOf(text);
  expect(codes(faults)).toEqual(["E102", "E112", "E111", "W161"]);
  const lines = faults.filter((fault) => fault.severity === "error").map((fault) => fault.line);
  expect(lines).toEqual(lines.toSorted((a, b) => a - b));
});

test("readSite lets warnings pass and stops at errors", () => {
  const withWarning = readSite({
    file: "site.yaml",
    text: edited(small, "gas2: 50", "gas2: 60"),
    io: tidyBox,
  });
  expect(withWarning.ok).toBe(true);
  if (withWarning.ok) expect(codes(withWarning.value.warnings)).toEqual(["W161"]);
  const withError = readSite({
    file: "site.yaml",
    text: edited(small, "hh: 11000", "hh: 1"),
    io: tidyBox,
  });
  expect(withError.ok).toBe(false);
});

/** Every fault stands inside the text, names itself, and speaks both languages. */
function expectSoundFaults(text: string): void {
  const shown = text.startsWith("\ufeff") ? text.slice(1) : text;
  const lines = linesOf(shown);
  for (const fault of faultsOf(text)) {
    expect(fault.line).toBeGreaterThanOrEqual(1);
    expect(fault.line).toBeLessThanOrEqual(lines.count);
    expect(fault.column).toBeGreaterThanOrEqual(1);
    expect(fault.column + fault.length - 1).toBeLessThanOrEqual(lines.text(fault.line).length + 1);
    expect(fault.code).toMatch(fault.severity === "error" ? /^E\d{3}$/ : /^W\d{3}$/);
    expect(fault.zh).not.toBe("");
    expect(fault.en).not.toBe("");
  }
}

test("however a site file is damaged, every fault has a place inside it and nothing is thrown", () => {
  fc.assert(
    fc.property(fc.constantFrom(small, small.replaceAll("\n", "\r\n")), damages, (text, all) => {
      expectSoundFaults(damaged(text, all));
    }),
    { numRuns: 250 },
  );
});

test("any values in place of the right ones give faults with places, and nothing is thrown", () => {
  const junk = fc.oneof(
    fc.constantFrom(
      "",
      "null",
      "[]",
      "{}",
      "-1",
      "1e999",
      ".nan",
      "true",
      '"x"',
      "[1, 2, 3]",
      "{ a: 1 }",
      "0x1F",
    ),
    fc.json({ maxDepth: 2 }),
  );
  const places = [...small.matchAll(/: ([^\s#{["][^\n#]*)/g)].map((match) => ({
    from: match.index + 2,
    to: match.index + match[0].length,
  }));
  fc.assert(
    fc.property(fc.constantFrom(...places), junk, ({ from, to }, value) => {
      expectSoundFaults(small.slice(0, from) + value + small.slice(to));
    }),
    { numRuns: 200 },
  );
});

test("any text at all is read or refused, by both readers", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => {
      expectSoundFaults(text);
      readYaml(text, linesOf(text));
    }),
    { numRuns: 500 },
  );
});

test("a large file is read the same by the fast reader and by the library", () => {
  const padding = "# 0123456789 0123456789 0123456789\n".repeat(4_000);
  const [large, largeButStrange] = [small + padding, `${small + padding}#\t\n`];
  const [fast, library] = [load(large), load(largeButStrange)];
  expect(fast.ok && library.ok).toBe(true);
  if (fast.ok && library.ok) expect(fast.value.site).toEqual(library.value.site);
});
