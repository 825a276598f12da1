/** An .xlsx file -> its sheets. What it would take is looked at first; merged and hidden parts are read beside the values. */

import readXlsxFile, { type SheetData } from "read-excel-file/node";
import type { Cell, Merge, Sheet } from "../../config/sheets/cell.ts";
import { type Word, word } from "../../config/words/bilingual.ts";
import { fail, ok, type Result } from "../../config/words/result.ts";
import { sheetBounds } from "./sheetBounds.ts";
import { unzip, type ZipFault, zipEntries, zipStored } from "./zipFile.ts";

/** Never throws. */
export async function readXlsx(file: Buffer): Promise<Result<readonly Sheet[], Word>> {
  const entries = zipEntries(file, sheetBounds);
  if (!entries.ok) return fail(zipWords[entries.error]);
  const names = new Set(entries.value.map(({ name }) => name));
  if ([...names].some((name) => /vbaProject\.bin$/i.test(name))) return fail(macroWords);
  if (!names.has("xl/workbook.xml")) return fail(noWorkbook);
  const wanted = entries.value.filter(({ name }) =>
    /^xl\/(workbook|sharedStrings|styles|worksheets\/[^/]+|_rels\/workbook)\.xml(\.rels)?$/.test(
      name,
    ),
  );
  const files = unzip(file, wanted, sheetBounds);
  if (!files.ok) return fail(zipWords[files.error]);
  const parts = sheetParts(files.value);
  const wide = [...parts.values()].find(
    ({ extent }) => extent.rows > sheetBounds.rowsMax || extent.columns > sheetBounds.columnsMax,
  );
  if (wide !== undefined) return fail(tooManyCells(wide.extent));
  try {
    const sheets = await readXlsxFile(zipStored(files.value));
    return ok(
      sheets.map(({ sheet, data }) => ({
        name: sheet,
        rows: cellsOf(data, parts.get(sheet)?.errors ?? []),
        merges: parts.get(sheet)?.merges ?? [],
        hiddenRows: parts.get(sheet)?.hiddenRows ?? [],
      })),
    );
  } catch (error) {
    return fail(unreadable(error instanceof Error ? error.message : String(error)));
  }
}

/** The library leaves a formula's error out, as if the cell were empty. */
function cellsOf(data: SheetData, errors: readonly ErrorCell[]): readonly (readonly Cell[])[] {
  const rows = data.map((row) => row.map(cellOf));
  for (const { row, column, shown } of errors) {
    const cells = rows[row];
    if (cells !== undefined) cells[column] = { broken: "error", shown };
  }
  return rows.map((row) => Array.from(row, (cell) => cell ?? null));
}

function cellOf(value: unknown): Cell {
  if (value instanceof Date) return { broken: "date", shown: value.toISOString().slice(0, 10) };
  const isPlain = typeof value === "string" || typeof value === "number";
  return isPlain || typeof value === "boolean" ? value : null;
}

interface ErrorCell {
  readonly row: number;
  readonly column: number;
  readonly shown: string;
}

interface SheetPart {
  readonly merges: readonly Merge[];
  readonly hiddenRows: readonly number[];
  readonly errors: readonly ErrorCell[];
  readonly extent: { readonly rows: number; readonly columns: number };
}

/** By the sheet's name. */
function sheetParts(files: ReadonlyMap<string, Buffer>): ReadonlyMap<string, SheetPart> {
  const text = (name: string): string => files.get(name)?.toString("utf8") ?? "";
  const targets = new Map<string, string>();
  for (const [tag] of text("xl/_rels/workbook.xml.rels").matchAll(
    /<(?:\w+:)?Relationship\s[^>]*>/g,
  )) {
    targets.set(attribute(tag, "Id"), attribute(tag, "Target"));
  }
  const parts = new Map<string, SheetPart>();
  for (const [tag] of text("xl/workbook.xml").matchAll(/<(?:\w+:)?sheet\s[^>]*>/g)) {
    const target = targets.get(attribute(tag, "\\w+:id")) ?? "";
    const path = target.startsWith("/") ? target.slice(1) : `xl/${target}`;
    parts.set(unescaped(attribute(tag, "name")), sheetPart(text(path)));
  }
  return parts;
}

function sheetPart(xml: string): SheetPart {
  let rows = 0;
  let columns = 0;
  const hiddenRows: number[] = [];
  const errors: ErrorCell[] = [];
  for (const { 0: tag, index } of xml.matchAll(/<(?:\w+:)?(?:c|row)\s[^>]*>/g)) {
    const { row, column } = placeOf(attribute(tag, "r"));
    rows = Math.max(rows, row + 1);
    columns = Math.max(columns, column + 1);
    if (/row\s/.test(tag) && /\shidden="(?:1|true)"/.test(tag)) hiddenRows.push(row);
    if (/\st="e"/.test(tag)) {
      const shown = /<(?:\w+:)?v>(#[^<]{1,20})</.exec(xml.slice(index, index + 2_000))?.[1];
      errors.push({ row, column, shown: shown ?? "#ERROR" });
    }
  }
  const merges = [...xml.matchAll(/<(?:\w+:)?mergeCell\s[^>]*>/g)]
    .slice(0, sheetBounds.mergesMax)
    .map(([tag]): Merge => {
      const [from = "A1", to = from] = attribute(tag, "ref").split(":");
      const [first, last] = [placeOf(from), placeOf(to)];
      return {
        ...{ top: first.row, left: first.column },
        bottom: Math.min(last.row, sheetBounds.rowsMax),
        right: Math.min(last.column, sheetBounds.columnsMax),
      };
    });
  return { merges, hiddenRows, errors, extent: { rows, columns } };
}

function attribute(tag: string, name: string): string {
  return new RegExp(`\\s${name}\\s*=\\s*["']([^"']*)["']`).exec(tag)?.[1] ?? "";
}

/** `D17`, or `17` alone; a place that is none is the first. */
function placeOf(text: string): { readonly row: number; readonly column: number } {
  const [, letters = "", digits = ""] = /^\$?([A-Z]{0,4})\$?(\d{0,9})$/.exec(text) ?? [];
  const column = [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0);
  return { row: Math.max(Number(digits) - 1, 0), column: Math.max(column - 1, 0) };
}

const entities: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
};

function unescaped(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|apos);/g, (_, name: string) => entities[name] ?? "");
}

const mib = sheetBounds.bytesMax / 1024 ** 2;
const zipWords: Readonly<Record<ZipFault, Word>> = {
  broken: word(
    "文件已损坏, 或不是 .xlsx: 用 Excel 打开后另存为 .xlsx",
    "the file is damaged or no .xlsx: open it in Excel and save it as .xlsx",
  ),
  "too-large": word(
    `解压后超过 ${mib} MiB, 不读: 只留测点清单, 另存为新文件`,
    `it would take more than ${mib} MiB unpacked and is not read: save the point list alone to a new file`,
  ),
  "too-many": word(
    `压缩包里超过 ${sheetBounds.entriesMax} 个文件, 不读`,
    `it holds more than ${sheetBounds.entriesMax} files and is not read`,
  ),
  encrypted: word("文件有密码: 取消密码后另存", "the file has a password: save it without one"),
};
const macroWords = word(
  "文件带宏 (.xlsm), 不读: 另存为 .xlsx",
  "the file holds macros (.xlsm) and is not read: save it as .xlsx",
);
const noWorkbook = word(
  "压缩包里没有工作簿, 不是 .xlsx 文件",
  "there is no workbook in it: this is no .xlsx file",
);

function tooManyCells({ rows, columns }: SheetPart["extent"]): Word {
  const { rowsMax, columnsMax } = sheetBounds;
  return word(
    `表有 ${rows} 行 ${columns} 列, 最多 ${rowsMax} 行 ${columnsMax} 列: 删除多余的行列 (也可能是远处的空格式) 后另存`,
    `the sheet has ${rows} rows and ${columns} columns, the most is ${rowsMax} and ${columnsMax}: delete what is not of the list (also far-off formatted cells)`,
  );
}

function unreadable(reason: string): Word {
  return word(`读不懂这个表: ${reason}`, `the sheet cannot be read: ${reason}`);
}
