/** A field that the schema does not know: a typing error, a text cut by a comma, or something of a later version. */

import { short } from "../source/sourceFaults.ts";
import { entryAt, type SourceMap, type SourceNode } from "../source/tree.ts";
import { suggester } from "./didYouMean.ts";
import { type Finding, type Path, pathText } from "./fault.ts";
import { fieldsAt } from "./schemaAt.ts";
import type { Context } from "./valueFaults.ts";

/** Parts of the planned site file that this version does not serve yet. */
const laterFields: ReadonlySet<string> = new Set(["template", "overrides"]);

export function unknownFieldFindings(
  keys: readonly string[],
  path: Path,
  { tree, schema, meant }: Context,
): readonly Finding[] {
  const parent = entryAt(tree.root, path)?.node;
  const known = fieldsAt(schema, tree.root, path);
  const unwritten = known.filter((name) => parent?.kind !== "map" || !parent.entries.has(name));
  const suggest = suggester(unwritten);
  return keys.flatMap((key): readonly Finding[] => {
    const at = [...path, key];
    if (parent?.kind === "map" && parent.entries.get(key)?.isBare) {
      return cutByComma(parent, key, at);
    }
    const common = { severity: "error", code: "E017", path: at, atKey: true } as const;
    const near = suggest(key);
    if (near !== null) {
      meant.add(pathText([...path, near]));
      const value = writtenValue(parent, key, tree.text);
      return [
        {
          ...common,
          zh: `未知字段 "${short(key)}"; 您是否想写 "${near}"?`,
          en: `unknown field "${short(key)}"; did you mean "${near}"?`,
          fixZh: `改为: ${near}:${value}`,
          fixEn: `change it to: ${near}:${value}`,
        },
      ];
    }
    if (laterFields.has(key)) {
      return [
        {
          ...common,
          zh: `本版本还不支持 "${key}"`,
          en: `this version does not serve "${key}" yet`,
          fixZh: "先删除或注释掉",
          fixEn: "remove it or comment it out for now",
        },
      ];
    }
    return [
      {
        ...common,
        zh: `未知字段 "${short(key)}"`,
        en: `unknown field "${short(key)}"`,
        fixZh: `此处可用: ${known.join(", ")}`,
        fixEn: `allowed here: ${known.join(", ")}`,
      },
    ];
  });
}

/** " none" for `paritty: none`; nothing for what does not fit into a message. */
function writtenValue(parent: SourceNode | undefined, key: string, text: string): string {
  const node = parent?.kind === "map" ? parent.entries.get(key)?.node : undefined;
  return node?.kind === "scalar" && node.end > node.at
    ? ` ${short(text.slice(node.at, node.end), 90)}`
    : "";
}

/** `{ advice: 停止装卸, 撤离 }` is read as two fields. One finding for the whole run of lone words. */
function cutByComma(parent: SourceMap, key: string, path: Path): readonly Finding[] {
  const entries = [...parent.entries];
  const index = entries.findIndex(([name]) => name === key);
  const before = entries[index - 1];
  if (before?.[1].isBare) return [];
  const rest = entries.slice(index);
  const end = rest.findIndex(([, entry]) => !entry.isBare);
  const words = rest.slice(0, end === -1 ? rest.length : end).map(([name]) => name);
  const value = before?.[1].node;
  const isText = before !== undefined && value?.kind === "scalar" && value.value !== null;
  const whole = isText ? `${before[0]}: "${[String(value.value), ...words].join(", ")}"` : null;
  return [
    {
      severity: "error",
      code: "E019",
      path,
      atKey: true,
      zh: `"${short(key)}" 后面没有值: 逗号把一段文字切成了两半`,
      en: `"${short(key)}" has no value: a comma cut a text in two`,
      fixZh: whole === null ? "加引号" : `加引号: ${short(whole, 80)}`,
      fixEn: whole === null ? "add quotes" : `add quotes: ${short(whole, 80)}`,
    },
  ];
}
