/**
 * Edits of a site file that leave every other byte, with its comments, as it was. The `yaml` library's document says
 * where each node stands; the text is changed there. (Its own `toString` moves comments and respaces lists.) Pure.
 */

import {
  isMap,
  isNode,
  isScalar,
  isSeq,
  type Pair,
  parseDocument,
  type YAMLMap,
  type YAMLSeq,
} from "yaml";
import type { Path } from "../faults/fault.ts";
import { invariant } from "../words/result.ts";
import type { Edit } from "./edit.ts";
import { blockText, flowText, keyText } from "./yamlText.ts";

interface Splice {
  readonly from: number;
  readonly to: number;
  readonly text: string;
  /** Of new lines: their indent. What is deeper comes first where two maps end at one place. */
  readonly depth: number;
  /** Later additions at one place come after earlier ones. */
  readonly order: number;
}

/** `text` must be a well-formed site file. @returns the new text. */
export function editYaml(text: string, edits: readonly Edit[]): string {
  const whole = text.endsWith("\n") ? text : `${text}\n`;
  const editor = new Editor(whole);
  for (const edit of edits) editor.apply(edit);
  return editor.text();
}

type Collection = YAMLMap | YAMLSeq;

class Editor {
  readonly #text: string;
  readonly #root: unknown;
  readonly #splices: Splice[] = [];
  /** Entries that are to go, by their collection. */
  readonly #removed = new Map<Collection, Set<unknown>>();
  readonly #added = new Map<Collection, number>();
  readonly #index = new Map<YAMLMap, Map<string, Pair>>();

  constructor(text: string) {
    this.#text = text;
    this.#root = parseDocument(text, { uniqueKeys: false, version: "1.2" }).contents;
  }

  apply(edit: Edit): void {
    const parent = this.#node(edit.path.slice(0, -1));
    const key = edit.path.at(-1);
    if (edit.do === "append") {
      const list = this.#node(edit.path);
      if (isSeq(list)) this.#insert(list, flowText(edit.value), edit.value);
      else this.#setIn(parent, key, [edit.value]);
    } else if (edit.do === "set") this.#setIn(parent, key, edit.value);
    else this.#remove(parent, key);
  }

  text(): string {
    for (const [collection, gone] of this.#removed) this.#takeOut(collection, gone);
    let text = this.#text;
    const backwards = this.#splices.toSorted(
      (a, b) => b.from - a.from || b.to - a.to || a.depth - b.depth || b.order - a.order,
    );
    const pieces: string[] = [];
    let end = text.length;
    for (const { from, to, text: piece } of backwards) {
      pieces.push(text.slice(to, end), piece);
      end = from;
    }
    text = text.slice(0, end);
    return text + pieces.reverse().join("");
  }

  #setIn(parent: unknown, key: Path[number] | undefined, value: unknown): void {
    if (isSeq(parent) && typeof key === "number") {
      this.#replace(parent.items[key], value);
      return;
    }
    invariant(isMap(parent) && key !== undefined, "a site file is edited in its maps");
    const pair = this.#pair(parent, String(key));
    if (pair === undefined) {
      this.#insert(parent, `${keyText(String(key))}: ${flowText(value)}`, { [String(key)]: value });
    } else if (isNode(pair.value) && !isEmpty(pair.value)) this.#replace(pair.value, value);
    else this.#fillEmpty(pair, value);
  }

  #replace(node: unknown, value: unknown): void {
    const [from, to] = this.#span(node);
    this.#splice(from, to, flowText(value));
  }

  /** `key:` and `key: null`. */
  #fillEmpty(pair: Pair, value: unknown): void {
    const [, keyEnd] = rangeOf(pair.key);
    const colon = this.#text.indexOf(":", keyEnd) + 1;
    const node = pair.value;
    const written = isNode(node) ? this.#span(node) : [colon, colon];
    const isWritten = (written[1] ?? 0) > (written[0] ?? 0);
    if (isWritten) this.#splice(written[0] ?? colon, written[1] ?? colon, flowText(value));
    else this.#splice(colon, colon, ` ${flowText(value)}`);
  }

  #insert(collection: Collection, flow: string, value: unknown): void {
    const [from, to] = rangeOf(collection);
    const count = this.#added.get(collection) ?? 0;
    this.#added.set(collection, count + 1);
    if (collection.flow === true) {
      const isFirst = collection.items.length === 0 && count === 0;
      if (collection.items.length === 0 && isMap(collection) && this.#isTop(collection)) {
        // `points: {}`: its entries are many, and go onto lines of their own.
        if (isFirst) this.#splice(this.#trimmed(from), to, "");
        const next = this.#lineAfter(to);
        this.#splice(next, next, blockText(value, "  "), 2);
        return;
      }
      const end = this.#text.lastIndexOf(isMap(collection) ? "}" : "]", to);
      const at = this.#trimmed(end);
      this.#splice(at, at, isFirst ? flow : `, ${flow}`);
      return;
    }
    const at = this.#lineAfter(this.#trimmed(to));
    const indent = " ".repeat(from - this.#lineStart(from));
    const text = isMap(collection) ? blockText(value, indent) : `${indent}- ${flow}\n`;
    this.#splice(at, at, text, indent.length);
  }

  #isTop(collection: Collection): boolean {
    return isMap(this.#root) && this.#root.items.some(({ value }) => value === collection);
  }

  #remove(parent: unknown, key: Path[number] | undefined): void {
    if (!isMap(parent) && !isSeq(parent)) return;
    const item = isMap(parent) ? this.#pair(parent, String(key)) : parent.items[Number(key)];
    if (item === undefined) return;
    const gone = this.#removed.get(parent) ?? new Set();
    gone.add(item);
    this.#removed.set(parent, gone);
  }

  #takeOut(collection: Collection, gone: ReadonlySet<unknown>): void {
    const kept = collection.items.filter((item) => !gone.has(item));
    const isEmptied = kept.length === 0 && !this.#added.has(collection);
    if (isEmptied || (collection.flow === true && !this.#added.has(collection))) {
      // A list in brackets is short: written anew from what stays.
      const parts = kept.map((item) => this.#text.slice(...this.#span(item)));
      const [open, close] = isMap(collection) ? ["{ ", " }"] : ["[", "]"];
      const text =
        kept.length === 0 ? (isMap(collection) ? "{}" : "[]") : open + parts.join(", ") + close;
      const [from, to] = this.#span(collection);
      this.#splice(from, to, text);
      return;
    }
    for (const item of gone) this.#takeOutOne(collection, item);
  }

  #takeOutOne(collection: Collection, item: unknown): void {
    const [from, to] = this.#span(item);
    if (collection.flow === true) {
      const after = /^\s*,\s*/.exec(this.#text.slice(to))?.[0].length ?? 0;
      this.#splice(from, to + after, "");
      return;
    }
    this.#splice(this.#lineStart(from), this.#lineAfter(to), "");
  }

  #splice(from: number, to: number, text: string, depth = 0): void {
    this.#splices.push({ from, to, text, depth, order: this.#splices.length });
  }

  /** Of a node or a pair, without blanks and comments behind it. */
  #span(item: unknown): [number, number] {
    if (isNode(item)) {
      const [from, to] = rangeOf(item);
      return [from, this.#trimmed(to)];
    }
    const { key, value } = item as Pair;
    const [from, keyEnd] = rangeOf(key);
    const colon = this.#text.indexOf(":", keyEnd) + 1;
    return [from, isNode(value) ? Math.max(colon, this.#span(value)[1]) : colon];
  }

  #trimmed(to: number): number {
    return this.#text.slice(0, to).trimEnd().length;
  }

  #lineStart(at: number): number {
    return this.#text.lastIndexOf("\n", at - 1) + 1;
  }

  #lineAfter(at: number): number {
    return this.#text.indexOf("\n", at) + 1;
  }

  #node(path: Path): unknown {
    return path.reduce<unknown>((node, step) => {
      if (isMap(node)) return this.#pair(node, String(step))?.value;
      return isSeq(node) ? node.items[Number(step)] : undefined;
    }, this.#root);
  }

  #pair(map: YAMLMap, key: string): Pair | undefined {
    const index =
      this.#index.get(map) ?? new Map(map.items.map((pair) => [keyOf(pair, this.#text), pair]));
    this.#index.set(map, index);
    return index.get(key);
  }
}

function keyOf({ key }: Pair, text: string): string {
  if (isScalar(key) && typeof key.value === "string") return key.value;
  return text.slice(...rangeOf(key));
}

function isEmpty(node: unknown): boolean {
  return isScalar(node) && node.value === null;
}

function rangeOf(node: unknown): [number, number] {
  const range = isNode(node) ? node.range : null;
  invariant(range !== null && range !== undefined, "a parsed node knows its place");
  return [range[0], range[1]];
}
