/** A table as CSV by RFC 4180, safe for spreadsheets (pure). */

/** So that spreadsheets, also the Chinese ones, read UTF-8 as UTF-8. */
export const byteOrderMark = "\ufeff";
/** A spreadsheet would take such a text for a formula; full-width signs too, where an input method offers them. */
const formulaLike = /^(?:[=@\t\r＝＠]|[+\-＋－].)/;
const needsQuotes = /[",\r\n]/;

/** One line with its end. Nothing is an empty cell, never a 0; what is no text, number or claim is written as JSON. */
export function csvRow(cells: readonly unknown[]): string {
  return `${cells.map(csvCell).join(",")}\r\n`;
}

/** A text that looks like a formula gets an apostrophe before it. */
function csvCell(cell: unknown): string {
  if (cell === null || cell === undefined) return "";
  if (typeof cell === "number" || typeof cell === "boolean") return String(cell);
  const text = typeof cell === "string" ? cell : JSON.stringify(cell);
  const safe = formulaLike.test(text) ? `'${text}` : text;
  return needsQuotes.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
