/** Offsets in a text -> lines and columns. Pure. */

import type { Place } from "../faults/fault.ts";

export interface Lines {
  readonly count: number;
  /** The place of `from`, marked up to `to` or to the end of its line. Offsets outside are brought inside. */
  place(from: number, to?: number): Place;
  /** Text of a line, counted from 1, without its line break. Empty outside the text. */
  text(line: number): string;
}

export function linesOf(text: string): Lines {
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) {
    starts.push(at + 1);
  }
  const lineText = (line: number): string => {
    const start = starts[line - 1];
    if (start === undefined) return "";
    const end = (starts[line] ?? text.length + 1) - 1;
    return text.slice(start, text[end - 1] === "\r" && end > start ? end - 1 : end);
  };
  return {
    count: starts.length,
    text: lineText,
    place(from, to = from) {
      const offset = Math.max(0, Math.min(from, text.length));
      const line = lineAt(starts, offset);
      const start = starts[line - 1] ?? 0;
      const width = lineText(line).length;
      const column = Math.min(offset - start, width);
      const length = Math.max(0, Math.min(to - start, width) - column);
      return { line, column: column + 1, length };
    },
  };
}

/** The last line that starts at or before `offset`, counted from 1. */
function lineAt(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low + 1;
}
