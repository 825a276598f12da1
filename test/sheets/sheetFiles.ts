/** Workbooks made by hand, as other programs write them, and small helpers to read lists. */

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { readSheetBytes } from "../../agent/install/readSheets.ts";
import { zipStored } from "../../agent/install/zipFile.ts";
import { loadSite } from "../../config/load.ts";
import type { Sheet } from "../../config/sheets/cell.ts";
import type { Site } from "../../config/site.ts";

export function siteOf(text: string): Site {
  const loaded = loadSite({ file: "site.yaml", text });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.error));
  return loaded.value.site;
}

export function exampleYaml(name: "smallSite" | "tankFarm"): string {
  const url = new URL(`../../config/examples/${name}.yaml`, import.meta.url);
  return readFileSync(fileURLToPath(url), "utf8");
}

/** A list as text: rows of cells between `|`. */
export function sheetOf(text: string): Sheet {
  const rows = text
    .trim()
    .split("\n")
    .map((line) => line.split("|").map((cell) => cell.trim()));
  return { name: "Sheet1", rows, merges: [], hiddenRows: [] };
}

export async function sheetsIn(bytes: Buffer): Promise<readonly Sheet[]> {
  const sheets = await readSheetBytes(bytes, "list.csv");
  if (!sheets.ok) throw new Error(sheets.error.en);
  return sheets.value;
}

export async function refusalOf(bytes: Buffer): Promise<string> {
  const sheets = await readSheetBytes(bytes, "list.csv");
  return sheets.ok ? "taken" : sheets.error.en;
}

const ns = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"';
const office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/** A workbook of one sheet "罐区" with the XML given; `others` are more files in it. */
export function workbook(sheetXml: string, others: Readonly<Record<string, string>> = {}): Buffer {
  const files: Record<string, string> = {
    "[Content_Types].xml": "<Types/>",
    "xl/workbook.xml": `<workbook ${ns} xmlns:r="${office}"><sheets><sheet name="罐区" sheetId="1" r:id="rId1"/></sheets></workbook>`,
    "xl/_rels/workbook.xml.rels": `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="${office}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="${office}/sharedStrings" Target="sharedStrings.xml"/><Relationship Id="rId3" Type="${office}/styles" Target="styles.xml"/></Relationships>`,
    "xl/styles.xml": `<styleSheet ${ns}><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>`,
    "xl/worksheets/sheet1.xml": `<worksheet ${ns}>${sheetXml}</worksheet>`,
    ...others,
  };
  return zipStored(new Map(Object.entries(files).map(([name, text]) => [name, Buffer.from(text)])));
}
