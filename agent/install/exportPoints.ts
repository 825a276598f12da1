/** `hazgate export points`: the points of a site file as a sheet that `hazgate import` reads back. */

import { existsSync, writeFileSync } from "node:fs";
import writeXlsxFile, { type SheetData } from "write-excel-file/node";
import { loadSite } from "../../config/load.ts";
import { renderFaults } from "../../config/render.ts";
import { exportTable } from "../../config/sheets/exportTable.ts";
import type { Site } from "../../config/site.ts";
import type { Lang } from "../../config/words/bilingual.ts";
import { word } from "../../config/words/bilingual.ts";
import { byteOrderMark, csvRow } from "../../config/words/csv.ts";
import { readOrNull } from "../commands/configFile.ts";
import { type CommandIo, exitCode, say } from "../commands/io.ts";

export interface ExportPointsOptions {
  readonly config: string;
  /** By its ending .xlsx or .csv; null: CSV to stdout. */
  readonly out: string | null;
  readonly force: boolean;
  readonly io: CommandIo;
}

export async function exportPoints({
  config,
  out,
  force,
  io,
}: ExportPointsOptions): Promise<number> {
  const told = (zh: string, en: string, code: number): number => {
    io.err(`${say(io.lang, word(zh, en))}\n`);
    return code;
  };
  const text = readOrNull(config);
  if (text === null)
    return told(`读不到站点文件 ${config}`, `cannot read the site file ${config}`, exitCode.usage);
  const loaded = loadSite({ file: config, text });
  if (!loaded.ok) {
    io.err(renderFaults(loaded.error, { ...io, text }));
    return exitCode.problems;
  }
  const { site } = loaded.value;
  if (out === null) {
    io.out(pointsCsv(site, io.lang));
    return exitCode.well;
  }
  if (!/\.(xlsx|csv)$/i.test(out))
    return told(
      "文件名须以 .xlsx 或 .csv 结尾",
      "the file's name must end in .xlsx or .csv",
      exitCode.usage,
    );
  if (existsSync(out) && !force)
    return told(
      `${out} 已存在; 用 --force 覆盖`,
      `${out} is there already; --force replaces it`,
      exitCode.usage,
    );
  const bytes = /\.csv$/i.test(out)
    ? Buffer.from(byteOrderMark + pointsCsv(site, io.lang))
    : await pointsXlsx(site, io.lang);
  try {
    writeFileSync(out, bytes);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return told(`写不了 ${out}: ${reason}`, `cannot write ${out}: ${reason}`, exitCode.problems);
  }
  const count = Object.keys(site.points).length;
  return told(`${out}: ${count} 个测点`, `${out}: ${count} points`, exitCode.well);
}

export function pointsCsv(site: Site, lang: Lang): string {
  return exportTable(site, lang).map(csvRow).join("");
}

export async function pointsXlsx(site: Site, lang: Lang): Promise<Buffer> {
  const [head = [], ...rows] = exportTable(site, lang);
  const data: SheetData = [
    head.map((value) => ({ value: String(value), fontWeight: "bold" })),
    // Tags and codes stay text, so that a spreadsheet keeps their zeros.
    ...rows.map((row) =>
      row.map((value) =>
        typeof value === "string" ? { value, type: String, format: "@" } : value,
      ),
    ),
  ];
  const sheet = lang === "zh" ? "测点" : "Points";
  return await writeXlsxFile(data, { sheet, stickyRowsCount: 1, stickyColumnsCount: 1 }).toBuffer();
}
