/** Rows as text: CSV by RFC 4180, or JSON Lines (pure). */

import type { Row } from "./exportTable.ts";

export const exportFormats = ["csv", "jsonl"] as const;
export type ExportFormat = (typeof exportFormats)[number];

export interface RowText {
  /** Comes first; may be empty. */
  readonly head: string;
  /** With its line end. */
  row(cells: Row): string;
}

/** So that Excel reads UTF-8 as UTF-8. */
const byteOrderMark = "\ufeff";
/** A spreadsheet would take such a text for a formula; full-width signs too, where an input method offers them. */
const formulaLike = /^(?:[=@\t\r＝＠]|[+\-＋－].)/;
const needsQuotes = /[",\r\n]/;

export function csvText(names: readonly string[], isForExcel: boolean): RowText {
  const row = (cells: Row): string => `${cells.map(csvCell).join(",")}\r\n`;
  return { head: `${isForExcel ? byteOrderMark : ""}${row(names)}`, row };
}

export function jsonLinesText(names: readonly string[]): RowText {
  const keys = names.map((name) => `${JSON.stringify(name)}:`);
  return {
    head: "",
    row: (cells) => `{${keys.map((key, i) => key + JSON.stringify(cells[i] ?? null)).join(",")}}\n`,
  };
}

/** Nothing is an empty cell, never a 0. A text that looks like a formula gets an apostrophe before it. */
function csvCell(cell: unknown): string {
  if (cell === null || cell === undefined) return "";
  if (typeof cell === "number" || typeof cell === "boolean") return String(cell);
  const text = typeof cell === "string" ? cell : JSON.stringify(cell);
  const safe = formulaLike.test(text) ? `'${text}` : text;
  return needsQuotes.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
