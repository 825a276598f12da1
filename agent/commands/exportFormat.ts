/** Rows as text: CSV by RFC 4180, or JSON Lines (pure). */

import { byteOrderMark, csvRow } from "../../config/words/csv.ts";
import type { Row } from "./exportTable.ts";

export const exportFormats = ["csv", "jsonl"] as const;
export type ExportFormat = (typeof exportFormats)[number];

export interface RowText {
  /** Comes first; may be empty. */
  readonly head: string;
  /** With its line end. */
  row(cells: Row): string;
}

export function csvText(names: readonly string[], isForExcel: boolean): RowText {
  return { head: `${isForExcel ? byteOrderMark : ""}${csvRow(names)}`, row: csvRow };
}

export function jsonLinesText(names: readonly string[]): RowText {
  const keys = names.map((name) => `${JSON.stringify(name)}:`);
  return {
    head: "",
    row: (cells) => `{${keys.map((key, i) => key + JSON.stringify(cells[i] ?? null)).join(",")}}\n`,
  };
}
