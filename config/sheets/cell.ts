/** A sheet as it was read, before anybody knows what its columns mean; and how a cell is named and read. Pure. */

/** What stands in a cell and cannot be a value: a date that Excel made, or a formula's error. */
export interface BrokenCell {
  readonly broken: "date" | "error";
  readonly shown: string;
}

export type Cell = string | number | boolean | null | BrokenCell;

/** Rows and columns count from 0; both ends belong to it. */
export interface Merge {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

export interface Sheet {
  readonly name: string;
  /** Row 0 is line 1 of the sheet. Rows may be of different length. */
  readonly rows: readonly (readonly Cell[])[];
  readonly merges: readonly Merge[];
  /** Rows that the sheet does not show. */
  readonly hiddenRows: readonly number[];
}

/** `Sheet1!D17`. */
export function cellName(sheet: string, row: number, column: number): string {
  return `${sheet}!${columnLetters(column)}${row + 1}`;
}

export function columnLetters(column: number): string {
  const letter = String.fromCharCode(65 + (column % 26));
  return column < 26 ? letter : columnLetters(Math.floor(column / 26) - 1) + letter;
}

/** Full-width letters, digits and signs of an input method become plain ones; `℃` and `m³` stay. */
export function halfWidth(text: string): string {
  return text
    .replace(/[\uff01-\uff5e]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) - 0xfee0))
    .replace(/[\u3000\u00a0]/g, " ")
    .replace(/[\u2010-\u2015\u2212]/g, "-")
    .replace(/[\u200b-\u200f\ufeff]/g, "");
}

const nothing: ReadonlySet<string> = new Set([
  "",
  "-",
  "--",
  "/",
  "\\",
  "无",
  "n/a",
  "na",
  "none",
  "null",
]);

/** The text of a cell, half-width, on one line; empty for an empty cell and for the signs that mean nothing. */
export function cellText(cell: Cell | undefined): string {
  if (cell === null || cell === undefined) return "";
  if (typeof cell === "object") return cell.shown;
  const text = halfWidth(String(cell)).replace(/\s+/g, " ").trim();
  return nothing.has(text.toLowerCase()) ? "" : text;
}

/** Every cell of a merged block gets the value that the block shows. */
export function fillMerges(sheet: Sheet): Sheet {
  if (sheet.merges.length === 0) return sheet;
  const rows = sheet.rows.map((row) => [...row]);
  for (const merge of sheet.merges) {
    const value = rows[merge.top]?.[merge.left] ?? null;
    for (const row of rows.slice(merge.top, merge.bottom + 1)) fill(row, merge, value);
  }
  return { ...sheet, rows };
}

function fill(row: Cell[], { left, right }: Merge, value: Cell): void {
  while (row.length <= right) row.push(null);
  row.fill(value, left, right + 1);
}
