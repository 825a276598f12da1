/** Reading in the tree that the XML library makes of an answer. Nothing in it is trusted to be there (pure). */

/** An element: text, or an object of arrays of elements with `$` (attributes) and `_` (text). */
export type SoapNode = unknown;

const textLengthMax = 2_048;

/** All elements of this name, in order. */
export function children(node: SoapNode, name: string): readonly SoapNode[] {
  if (typeof node !== "object" || node === null || !Object.hasOwn(node, name)) return [];
  const found: unknown = Reflect.get(node, name);
  return Array.isArray(found) ? found : [];
}

/** The first element along a path of names; undefined where it ends. */
export function child(node: SoapNode, ...path: readonly string[]): SoapNode {
  return path.reduce<SoapNode>((at, name) => children(at, name)[0], node);
}

/** Names of the elements below. */
export function childNames(node: SoapNode): readonly string[] {
  if (typeof node !== "object" || node === null) return [];
  return Object.keys(node).filter((name) => name !== "$" && name !== "_");
}

/** Its text on one line, without control characters; null when it has none. */
export function text(node: SoapNode): string | null {
  const raw = typeof node === "string" ? node : own(node, "_");
  return typeof raw === "string" ? oneLine(raw) : null;
}

export function attribute(node: SoapNode, name: string): string | null {
  const value = own(own(node, "$"), name);
  return typeof value === "string" ? oneLine(value) : null;
}

/** A finite number of plain decimal digits, or null. */
export function number(node: SoapNode): number | null {
  const written = text(node);
  return written !== null && /^-?\d{1,15}(\.\d{1,9})?$/.test(written) ? Number(written) : null;
}

/** Control, direction and line characters would let a camera write over a terminal or a log. */
export function oneLine(raw: string): string | null {
  const line = raw
    .slice(0, textLengthMax)
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu, " ")
    .trim();
  return line === "" ? null : line;
}

function own(node: unknown, key: string): unknown {
  return typeof node === "object" && node !== null && Object.hasOwn(node, key)
    ? Reflect.get(node, key)
    : undefined;
}
