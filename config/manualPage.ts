/** The site file's JSON Schema -> a manual page in Markdown: every field with type, default and meaning. Pure. */

import type { JsonSchema } from "./jsonSchema.ts";

interface Row {
  readonly path: string;
  readonly schema: JsonSchema;
  readonly isRequired: boolean;
}

/** Deterministic: the same schema gives the same bytes. */
export function manualPage(schema: JsonSchema): string {
  const sections = Object.entries(schema.properties ?? {}).map(([name, section]) => {
    const rows = childRows(section, name);
    return [`## ${name}`, "", ...meaning(section), ...table(rows), ""].join("\n");
  });
  return [...opening, ...sections].join("\n");
}

const opening = [
  "# 站点文件 · The site file",
  "",
  "<!-- Generated from config/site.ts by `npm run generate`. Do not edit. -->",
  "",
  "一个站点一个 YAML 文件。未知字段是错误；时长和容量要带单位（`500ms`、`1s`、`5min`、`30d`、`8GiB`）；密码和私钥放在单独的文件里（权限 0600）。",
  "先复制 `config/examples/` 里的例子，再用 `hazgate check --config site.yaml` 检查：离线，不碰任何设备。",
  "",
  "One site, one YAML file. An unknown field is an error; durations and sizes carry their unit; password and key stay in files of their own (mode 0600).",
  "Begin with a copy from `config/examples/` and judge it with `hazgate check --config site.yaml`: offline, no device is touched.",
  "",
  "`<id>` 是自定的名称 · stands for a name of your choice. `[]` 是列表的每一项 · each item of a list.",
  "",
];

function table(rows: readonly Row[]): readonly string[] {
  return [
    "| 字段 field | 类型 type | 默认 default | 含义 meaning |",
    "|---|---|---|---|",
    ...rows.map(
      ({ path, schema, isRequired }) =>
        `| \`${path}\` | ${cell(typeText(schema))} | ${defaultText(schema, isRequired)} | ${cell(schema.description ?? "")} |`,
    ),
  ];
}

function meaning({ description }: JsonSchema): readonly string[] {
  return description === undefined ? [] : [description.replaceAll("\n", "\n\n"), ""];
}

/** The fields below `path`, each form of a union after the other. */
function rowsOf(schema: JsonSchema, path: string, isRequired: boolean): readonly Row[] {
  const own = { path, schema, isRequired };
  const below = childRows(schema, path);
  const isOnlyGroup = schema.type === "object" && below.length > 0;
  return isOnlyGroup && schema.description === undefined ? below : [own, ...below];
}

function childRows(schema: JsonSchema, path: string): readonly Row[] {
  const forms = schema.anyOf ?? schema.oneOf;
  if (forms !== undefined) return formRows(forms, path);
  const { properties, additionalProperties, items } = schema;
  if (properties !== undefined) {
    return Object.entries(properties).flatMap(([name, child]) =>
      rowsOf(child, `${path}.${name}`, schema.required?.includes(name) ?? false),
    );
  }
  if (typeof additionalProperties === "object") {
    return childRows(additionalProperties, `${path}.<id>`);
  }
  return items === undefined || isList(items) ? [] : childRows(items, `${path}[]`);
}

/** Kinds of one thing share fields: each name once for every kind, marked by the constant that names the kind. */
function formRows(forms: readonly JsonSchema[], path: string): readonly Row[] {
  return forms.flatMap((form) => {
    const kind = Object.values(form.properties ?? {}).find((child) => child.const !== undefined);
    return childRows(form, kind === undefined ? path : `${path} (${String(kind.const)})`);
  });
}

function typeText(schema: JsonSchema): string {
  if (schema.const !== undefined) return code(schema.const);
  if (schema.enum !== undefined) return schema.enum.map(code).join(" ");
  const forms = schema.anyOf ?? schema.oneOf;
  if (forms !== undefined) return [...new Set(forms.map(typeText))].join(" / ");
  if (Array.isArray(schema.items)) return `[${schema.items.map(typeText).join(", ")}]`;
  if (schema.type === "array") {
    return schema.items === undefined || isList(schema.items)
      ? "[]"
      : `${typeText(schema.items)} []`;
  }
  if (schema.type === "object") return objectText(schema);
  return `${unitText(schema) ?? schema.type ?? ""}${bounds(schema)}`;
}

function objectText({ properties, additionalProperties }: JsonSchema): string {
  if (properties !== undefined) return `{ ${Object.keys(properties).join(", ")} }`;
  return typeof additionalProperties === "object" ? "{ id: ... }" : "{ }";
}

/** Texts of a fixed form are better named than called string. */
function unitText({ pattern }: JsonSchema): string | null {
  if (pattern?.includes("ms|s|min") === true) return "duration";
  return pattern?.includes("GiB") === true ? "size" : null;
}

function bounds(schema: JsonSchema): string {
  const { minimum, maximum, exclusiveMinimum } = schema;
  if (exclusiveMinimum !== undefined) return ` > ${String(exclusiveMinimum)}`;
  const [low, high] = [bound(minimum), bound(maximum)];
  if (low === null && high === null) return "";
  if (high === null) return ` >= ${low}`;
  return low === null ? ` <= ${high}` : ` ${low}..${high}`;
}

/** Whole numbers are bounded by what a double can hold: that says nothing to a reader. */
function bound(value: unknown): number | null {
  return typeof value === "number" && Math.abs(value) < Number.MAX_SAFE_INTEGER ? value : null;
}

function defaultText(schema: JsonSchema, isRequired: boolean): string {
  if (isRequired) return "**必填 required**";
  return schema.default === undefined ? "" : code(schema.default);
}

function code(value: unknown): string {
  return `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", "<br>");
}

function isList(items: JsonSchema | readonly JsonSchema[]): items is readonly JsonSchema[] {
  return Array.isArray(items);
}
