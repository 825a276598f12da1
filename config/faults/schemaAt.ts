/** What the site's schema allows at a path of a file. Pure. */

import type { JsonSchema } from "../jsonSchema.ts";
import type { SourceNode } from "../source/tree.ts";
import type { Path } from "./fault.ts";

/** All forms allowed at `path`; the value's own `type` field chooses among kinds of bus or uplink. */
export function schemasAt(schema: JsonSchema, root: SourceNode, path: Path): readonly JsonSchema[] {
  let forms = formsOf(schema, root);
  let node: SourceNode | undefined = root;
  for (const step of path) {
    node = childOf(node, step);
    const child: SourceNode | undefined = node;
    forms = forms.flatMap((form) => stepInto(form, step)).flatMap((form) => formsOf(form, child));
  }
  return forms;
}

/** The names of all fields that may stand in the map at `path`. */
export function fieldsAt(schema: JsonSchema, root: SourceNode, path: Path): readonly string[] {
  const names = schemasAt(schema, root, path).flatMap((form) => Object.keys(form.properties ?? {}));
  return [...new Set(names)];
}

function childOf(node: SourceNode | undefined, step: string | number): SourceNode | undefined {
  if (node?.kind === "map") return node.entries.get(String(step))?.node;
  return node?.kind === "list" && typeof step === "number" ? node.items[step] : undefined;
}

function stepInto(form: JsonSchema, step: string | number): readonly JsonSchema[] {
  if (typeof step === "number") {
    const items = form.items ?? [];
    return isList(items) ? [items[step]].filter((item) => item !== undefined) : [items];
  }
  const properties = form.properties ?? {};
  if (Object.hasOwn(properties, step))
    return [properties[step]].filter((item) => item !== undefined);
  return typeof form.additionalProperties === "object" ? [form.additionalProperties] : [];
}

function isList(items: JsonSchema | readonly JsonSchema[]): items is readonly JsonSchema[] {
  return Array.isArray(items);
}

function formsOf(schema: JsonSchema, node: SourceNode | undefined): readonly JsonSchema[] {
  const forms = schema.anyOf ?? schema.oneOf;
  if (forms === undefined) return [schema];
  const type = node?.kind === "map" ? node.value["type"] : undefined;
  const chosen = forms.filter((form) => form.properties?.["type"]?.const === type);
  return type !== undefined && chosen.length > 0 ? chosen : forms;
}
