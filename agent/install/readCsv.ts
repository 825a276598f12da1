/** Bytes of a CSV file -> a sheet. UTF-8 first, else GB 18030 as Chinese Excel saves it; comma, semicolon or tab. Pure. */

import type { Sheet } from "../../config/sheets/cell.ts";
import { type Word, word } from "../../config/words/bilingual.ts";
import { fail, ok, type Result } from "../../config/words/result.ts";
import { sheetBounds } from "./sheetBounds.ts";

/** Never throws. `name` stands for the sheet in messages. */
export function readCsv(bytes: Buffer, name: string): Result<Sheet, Word> {
  const text = decoded(bytes);
  if (text === null || text.includes("\0")) return fail(noText);
  const rows = csvRows(text, separatorOf(text));
  if (rows === null) return fail(tooMany);
  return ok({ name, rows, merges: [], hiddenRows: [] });
}

function decoded(bytes: Buffer): string | null {
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? ["utf-16le"] : ["utf-8", "gb18030"];
  for (const label of encoding) {
    try {
      return new TextDecoder(label, { fatal: true }).decode(bytes);
    } catch {
      // The next one is tried.
    }
  }
  return null;
}

/** The one that stands most often in the first lines, outside quotes. */
function separatorOf(text: string): string {
  const start = text.slice(0, 4_096).replace(/"[^"]*"/g, "");
  const count = (sign: string): number => start.split(sign).length;
  return [",", ";", "\t"].reduce((best, sign) => (count(sign) > count(best) ? sign : best));
}

/** RFC 4180, forgiving a quote within a cell. Null: beyond the bounds. */
function csvRows(text: string, separator: string): readonly (readonly string[])[] | null {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = 0;
  while (at < text.length) {
    const cell = text[at] === '"' ? quoted(text, at) : bare(text, at, separator);
    row.push(cell.text);
    at = cell.end;
    if (text[at] === separator) {
      at += 1;
      if (at === text.length) row.push("");
      continue;
    }
    at += text.startsWith("\r\n", at) ? 2 : 1;
    rows.push(row);
    if (rows.length > sheetBounds.rowsMax || row.length > sheetBounds.columnsMax) return null;
    row = [];
  }
  if (row.length > 0) rows.push(row);
  return rows;
}

interface Piece {
  readonly text: string;
  /** Where the separator or the line's end stands. */
  readonly end: number;
}

function bare(text: string, from: number, separator: string): Piece {
  let end = from;
  while (
    end < text.length &&
    !(text[end] === separator || text[end] === "\n" || text[end] === "\r")
  )
    end += 1;
  return { text: unguarded(text.slice(from, end)), end };
}

function quoted(text: string, from: number): Piece {
  let end = from + 1;
  while (end < text.length) {
    if (text[end] !== '"') end += 1;
    else if (text[end + 1] === '"') end += 2;
    else break;
  }
  const inner = unguarded(text.slice(from + 1, end).replaceAll('""', '"'));
  let next = end + 1;
  while (next < text.length && !/[,;\t\r\n]/.test(text[next] ?? "")) next += 1;
  return { text: inner, end: next };
}

/** The apostrophe that our own export puts before what a spreadsheet would take for a formula. */
function unguarded(text: string): string {
  return /^'[=@+\-\t\r＝＠＋－]/.test(text) ? text.slice(1) : text;
}

const noText = word("不是文本文件, 也不是 .xlsx", "this is no text, and no .xlsx");
const tooMany = word(
  `超过 ${sheetBounds.rowsMax} 行或 ${sheetBounds.columnsMax} 列, 不读`,
  `it has more than ${sheetBounds.rowsMax} rows or ${sheetBounds.columnsMax} columns and is not read`,
);
