/** zod's issues -> findings in the words of the plant. The library's own texts say too little ("Invalid input"). */

import type { z } from "zod";
import type { JsonSchema } from "../jsonSchema.ts";
import { short } from "../source/sourceFaults.ts";
import { wideSignIn, wideSignWords } from "../source/syntaxFaults.ts";
import { entryAt, type SourceEntry, type SourceNode, type SourceTree } from "../source/tree.ts";
import { type Finding, type Path, pathText } from "./fault.ts";
import { formOf } from "./forms.ts";
import { schemasAt } from "./schemaAt.ts";
import { unknownFieldFindings } from "./unknownField.ts";
import { type Context, missing, notOneOf, numberIn, wrongKind } from "./valueFaults.ts";

type Issue = z.core.$ZodIssue;

/** All findings of one parse, in the order zod found them. */
export function schemaFindings(
  issues: readonly Issue[],
  tree: SourceTree,
  schema: JsonSchema,
): readonly Finding[] {
  const context: Context = { tree, schema, meant: new Set() };
  const findings = issues.flatMap((issue) => issueFindings(issue, plainPath(issue.path), context));
  return findings.filter(({ code, path }) => code !== "E010" || !context.meant.has(pathText(path)));
}

function plainPath(path: readonly PropertyKey[]): Path {
  return path.map((step) => (typeof step === "number" ? step : String(step)));
}

function issueFindings(issue: Issue, path: Path, context: Context): readonly Finding[] {
  const entry = entryAt(context.tree.root, path);
  switch (issue.code) {
    case "unrecognized_keys":
      return unknownFieldFindings(issue.keys, path, context);
    case "invalid_type":
      if (entry === null) return [missing(path, context)];
      return [wrongKind(issue.expected, { path, entry, context })];
    case "invalid_value":
      if (entry === null) return [missing(path, context)];
      return [notOneOf(issue.values, { path, entry, context })];
    case "invalid_union":
      return unionFindings(issue, { path, entry, context });
    case "too_small":
      return [outOfBounds({ path, at: issue.minimum, isLow: true, origin: issue.origin })];
    case "too_big":
      return [outOfBounds({ path, at: issue.maximum, isLow: false, origin: issue.origin })];
    case "invalid_format":
      return [wrongForm(issue.pattern, path, textOf(entry))];
    case "invalid_key":
      return issue.issues.flatMap((inner) =>
        inner.code === "invalid_format"
          ? [{ ...wrongForm(inner.pattern, path, String(path.at(-1))), atKey: true }]
          : issueFindings(inner, path, context),
      );
    default:
      return [other(issue, path)];
  }
}

function textOf(entry: SourceEntry | null): string {
  return entry?.node.kind === "scalar" ? String(entry.node.value ?? "") : "";
}

function wrongForm(pattern: string | undefined, path: Path, text: string): Finding {
  const form = formOf(pattern);
  const sign = wideSignIn(text);
  if (sign !== null) return { severity: "error", code: "E014", path, ...wideSignWords(sign) };
  const repaired = form?.repaired(text) ?? null;
  return {
    severity: "error",
    code: form?.code ?? "E014",
    path,
    zh: `"${short(text)}": ${form?.zh ?? "写法不对"}`,
    en: `"${short(text)}": ${form?.en ?? "wrong form"}`,
    ...(repaired === null
      ? {}
      : { fixZh: `您是否想写 ${repaired}?`, fixEn: `did you mean ${repaired}?` }),
  };
}

function outOfBounds(issue: {
  readonly path: Path;
  readonly at: number | bigint;
  readonly isLow: boolean;
  readonly origin: string;
}): Finding {
  const { path, at, isLow, origin } = issue;
  if (origin === "array" || origin === "string") {
    const [zh, en] = origin === "array" ? ["项", "item(s)"] : ["个字符", "character(s)"];
    const isPair = origin === "array" && at === 2;
    return {
      severity: "error",
      code: "E016",
      path,
      zh: isLow ? `至少要有 ${at} ${zh}` : `最多只能有 ${at} ${zh}`,
      en: isLow ? `at least ${at} ${en} needed` : `at most ${at} ${en} allowed`,
      ...(isPair ? { fixZh: "写两个值: [a, b]", fixEn: "write two values: [a, b]" } : {}),
    };
  }
  return {
    severity: "error",
    code: "E013",
    path,
    zh: isLow ? `不能小于 ${at}` : `不能大于 ${at}`,
    en: isLow ? `must not be less than ${at}` : `must not be greater than ${at}`,
  };
}

interface AtEntry {
  readonly path: Path;
  readonly entry: SourceEntry | null;
  readonly context: Context;
}

function unionFindings(
  issue: Extract<Issue, { code: "invalid_union" }>,
  { path, entry, context }: AtEntry,
): readonly Finding[] {
  const options = allowedValues(issue, path, context);
  if (entry === null) return [missing(path, context)];
  if (options.length > 0) return [notOneOf(options, { path, entry, context })];
  if (entry.node.kind === "scalar" && entry.node.value === null) return [missing(path, context)];
  const branch = bestBranch(issue.errors);
  if (branch === null) return [noForm(path, entry.node)];
  return branch.flatMap((inner) =>
    issueFindings(inner, [...path, ...plainPath(inner.path)], context),
  );
}

/** What a discriminator or a union of constants allows; empty for unions of larger shapes. */
function allowedValues(
  issue: Extract<Issue, { code: "invalid_union" }>,
  path: Path,
  { schema, tree }: Context,
): readonly z.core.util.Primitive[] {
  if (issue.discriminator !== undefined) {
    const field = String(path.at(-1));
    return schemasAt(schema, tree.root, path.slice(0, -1))
      .map((form) => form.properties?.[field]?.const)
      .filter((value) => typeof value === "string");
  }
  const inner = issue.errors.flat();
  return inner.every((one) => one.code === "invalid_value" && one.path.length === 0)
    ? inner.flatMap((one) => (one.code === "invalid_value" ? one.values : []))
    : [];
}

/** The one form that was clearly meant: it has fewer complaints than any other; null when none stands out. */
function bestBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | null {
  const scored = branches
    .map((issues) => ({ issues, score: issues.reduce((sum, one) => sum + weight(one), 0) }))
    .sort((a, b) => a.score - b.score);
  const [best, second] = scored;
  if (best === undefined || best.score >= 100 || best.score === second?.score) return null;
  return best.issues;
}

function weight(issue: Issue): number {
  if (issue.code === "unrecognized_keys") return issue.keys.length;
  // A number where a group of fields belongs, or the other way round: this form was not meant at all.
  return issue.code === "invalid_type" && issue.path.length === 0 ? 100 : 1;
}

const unionForms: Readonly<Record<string, { readonly zh: string; readonly en: string }>> = {
  scale: {
    zh: "三种写法之一: { factor: 0.1 }、{ raw: [0, 4095], to: [0, 100] } 或 { loop: [4000, 20000] }",
    en: "one of { factor: 0.1 }, { raw: [0, 4095], to: [0, 100] } or { loop: [4000, 20000] }",
  },
  limit: {
    zh: "一个数字, 或 { at: 数字, priority: 1, deadband: 5, onDelay: 10s }",
    en: "a number, or { at: number, priority: 1, deadband: 5, onDelay: 10s }",
  },
};

function noForm(path: Path, node: SourceNode): Finding {
  const words = path.at(-1) === "scale" ? unionForms["scale"] : unionForms["limit"];
  const number = node.kind === "scalar" && path.at(-1) !== "scale" ? numberIn(node.value) : null;
  return {
    severity: "error",
    code: "E018",
    path,
    zh: `"${path.at(-1)}" 的写法不对`,
    en: `"${path.at(-1)}" has none of the allowed forms`,
    fixZh: number === null ? `写成${words?.zh}` : `只写数字: ${number}`,
    fixEn: number === null ? `write ${words?.en}` : `write the number only: ${number}`,
  };
}

function other(issue: Issue, path: Path): Finding {
  return {
    severity: "error",
    code: "E014",
    path,
    zh: `值不对: ${short(issue.message, 120)}`,
    en: `wrong value: ${short(issue.message, 120)}`,
  };
}
