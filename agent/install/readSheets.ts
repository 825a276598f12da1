/** A file of points, by what is in it and not by its name -> sheets, or one clear refusal before memory is used. */

import { closeSync, openSync, readFileSync, readSync, statSync } from "node:fs";
import { basename } from "node:path";
import type { Sheet } from "../../config/sheets/cell.ts";
import { type Word, word } from "../../config/words/bilingual.ts";
import { fail, ok, type Result } from "../../config/words/result.ts";
import { readCsv } from "./readCsv.ts";
import { readXlsx } from "./readXlsx.ts";
import { sheetBounds } from "./sheetBounds.ts";

const compound = Buffer.from("d0cf11e0a1b11ae1", "hex");
const zip = Buffer.from("504b0304", "hex");

/** Never throws. */
export async function readSheets(file: string): Promise<Result<readonly Sheet[], Word>> {
  const opened = content(file);
  return opened.ok ? await readSheetBytes(opened.value, basename(file)) : opened;
}

/** `name` stands for the sheet of a CSV file. Never throws. */
export async function readSheetBytes(
  bytes: Buffer,
  name: string,
): Promise<Result<readonly Sheet[], Word>> {
  if (bytes.subarray(0, 8).equals(compound)) return fail(compoundWords(bytes));
  if (bytes.subarray(0, 4).equals(zip)) return await readXlsx(bytes);
  const sheet = readCsv(bytes, name);
  return sheet.ok ? ok([sheet.value]) : sheet;
}

function content(file: string): Result<Buffer, Word> {
  try {
    const { size } = statSync(file);
    if (size > sheetBounds.fileBytesMax) return fail(tooLarge(size, isZip(file)));
    return ok(readFileSync(file));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return fail(word(`读不到文件 ${file}: ${reason}`, `cannot read ${file}: ${reason}`));
  }
}

function isZip(file: string): boolean {
  const start = Buffer.alloc(4);
  const handle = openSync(file, "r");
  try {
    readSync(handle, start, 0, 4, 0);
  } finally {
    closeSync(handle);
  }
  return start.equals(zip);
}

/** Old Excel files and encrypted new ones share one container. */
function compoundWords(bytes: Buffer): Word {
  const isEncrypted = bytes.includes(Buffer.from("EncryptedPackage", "utf16le"));
  return isEncrypted
    ? word(
        "文件有密码, 不能读: 在 Excel 里取消密码后另存为 .xlsx",
        "the file has a password: save it in Excel without one, as .xlsx",
      )
    : word(
        "这是旧格式 .xls: 用 Excel 打开后另存为 .xlsx 或 CSV",
        "this is the old .xls format: open it in Excel and save it as .xlsx or CSV",
      );
}

function tooLarge(size: number, isWorkbook: boolean): Word {
  const mib = (bytes: number): string => `${Math.ceil(bytes / 1024 ** 2)} MiB`;
  const most = mib(sheetBounds.fileBytesMax);
  const [zh, en] = isWorkbook ? ["工作簿", "workbook"] : ["文件", "file"];
  return word(
    `${zh}有 ${mib(size)}, 最多 ${most}, 不读: 只留测点清单 (去掉图片), 另存为新文件`,
    `the ${en} has ${mib(size)}, the most is ${most}, and it is not read: save the point list alone (without pictures) to a new file`,
  );
}
