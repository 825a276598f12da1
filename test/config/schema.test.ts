import ajvModule from "ajv";
import fc from "fast-check";
import { expect, test } from "vitest";
import { parse } from "yaml";
import type { JsonSchema } from "../../config/jsonSchema.ts";
import { siteJsonSchema } from "../../config/reference.ts";
import { siteSchema } from "../../config/site.ts";
import { generatedFiles, isStale } from "../tools/generate.ts";
import { exampleText } from "./exampleSite.ts";
import { goodSite } from "./siteCases.ts";

const schema = siteJsonSchema();
const formats = { uri: true, cidrv4: true, cidrv6: true } as const;
const validate = new ajvModule.default({ strict: true, allowUnionTypes: true, formats }).compile(
  schema,
);
const examples: readonly unknown[] = [
  parse(exampleText("smallSite")),
  parse(exampleText("tankFarm")),
  goodSite(),
];

test.each(generatedFiles().map((file) => [file.path, file] as const))(
  "%s is up to date",
  (_, file) => {
    expect(isStale(file)).toBe(false);
  },
);

test("the schema names its draft and itself, and no host", () => {
  expect(schema["$schema"]).toBe("http://json-schema.org/draft-07/schema#");
  expect(schema["$id"]).toBe("urn:hazgate:site");
});

test("every field says what it means, in both languages", () => {
  const mute: string[] = [];
  const visit = (node: JsonSchema, path: string): void => {
    for (const [name, child] of Object.entries(node.properties ?? {})) {
      const [zh = "", en = ""] = child.description?.split("\n") ?? [];
      if (en === "" || zh === "") mute.push(`${path}.${name}`);
      visit(child, `${path}.${name}`);
    }
    const items = Array.isArray(node.items)
      ? []
      : [node.items].filter((item) => item !== undefined);
    const more = typeof node.additionalProperties === "object" ? [node.additionalProperties] : [];
    const below = [...items, ...more, ...(node.anyOf ?? []), ...(node.oneOf ?? [])];
    for (const child of below) visit(child as JsonSchema, path);
  };
  visit(schema, "");
  expect(mute).toEqual([]);
});

test("the examples are good by both", () => {
  for (const site of examples) {
    expect(siteSchema.safeParse(site).success).toBe(true);
    expect(validate(site), JSON.stringify(validate.errors)).toBe(true);
  }
});

/** All places of a value tree. */
function pathsOf(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, child]) => pathsOf(child, [...path, key]))];
}

type Change = { readonly path: readonly string[]; readonly value: unknown };

function put(site: unknown, { path, value }: Change): unknown {
  const copy: unknown = structuredClone(site);
  const last = path.at(-1);
  if (last === undefined) return value;
  let at = copy as Record<string, unknown>;
  for (const step of path.slice(0, -1)) at = at[step] as Record<string, unknown>;
  if (value === undefined) delete at[last];
  else at[last] = value;
  return copy;
}

const values = fc.oneof(
  fc.constantFrom<unknown>(
    undefined,
    null,
    "",
    "x",
    "1s",
    "1.5 h",
    "5m",
    "8GiB",
    0,
    1,
    2,
    4,
    5,
    7,
    8,
    9,
    -1,
    1.5,
    247,
    255,
    256,
    65535,
    65536,
    1e300,
    Number.MAX_SAFE_INTEGER,
    true,
    [],
    [1, 2],
    [1],
    [2, 1, 0],
    {},
    { at: 1 },
    { factor: 2 },
    { raw: [0, 1] },
    { raw: [0, 1], to: [1, 2] },
    { loop: [4, 20] },
    "modbus-rtu",
    "mqtt://h",
    "mqtts://h:1",
    "http://h",
    "broker",
    "even",
    "float32",
    "CDAB",
    "coil",
    "good",
    "raise",
    "罐",
    "a b",
    "71-43-2",
    "71-43-22",
    { id: "x", name: "y" },
  ),
  fc.json({ maxDepth: 2 }).map((text): unknown => JSON.parse(text)),
);
const changes = fc.constantFrom(...examples).chain((site) =>
  fc.tuple(
    fc.constant(site),
    fc.constantFrom(...pathsOf(site)),
    fc.option(fc.constantFrom("extra", "name", "timeout", "decimals", "at", "0"), {
      nil: null,
      freq: 3,
    }),
    values,
  ),
);

test("zod and the schema agree on every changed site", () => {
  let accepted = 0;
  let refused = 0;
  fc.assert(
    fc.property(changes, ([site, path, more, value]) => {
      const parent = path.reduce<unknown>(
        (at, step) => (at as Record<string, unknown>)[step],
        site,
      );
      const isGroup = typeof parent === "object" && parent !== null && !Array.isArray(parent);
      const changed = put(site, { path: more !== null && isGroup ? [...path, more] : path, value });
      const byZod = siteSchema.safeParse(changed).success;
      if (byZod) accepted += 1;
      else refused += 1;
      expect(validate(changed)).toBe(byZod);
    }),
    { numRuns: 1500 },
  );
  expect(Math.min(accepted, refused)).toBeGreaterThan(100);
});

test.each<[name: string, change: Change]>([
  ["an unknown field", { path: ["sit"], value: {} }],
  ["no points", { path: ["points"], value: undefined }],
  ["a unit above 255", { path: ["devices", "D1", "unit"], value: 256 }],
  ["a duration without unit", { path: ["points", "L", "every"], value: 5 }],
  ["a duration in m", { path: ["points", "L", "every"], value: "5m" }],
  ["a size in GB", { path: ["journal", "maxSize"], value: "8GB" }],
  ["a range of one", { path: ["points", "L", "range"], value: [1] }],
  ["a range of three", { path: ["points", "L", "range"], value: [1, 2, 3] }],
  ["a kind that does not exist", { path: ["points", "L", "kind"], value: "gas" }],
  ["a bus type that does not exist", { path: ["buses", "B1", "type"], value: "tcp" }],
  ["serial settings on TCP", { path: ["buses", "B1", "parity"], value: "even" }],
  ["a name with a blank", { path: ["points", "L 1"], value: { device: "D1" } }],
  ["an address beyond the table", { path: ["points", "L", "register", "address"], value: 65536 }],
  [
    "a status without rules",
    { path: ["points", "L", "register", "status"], value: { address: 1, rules: [] } },
  ],
  ["half a scale", { path: ["points", "L", "scale"], value: { raw: [0, 1] } }],
  ["two scales", { path: ["points", "L", "scale"], value: { factor: 1, loop: [4, 20] } }],
  ["a web address", { path: ["uplinks", "platform", "url"], value: "http://h" }],
  ["a priority of five", { path: ["points", "L", "limits"], value: { h: { at: 1, priority: 5 } } }],
])("refused by both: %s", (_, change) => {
  const site = put(goodSite(), change);
  expect(siteSchema.safeParse(site).success).toBe(false);
  expect(validate(site)).toBe(false);
});
