/**
 * A fast reader for the plain part of YAML that large, generated site files consist of: block maps and lists,
 * `{}` and `[]`, words, numbers and quoted text on one line, comments.
 *
 * It never reports a fault. Whatever it does not know for certain (anchors, tabs, escapes, texts over several
 * lines, duplicate keys, anything wrong) makes it answer null, and the file is read by the library instead.
 * What it does accept it must read exactly as the library does: values and positions, a property test holds it to that.
 */

import { plainScalar } from "./plainScalar.ts";
import { depthMax, type SourceEntry, type SourceNode } from "./tree.ts";

/** @returns null for everything that is not plain beyond doubt. `text` has no byte order mark. */
export function readPlain(text: string): SourceNode | null {
  if (strangeSign.test(text)) return null;
  const reader = new PlainReader(text);
  const indent = reader.nextLine();
  if (indent < 0) return null;
  const root = reader.block(indent, 0);
  return root !== null && reader.isAtEnd() ? root : null;
}

/** Control signs, tabs, lone carriage returns and the line breaks of other alphabets. */
const strangeSign =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must be found
  /[\u0000-\u0009\u000b\u000c\u000e-\u001f\u007f-\u009f\u2028\u2029\ufeff]|\r(?!\n)/;
const word = /[\p{L}\p{N}_][\p{L}\p{N}_./-]{0,127}/uy;
const singleQuoted = /'(?:[^'\r\n]|'')*'/y;
const doubleQuoted = /"[^"\\\r\n]*"/y;
/** A value without quotes: begins harmlessly and goes on to the end of the line, or to a sign of a flow. */
const blockText = /(?:[^\s\-?:,[\]{}#&*!|>'"%@`]|-(?=[\p{L}\p{N}.]))[^\r\n]*/uy;
const flowText = /(?:[^\s\-?:,[\]{}#&*!|>'"%@`]|-(?=[\p{L}\p{N}.]))[^\r\n,[\]{}]*/uy;
/** Within such a value: the beginning of a comment, or another key. */
const commentStart = / #/;
const keySign = /:(?: |$)/;

class PlainReader {
  readonly #text: string;
  /** Where reading goes on. Between lines: the first sign of the next line that is not blank. */
  #at = 0;
  /** Indent of the line that `#at` begins; -1 at the end of the text. */
  #indent = -1;

  constructor(text: string) {
    this.#text = text;
  }

  isAtEnd(): boolean {
    return this.#indent === -1;
  }

  /**
   * From the beginning of a line: on to the next line with content.
   * @returns its indent, -1 at the end of the text, -2 for a line that begins a document or directive
   */
  nextLine(): number {
    const text = this.#text;
    for (;;) {
      const start = this.#at;
      this.#spaces();
      const sign = text[this.#at];
      if (sign === undefined) {
        this.#indent = -1;
        return -1;
      }
      if (sign === "#") this.#toLineEnd();
      if (this.#lineBreak() || this.#at === text.length) continue;
      this.#indent = this.#at - start;
      if (this.#indent === 0 && /^(?:---|\.\.\.|%)/.test(text.slice(start, start + 3))) {
        this.#indent = -2;
      }
      return this.#indent;
    }
  }

  /** The map or list that begins here. Leaves the reader at the first line that does not belong to it. */
  block(indent: number, depth: number): SourceNode | null {
    if (depth >= depthMax) return null;
    return this.#isDash() ? this.#blockList(indent, depth) : this.#blockMap(indent, depth);
  }

  #blockMap(indent: number, depth: number): SourceNode | null {
    const at = this.#at;
    const entries = new Map<string, SourceEntry>();
    const value: Record<string, unknown> = {};
    let end = at;
    for (;;) {
      const keyAt = this.#at;
      const key = this.#key();
      const keyEnd = this.#at;
      if (key === null || entries.has(key) || !this.#colon()) return null;
      const node = this.#blockValue({ indent, depth, keyEnd });
      if (node === null) return null;
      entries.set(key, { keyAt, keyEnd, node, isBare: false });
      value[key] = node.value;
      end = node.end;
      if (this.#indent < indent) return { kind: "map", at, end, entries, value };
      if (this.#indent > indent) return null;
    }
  }

  /** What follows `key:`, on this line or below. */
  #blockValue(place: {
    readonly indent: number;
    readonly depth: number;
    readonly keyEnd: number;
  }): SourceNode | null {
    const { indent, depth, keyEnd } = place;
    if (!this.#endOfLine()) {
      const node = this.#inline(indent, depth + 1);
      return node !== null && this.#endOfLine() ? node : null;
    }
    if (this.#indent > indent) return this.block(this.#indent, depth + 1);
    // A list may stand as far left as its key.
    if (this.#indent === indent && this.#isDash()) return this.block(indent, depth + 1);
    return { kind: "scalar", value: null, at: keyEnd, end: keyEnd };
  }

  #blockList(indent: number, depth: number): SourceNode | null {
    const at = this.#at;
    const items: SourceNode[] = [];
    do {
      if (!this.#isDash()) break;
      const dashAt = this.#at;
      this.#at += 1;
      this.#spaces();
      const node = this.#listItem(indent + this.#at - dashAt, depth + 1);
      if (node === null) return null;
      items.push(node);
    } while (this.#indent === indent);
    if (this.#indent > indent) return null;
    const end = items.at(-1)?.end ?? at;
    return { kind: "list", at, end, items, value: items.map((item) => item.value) };
  }

  /** `- key: ...` begins a map whose indent is that of its first key. */
  #listItem(column: number, depth: number): SourceNode | null {
    const start = this.#at;
    if (this.#key() !== null && this.#colon()) {
      this.#at = start;
      return depth >= depthMax ? null : this.#blockMap(column, depth);
    }
    this.#at = start;
    const node = this.#inline(column - 1, depth);
    return node !== null && this.#endOfLine() ? node : null;
  }

  /** A value that begins on this line: flow, quoted or plain. */
  #inline(indent: number, depth: number): SourceNode | null {
    const sign = this.#text[this.#at];
    if (sign === "{" || sign === "[") return this.#flow(indent, depth);
    return this.#scalar(blockText);
  }

  #flow(indent: number, depth: number): SourceNode | null {
    if (depth >= depthMax) return null;
    const isMap = this.#text[this.#at] === "{";
    return isMap ? this.#flowMap(indent, depth) : this.#flowList(indent, depth);
  }

  #flowMap(indent: number, depth: number): SourceNode | null {
    const at = this.#at;
    const entries = new Map<string, SourceEntry>();
    const value: Record<string, unknown> = {};
    this.#at += 1;
    for (;;) {
      if (!this.#flowSpace(indent)) return null;
      if (this.#take("}")) return { kind: "map", at, end: this.#at, entries, value };
      const keyAt = this.#at;
      const key = this.#key();
      const keyEnd = this.#at;
      if (key === null || entries.has(key) || !this.#colon()) return null;
      if (!this.#flowSpace(indent)) return null;
      const node = this.#flowValue(indent, depth);
      if (node === null) return null;
      entries.set(key, { keyAt, keyEnd, node, isBare: false });
      value[key] = node.value;
      if (!this.#comma("}", indent)) return null;
    }
  }

  #flowList(indent: number, depth: number): SourceNode | null {
    const at = this.#at;
    const items: SourceNode[] = [];
    this.#at += 1;
    for (;;) {
      if (!this.#flowSpace(indent)) return null;
      if (this.#take("]")) {
        return { kind: "list", at, end: this.#at, items, value: items.map((item) => item.value) };
      }
      const node = this.#flowValue(indent, depth);
      if (node === null) return null;
      items.push(node);
      if (!this.#comma("]", indent)) return null;
    }
  }

  /** After an entry: a comma, or the closing bracket, which stays. */
  #comma(closing: string, indent: number): boolean {
    if (!this.#flowSpace(indent)) return false;
    return this.#take(",") || this.#text[this.#at] === closing;
  }

  #flowValue(indent: number, depth: number): SourceNode | null {
    const sign = this.#text[this.#at];
    if (sign === "{" || sign === "[") return this.#flow(indent, depth + 1);
    return this.#scalar(flowText);
  }

  #scalar(form: RegExp): SourceNode | null {
    const at = this.#at;
    if (this.#text[at] === '"' || this.#text[at] === "'") {
      const value = this.#quotedText();
      return value === null ? null : { kind: "scalar", value, at, end: this.#at };
    }
    const found = this.#match(form);
    if (found === null) return null;
    const comment = commentStart.exec(found);
    const text = (comment === null ? found : found.slice(0, comment.index)).replace(/ +$/, "");
    // In a flow, a colon before a sign of the flow ends a key as well.
    if (keySign.test(text) || text.endsWith(":")) return null;
    if (comment !== null && form === flowText) return null;
    this.#at = at + text.length;
    return { kind: "scalar", value: plainScalar(text), at, end: this.#at };
  }

  #quotedText(): string | null {
    if (this.#text[this.#at] === '"') return this.#match(doubleQuoted)?.slice(1, -1) ?? null;
    return this.#match(singleQuoted)?.slice(1, -1).replaceAll("''", "'") ?? null;
  }

  /** A name of harmless letters, or quoted. */
  #key(): string | null {
    const sign = this.#text[this.#at];
    const key = sign === '"' || sign === "'" ? this.#quotedText() : this.#match(word);
    return key === "" || key === "__proto__" || (key?.length ?? 0) > 128 ? null : key;
  }

  /** The colon after a key and what separates it from the value; a line break stays. */
  #colon(): boolean {
    this.#spaces();
    if (!this.#take(":")) return false;
    const next = this.#text[this.#at];
    if (next !== " " && next !== "\n" && next !== "\r" && next !== undefined) return false;
    this.#spaces();
    return true;
  }

  /** Whether only a comment is left of this line; if so, goes on to the next line with content. */
  #endOfLine(): boolean {
    const start = this.#at;
    this.#spaces();
    if (this.#text[this.#at] === "#" && this.#text[this.#at - 1] === " ") this.#toLineEnd();
    if (this.#at < this.#text.length && !this.#lineBreak()) {
      this.#at = start;
      return false;
    }
    this.nextLine();
    return true;
  }

  /** Blanks and line breaks within a flow; its later lines must stand to the right of `indent`. */
  #flowSpace(indent: number): boolean {
    this.#spaces();
    if (this.#text[this.#at] === "#") return false;
    if (!this.#lineBreak()) return true;
    return this.nextLine() > Math.max(indent, 0);
  }

  #isDash(): boolean {
    return this.#text[this.#at] === "-" && this.#text[this.#at + 1] === " ";
  }

  #spaces(): void {
    while (this.#text.charCodeAt(this.#at) === 32) this.#at += 1;
  }

  #toLineEnd(): void {
    const end = this.#text.indexOf("\n", this.#at);
    this.#at = end === -1 ? this.#text.length : end;
  }

  #lineBreak(): boolean {
    if (this.#text[this.#at] === "\r") this.#at += 1;
    return this.#take("\n");
  }

  #take(sign: string): boolean {
    if (this.#text[this.#at] !== sign) return false;
    this.#at += 1;
    return true;
  }

  #match(form: RegExp): string | null {
    form.lastIndex = this.#at;
    const found = form.exec(this.#text)?.[0] ?? null;
    if (found !== null) this.#at += found.length;
    return found;
  }
}
