/** YAML text -> source tree, by the `yaml` library. Everything a site file has no use for is refused with its place. */

import {
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type ParsedNode,
  parseDocument,
  type YAMLMap,
  type YAMLSeq,
} from "yaml";
import { fail, ok, type Result } from "../words/result.ts";
import type { Lines } from "./lines.ts";
import {
  aliasFault,
  complexKeyFault,
  deepFault,
  directiveFault,
  duplicateKeyFault,
  emptyKeyFault,
  keyNotTextFault,
  type SourceFault,
  tagFault,
} from "./sourceFaults.ts";
import { syntaxFault } from "./syntaxFaults.ts";
import { depthMax, type SourceEntry, type SourceNode } from "./tree.ts";

type Contents = ParsedNode | null;

/** @returns the tree, or all faults that can be named. `text` has no byte order mark. Never throws. */
export function readYaml(text: string, lines: Lines): Result<SourceNode, readonly SourceFault[]> {
  // Uniqueness of keys is checked below: the library's own check takes time squared.
  const document = parseDocument(text, { uniqueKeys: false, prettyErrors: false, version: "1.2" });
  const [first] = document.errors.toSorted((a, b) => a.pos[0] - b.pos[0]);
  if (first !== undefined) {
    const { code, pos, message } = first;
    return fail([syntaxFault({ code, pos, message, lines, text })]);
  }
  if (isDirective(document.directives)) return fail([directiveFault()]);
  const reader = new TreeReader(text);
  const root = reader.node(document.contents, 0, 0);
  return reader.faults.length > 0 ? fail(reader.faults) : ok(root);
}

type Directives = ReturnType<typeof parseDocument>["directives"];

/** `%YAML` or `%TAG`: the library applies them, but a site file has no use for them. */
function isDirective(directives: Directives): boolean {
  if (directives === undefined) return false;
  return directives.yaml.explicit === true || Object.keys(directives.tags).length > 1;
}

class TreeReader {
  readonly faults: SourceFault[] = [];
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** `at` is where an absent value would stand. */
  node(node: Contents, at: number, depth: number): SourceNode {
    if (node === null) return { kind: "scalar", value: null, at, end: at };
    const [start, end] = node.range;
    const empty: SourceNode = { kind: "scalar", value: null, at: start, end };
    if (isAlias(node) || node.anchor !== undefined) {
      this.faults.push(aliasFault(start, end));
      return empty;
    }
    if (node.tag !== undefined) {
      this.faults.push(tagFault(start, end));
      return empty;
    }
    if (depth >= depthMax) {
      this.faults.push(deepFault(start));
      return empty;
    }
    if (isMap(node)) return this.#map(node, depth);
    if (isSeq(node)) return this.#list(node, depth);
    return { kind: "scalar", value: scalarValue(node), at: start, end };
  }

  #list(node: YAMLSeq.Parsed, depth: number): SourceNode {
    const [at, end] = node.range;
    const items = node.items.map((item) => {
      // `[a: 1]` is a pair that the library wraps into a map; a pair itself only with pairs tags.
      return this.node(isPair(item) ? null : item, at, depth + 1);
    });
    return { kind: "list", at, end, items, value: items.map((item) => item.value) };
  }

  #map(node: YAMLMap.Parsed, depth: number): SourceNode {
    const [at, end] = node.range;
    const entries = new Map<string, SourceEntry>();
    const value: Record<string, unknown> = {};
    for (const pair of node.items) {
      const key = this.#key(pair.key);
      if (key === null) continue;
      const [keyAt, keyEnd] = pair.key?.range ?? [at, at];
      if (entries.has(key)) {
        this.faults.push(duplicateKeyFault(key, keyAt, keyEnd));
        continue;
      }
      const child = this.node(pair.value, keyEnd, depth + 1);
      entries.set(key, { keyAt, keyEnd, node: child, isBare: pair.value === null });
      value[key] = child.value;
    }
    return { kind: "map", at, end, entries, value };
  }

  /** A key as it is written, so that a tag of digits keeps its leading zeros; null when it is none. */
  #key(key: ParsedNode | null): string | null {
    if (key === null) return null;
    const [at, end] = key.range;
    if (!isScalar(key)) {
      this.faults.push(isAlias(key) ? aliasFault(at, end) : complexKeyFault(at, end));
      return null;
    }
    if (key.anchor !== undefined || key.tag !== undefined) {
      this.faults.push(key.tag === undefined ? aliasFault(at, end) : tagFault(at, end));
      return null;
    }
    const text = typeof key.value === "string" ? key.value : this.#text.slice(at, end);
    if (text === "__proto__") this.faults.push(keyNotTextFault(text, at, end));
    else if (text === "") this.faults.push(emptyKeyFault(at));
    else return text;
    return null;
  }
}

function scalarValue(node: ParsedNode): string | number | boolean | null {
  const value: unknown = isScalar(node) ? node.value : null;
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? value
    : null;
}
