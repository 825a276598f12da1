import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { linesOf } from "../../config/source/lines.ts";
import { readPlain } from "../../config/source/readPlain.ts";
import { readYaml } from "../../config/source/readYaml.ts";
import type { SourceNode } from "../../config/source/tree.ts";
import { damaged, damages, yamlText } from "./yamlText.ts";

const examples = ["smallSite", "tankFarm"].map((name) =>
  readFileSync(new URL(`../../config/examples/${name}.yaml`, import.meta.url), "utf8"),
);

/** What the rest of the program sees of a tree: values, and where keys and scalars stand. */
function seen(node: SourceNode): unknown {
  switch (node.kind) {
    case "scalar":
      return { value: node.value, ...(node.end > node.at ? { at: node.at, end: node.end } : {}) };
    case "list":
      return { at: node.at, items: node.items.map(seen) };
    case "map":
      return [...node.entries].map(([key, { keyAt, keyEnd, isBare, node: child }]) => ({
        key,
        keyAt,
        keyEnd,
        isBare,
        child: seen(child),
      }));
  }
}

/** @returns whether the plain reader took the text. */
function agrees(text: string): boolean {
  const plain = readPlain(text);
  if (plain === null) return false;
  const library = readYaml(text, linesOf(text));
  expect(library.ok, "the library refuses what the plain reader took").toBe(true);
  if (!library.ok) return false;
  expect(seen(plain)).toEqual(seen(library.value));
  expect(plain.value).toEqual(library.value.value);
  return true;
}

test("the examples are plain, and read exactly as the library reads them", () => {
  for (const text of examples) {
    expect(agrees(text)).toBe(true);
    expect(agrees(text.replaceAll("\n", "\r\n"))).toBe(true);
  }
});

test("whatever the plain reader takes, the library reads the same way", () => {
  let taken = 0;
  fc.assert(
    fc.property(yamlText, (text) => {
      if (agrees(text)) taken += 1;
    }),
    { numRuns: 3000 },
  );
  expect(taken).toBeGreaterThan(300);
});

test("a damaged example is read as the library reads it, or not at all", () => {
  let taken = 0;
  const piece = fc.constantFrom(...examples.map((text) => text.slice(0, text.indexOf("kind:"))));
  fc.assert(
    fc.property(piece, damages, (text, all) => {
      if (agrees(damaged(text, all))) taken += 1;
    }),
    { numRuns: 500 },
  );
  expect(taken).toBeGreaterThan(20);
});

test.each([
  ["an anchor", "a: &x 1\n"],
  ["an alias", "a: *x\n"],
  ["a tag", "a: !!str 1\n"],
  ["a tab", "a:\t1\n"],
  ["an escape", 'a: "\\n"\n'],
  ["a block text", "a: |\n  x\n"],
  ["a text over two lines", "a: x\n  y\n"],
  ["a quoted text over two lines", 'a: "x\n  y"\n'],
  ["a key twice", "a: 1\na: 2\n"],
  ["a lone word in a map", "a: { b }\n"],
  ["two documents", "a: 1\n---\nb: 2\n"],
  ["a directive", "%YAML 1.2\n---\na: 1\n"],
  ["a dangerous name", "__proto__: 1\n"],
  ["a colon without a space", "a:1\n"],
  ["wrong indentation", "a:\n  b: 1\n c: 2\n"],
  ["an open bracket", "a: [1, 2\n"],
  ["a complex key", "? a\n: b\n"],
  ["a merge", "a: 1\n<<: { b: 2 }\n"],
  ["nothing at all", ""],
  ["deep nesting", `a: ${"[".repeat(40)}${"]".repeat(40)}\n`],
])("leaves to the library: %s", (_, text) => {
  expect(readPlain(text)).toBeNull();
});
