/** Random site-like YAML and random damage to it, for tests that compare and torture the readers. */

import fc from "fast-check";

const word = fc.constantFrom(
  "a",
  "LT-101",
  "液位",
  "1",
  "010",
  "0x1F",
  "0o17",
  "1.5",
  "-3",
  "+4",
  ".5",
  "-.5",
  "1e3",
  "-.inf",
  ".nan",
  "true",
  "Null",
  "~",
  "no",
  "1号罐",
  "℃",
  "mg/m3",
  "10.0.0.1",
  "500ms",
  "(x)",
  "a-b",
  "5.",
  "a b",
  "a  b",
  "/dev/ttyS0",
  "x#y",
  "12:30",
  "http://h:1",
  "a'b",
  'a"b',
  "=",
  "<",
  "ａ",
  "%",
  "-",
  "",
);
const quoted = fc.constantFrom(
  '"%LEL"',
  "'a: b'",
  '"a, b"',
  "'it''s'",
  '""',
  "''",
  '"x # y"',
  '"\\n"',
  '"1"',
  "'#'",
);
const comment = fc.constantFrom("", " # note", "   # a: b", "#x", "  ");
const lineEnd = fc.constantFrom(
  "\n",
  "\r\n",
  "\n\n",
  "\n  \n",
  "\n# between\n",
  "\n      # deep\n",
);
const key = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom(
      "a",
      "b",
      "c",
      "LT-101",
      "液位",
      "1",
      "01",
      "true",
      "k.e/y",
      "constructor",
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('"q"', "'q r'", "a b", "null", "__proto__", "<<", "-x", "?", ""),
  },
);
const colon = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(": ", ":  ", " : ") },
  { weight: 1, arbitrary: fc.constantFrom(":", " :", "：") },
);
const space = fc.constantFrom("", " ", "  ", "\n      ", "\n ", "\n", " # c\n   ");

const { flow } = fc.letrec<{ flow: string; value: string }>((tie) => ({
  value: fc.oneof({ depthSize: "small" }, word, quoted, tie("flow")),
  flow: fc.oneof(
    fc
      .array(fc.tuple(space, key, colon, tie("value"), space), { maxLength: 3 })
      .map((entries) => `{${entries.map((parts) => parts.join("")).join(",")}}`),
    fc
      .array(fc.tuple(space, tie("value"), space), { maxLength: 3 })
      .map((items) => `[${items.map((parts) => parts.join("")).join(",")}]`),
  ),
}));

/** A block of lines at `indent`: maps in maps, lists, flows. Mostly right, sometimes not. */
function block(indent: number, depth: number): fc.Arbitrary<string> {
  const pad = " ".repeat(indent);
  const inline = fc.oneof(word, quoted, flow);
  const entry: fc.Arbitrary<string> = fc
    .tuple(key, colon, inline, comment, lineEnd)
    .map((parts) => pad + parts.join(""));
  const item = fc.tuple(inline, comment, lineEnd).map((parts) => `${pad}- ${parts.join("")}`);
  const pairItem = fc
    .tuple(key, colon, inline, lineEnd, key, inline, lineEnd)
    .map(([k, c, v, e, k2, v2, e2]) => `${pad}- ${k}${c}${v}${e}${pad}  ${k2}: ${v2}${e2}`);
  const list = fc
    .array(fc.oneof(item, pairItem), { minLength: 1, maxLength: 3 })
    .map((all) => all.join(""));
  if (depth === 0)
    return fc.oneof(
      fc.array(entry, { minLength: 1, maxLength: 4 }).map((all) => all.join("")),
      list,
    );
  const below = fc.oneof(
    { weight: 5, arbitrary: fc.constant(2) },
    { weight: 1, arbitrary: fc.constantFrom(0, 1, 3, 4) },
  );
  const nested = fc
    .tuple(key, comment, lineEnd, below)
    .chain(([name, note, end, more]) =>
      block(indent + more, depth - 1).map((text) => `${pad}${name}:${note}${end}${text}`),
    );
  const lines = fc.oneof({ weight: 3, arbitrary: entry }, { weight: 2, arbitrary: nested });
  return fc.oneof(
    {
      weight: 5,
      arbitrary: fc.array(lines, { minLength: 1, maxLength: 4 }).map((all) => all.join("")),
    },
    { weight: 1, arbitrary: list },
  );
}

export const yamlText: fc.Arbitrary<string> = block(0, 3);

/** One damage: cut, insert, replace, double or swap some characters. */
export interface Damage {
  readonly at: number;
  readonly length: number;
  readonly text: string;
}

const strange = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      ..."{}[],:#&*!|>'\"%@`?-~=<\\ \t\n\r.0a：，“”\u0000\u001b\ufeff\u3000\u2028",
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      ": ",
      "\n---\n",
      "&a ",
      "*a",
      "<<: ",
      "- ",
      "{}",
      "[[[[",
      "__proto__: 1\n",
      "constructor: {}\n",
      "\ud800",
    ),
  },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 3 }) },
  { weight: 1, arbitrary: fc.constant("") },
);

export const damages: fc.Arbitrary<readonly Damage[]> = fc.array(
  fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    length: fc.oneof(fc.nat(3), fc.nat(200)),
    text: strange,
  }),
  { minLength: 1, maxLength: 4 },
);

export function damaged(text: string, all: readonly Damage[]): string {
  return all.reduce((before, { at, length, text: put }) => {
    const from = Math.floor(at * before.length);
    return before.slice(0, from) + put + before.slice(from + length);
  }, text);
}
