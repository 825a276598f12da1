/** A value that is absent, of the wrong kind, or not one of the few allowed: what to write instead. */

import type { JsonSchema } from "../jsonSchema.ts";
import { short } from "../source/sourceFaults.ts";
import { entryAt, type SourceEntry, type SourceNode, type SourceTree } from "../source/tree.ts";
import { suggester } from "./didYouMean.ts";
import type { Finding, Path } from "./fault.ts";
import { formOfSource } from "./forms.ts";
import { schemasAt } from "./schemaAt.ts";

export interface Context {
  readonly tree: SourceTree;
  readonly schema: JsonSchema;
  /** Paths of fields that were written under a mistyped name, filled along the way: they are not missing. */
  readonly meant: Set<string>;
}

export interface Place {
  readonly path: Path;
  readonly entry: SourceEntry;
  readonly context: Context;
}

type Fix = Pick<Finding, "fixZh" | "fixEn">;

/** A field that is not written, or written without a value. */
export function missing(path: Path, { schema, tree }: Context): Finding {
  const name = path.at(-1) ?? "";
  const [form] = schemasAt(schema, tree.root, path);
  const isWritten = entryAt(tree.root, path) !== null;
  const label = typeof name === "number" ? `[${name}]` : name;
  return {
    severity: "error",
    code: "E010",
    path,
    atKey: true,
    zh: isWritten ? `"${label}" 后面没有值` : `缺少 "${label}"`,
    en: isWritten ? `"${label}" has no value` : `"${label}" is missing`,
    ...exampleFix(name, form),
  };
}

/** Words for what a value should be, as zod names it. */
const kindWords: Readonly<Record<string, readonly [zh: string, en: string]>> = {
  string: ["文字", "text"],
  number: ["数字", "a number"],
  int: ["整数", "a whole number"],
  boolean: ["true 或 false", "true or false"],
  object: ["一组字段", "a group of fields"],
  record: ["一组 名称: 内容", "a group of `name: content`"],
  array: ["列表 [ ]", "a list [ ]"],
  tuple: ["两个值的列表 [a, b]", "a list of two values [a, b]"],
};

export function wrongKind(expected: string, place: Place): Finding {
  const { entry, path, context } = place;
  if (entry.node.kind === "scalar" && entry.node.value === null) return missing(path, context);
  const unitless = withoutUnit(expected, place);
  if (unitless !== null) return unitless;
  const [zh, en] = kindWords[expected] ?? [expected, expected];
  const [isZh, isEn] = describe(entry.node);
  return {
    severity: "error",
    code: "E011",
    path,
    zh: `此处应是${zh}, 现为${isZh}`,
    en: `${en} expected here, found ${isEn}`,
    ...kindFix(expected, place),
  };
}

/** A bare number where a duration or size belongs. */
function withoutUnit(expected: string, { path, entry, context }: Place): Finding | null {
  const [schema] = schemasAt(context.schema, context.tree.root, path);
  const form = formOfSource(schema?.pattern);
  const isNumber = entry.node.kind === "scalar" && typeof entry.node.value === "number";
  if (expected !== "string" || form?.code !== "E015" || !isNumber) return null;
  const written = context.tree.text.slice(entry.node.at, entry.node.end);
  return {
    severity: "error",
    code: "E015",
    path,
    zh: `${short(written)} 没有单位`,
    en: `${short(written)} has no unit`,
    fixZh: form.zh,
    fixEn: form.en,
  };
}

/** A wrong constant: the allowed ones, and the nearest. */
export function notOneOf(
  values: readonly (string | number | bigint | boolean | symbol | null | undefined)[],
  { path, entry, context }: Place,
): Finding {
  if (entry.node.kind === "scalar" && entry.node.value === null) return missing(path, context);
  const words = values.map(String);
  const given = entry.node.kind === "scalar" ? String(entry.node.value) : "";
  const near = suggester(words)(given) ?? commonName(given, words);
  const allowed = words.join(", ");
  return {
    severity: "error",
    code: "E012",
    path,
    zh: `"${short(given)}" 不是 "${path.at(-1)}" 允许的值`,
    en: `"${short(given)}" is not allowed for "${path.at(-1)}"`,
    fixZh: near === null ? `可用: ${allowed}` : `您是否想写 ${near}? 可用: ${allowed}`,
    fixEn: near === null ? `allowed: ${allowed}` : `did you mean ${near}? allowed: ${allowed}`,
  };
}

/** Names that manuals and other programs use for the same thing. */
const commonNames: Readonly<Record<string, string>> = {
  float: "float32",
  real: "float32",
  single: "float32",
  double: "float64",
  int: "int16",
  short: "int16",
  word: "uint16",
  uint: "uint16",
  dint: "int32",
  long: "int32",
  dword: "uint32",
  bit: "bool",
  boolean: "bool",
  bcd: "bcd16",
  rtu: "modbus-rtu",
  serial: "modbus-rtu",
  rs485: "modbus-rtu",
  tcp: "modbus-tcp",
  udp: "modbus-udp",
  "rtu-over-tcp": "modbus-rtu-over-tcp",
  rtuovertcp: "modbus-rtu-over-tcp",
  n: "none",
  e: "even",
  o: "odd",
  gas: "gas-combustible",
  lel: "gas-combustible",
  toxic: "gas-toxic",
  o2: "oxygen",
  液位: "level",
  压力: "pressure",
  温度: "temperature",
  流量: "flow",
  可燃气体: "gas-combustible",
  有毒气体: "gas-toxic",
  氧气: "oxygen",
  无: "none",
  偶校验: "even",
  奇校验: "odd",
};

function commonName(given: string, allowed: readonly string[]): string | null {
  const word = given.toLowerCase();
  const name = Object.hasOwn(commonNames, word) ? commonNames[word] : undefined;
  return name !== undefined && allowed.includes(name) ? name : null;
}

function describe(node: SourceNode): readonly [zh: string, en: string] {
  switch (node.kind) {
    case "map":
      return ["一组字段", "a group of fields"];
    case "list":
      return ["列表", "a list"];
    case "scalar":
      if (typeof node.value === "string") {
        return [`文字 "${short(node.value)}"`, `the text "${short(node.value)}"`];
      }
      if (typeof node.value === "boolean") return [`${node.value}`, `${node.value}`];
      return [`数字 ${node.value}`, `the number ${node.value}`];
  }
}

function kindFix(expected: string, { path, entry, context }: Place): Fix {
  const { node } = entry;
  if (node.kind !== "scalar") return exampleFix(path.at(-1) ?? "", undefined);
  const written = context.tree.text.slice(node.at, node.end);
  if (expected === "string") return fixTo(`"${written}"`, "加引号", "add quotes");
  if (expected === "number" || expected === "int") return numberFix(expected, node.value);
  if (expected === "tuple") return fixTo(`[0, ${written}]`, "写成", "write");
  if (expected === "array") return fixTo(`[${written}]`, "写成", "write");
  return {};
}

function numberFix(expected: string, value: unknown): Fix {
  const number = numberIn(value);
  if (number === null) return { fixZh: "只写数字, 不带单位和引号", fixEn: "write the number only" };
  const whole = expected === "int" ? String(Math.round(Number(number))) : number;
  return fixTo(whole, "只写数字", "write the number only");
}

/** The number that a text begins with, full-width digits and thousands' commas forgiven; null: none. */
export function numberIn(value: unknown): string | null {
  const text = String(value).normalize("NFKC").replaceAll(",", "").trim();
  return /^[-+]?(?:0x[\da-f]+|\d+(?:\.\d+)?)/i.exec(text)?.[0] ?? null;
}

function fixTo(text: string, zh: string, en: string): Fix {
  return { fixZh: `${zh}: ${short(text, 60)}`, fixEn: `${en}: ${short(text, 60)}` };
}

/** What each required field looks like, in a way an installer can copy. */
const examples: Readonly<Record<string, string>> = {
  site: "site: { id: site-1, name: 某某化工 }",
  id: "id: site-1",
  name: "name: 某某化工",
  buses: "buses: { B1: { type: modbus-tcp, host: 192.168.1.10 } }",
  devices: "devices: { D1: { bus: B1, unit: 1 } }",
  points:
    "points: { LT-101: { device: D1, register: { address: 0 }, kind: level, range: [0, 5000] } }",
  type: "type: modbus-tcp",
  port: "port: /dev/serial/by-id/...",
  host: "host: 192.168.1.10",
  bus: "bus: B1",
  unit: "unit: 1",
  device: "device: D1",
  register: "register: { table: holding, address: 0, type: uint16 }",
  kind: "kind: level",
  range: "range: [0, 100]",
  quality: "quality: device-fault",
  rules: "rules: [{ bit: 0, quality: device-fault }]",
  url: "url: mqtts://platform.example.cn:8883",
  at: "at: 80",
  factor: "factor: 0.1",
  raw: "raw: [0, 4095]",
  to: "to: [0, 100]",
};

function exampleFix(name: string | number, form: JsonSchema | undefined): Fix {
  const example = typeof name === "string" && Object.hasOwn(examples, name) ? examples[name] : null;
  const isConstant = form?.const !== undefined;
  if (isConstant) return fixTo(`${name}: ${String(form.const)}`, "加上", "add");
  return example === null || example === undefined
    ? { fixZh: "写上内容, 或删除这一项", fixEn: "write its content, or delete it" }
    : { fixZh: `例如 ${example}`, fixEn: `e.g. ${example}` };
}
