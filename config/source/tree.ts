/** A file as read: plain values for the schema, and where in the text each one stands. */

import type { Path, Place } from "../faults/fault.ts";
import type { Lines } from "./lines.ts";

interface Span {
  /** Offset of the first character. */
  readonly at: number;
  /** Offset after the last character. */
  readonly end: number;
}

export type Scalar = string | number | boolean | null;

export type SourceNode = Span &
  (
    | { readonly kind: "scalar"; readonly value: Scalar }
    | { readonly kind: "list"; readonly value: unknown[]; readonly items: readonly SourceNode[] }
    | {
        readonly kind: "map";
        readonly value: Record<string, unknown>;
        readonly entries: ReadonlyMap<string, SourceEntry>;
      }
  );

export type SourceMap = Extract<SourceNode, { kind: "map" }>;

export interface SourceEntry {
  readonly keyAt: number;
  readonly keyEnd: number;
  readonly node: SourceNode;
  /** A lone word in `{...}`: no colon was written. Mostly half of a text that a comma cut in two. */
  readonly isBare: boolean;
}

/** A map or list deeper than this is no site file; the site's own shape needs 8. */
export const depthMax = 32;

export interface SourceTree {
  readonly root: SourceNode;
  readonly lines: Lines;
  readonly text: string;
}

/** The entry or item at `path`, or null when the file does not hold it. */
export function entryAt(root: SourceNode, path: Path): SourceEntry | null {
  let entry: SourceEntry = { keyAt: root.at, keyEnd: root.at, node: root, isBare: false };
  for (const step of path) {
    const next = stepInto(entry.node, step);
    if (next === null) return null;
    entry = next;
  }
  return entry;
}

function stepInto(node: SourceNode, step: string | number): SourceEntry | null {
  if (node.kind === "map") return node.entries.get(String(step)) ?? null;
  if (node.kind !== "list" || typeof step !== "number") return null;
  const item = node.items[step];
  return item === undefined
    ? null
    : { keyAt: item.at, keyEnd: item.end, node: item, isBare: false };
}

/**
 * Where `path` stands, or the nearest part of it that the file holds.
 * A scalar or list is marked itself; a map, and anything asked `atKey`, by its key.
 */
export function placeOf(tree: SourceTree, path: Path, atKey: boolean): Place {
  for (let depth = path.length; depth >= 0; depth -= 1) {
    const entry = entryAt(tree.root, path.slice(0, depth));
    if (entry === null) continue;
    const { node, keyAt, keyEnd } = entry;
    const isValue = node.kind !== "map" && node.end > node.at && !atKey && depth === path.length;
    return isValue ? tree.lines.place(node.at, node.end) : tree.lines.place(keyAt, keyEnd);
  }
  return tree.lines.place(0);
}
