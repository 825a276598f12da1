/** Where the heads of a point list are, and which field each column holds. Pure. */

import { suggester } from "../faults/didYouMean.ts";
import { word } from "../words/bilingual.ts";
import { cellName, cellText, columnLetters, halfWidth, type Sheet } from "./cell.ts";
import { columns, type Field } from "./columns.ts";
import { doubtful, passedOver } from "./doubtfulHeads.ts";
import type { SheetFinding } from "./finding.ts";
import { numberOf, wholeOf } from "./numbers.ts";
import { kindOf, typeOf } from "./vocabulary.ts";

export interface Head {
  readonly column: number;
  /** What stands in brackets behind the head, e.g. `ms` in `周期(ms)`; null: nothing. */
  readonly unit: string | null;
}

export interface Headers {
  /** The row of the heads. */
  readonly row: number;
  readonly heads: ReadonlyMap<Field, Head>;
  readonly findings: readonly SheetFinding[];
}

/** Titles, plant names and dates may stand above the heads. */
const searchedRows = 30;

const exact = new Map<string, Field>();
for (const { field, zh, en, aliases } of columns) {
  for (const text of [field, zh, en, ...aliases]) {
    if (doubtful[plain(text)] === undefined) exact.set(plain(text), field);
  }
}
const suggest = suggester(columns.flatMap(({ zh, en, aliases }) => [zh, en, ...aliases]));

/** The row with the most known heads, and it has the tag; null: there is none. Merged blocks are filled already. */
export function findHeaders(sheet: Sheet): Headers | null {
  let best = { row: -1, score: 1 };
  for (const [row, cells] of sheet.rows.slice(0, searchedRows).entries()) {
    const fields = cells.map((cell) => headOf(cellText(cell)));
    const score = new Set(fields.flatMap((head) => head?.fields ?? [])).size;
    if (score > best.score && fields.some((head) => head?.fields[0] === "tag")) {
      best = { row, score };
    }
  }
  return best.row === -1 ? null : matchColumns(sheet, best.row);
}

interface Meaning {
  readonly fields: readonly Field[];
  readonly unit: string | null;
}

function headOf(text: string): Meaning | null {
  const whole = exact.get(plain(text));
  if (whole !== undefined) return { fields: [whole], unit: null };
  const [, bare = text, unit = null] = /^(.*?)\s*[([]([^)\]]*)[)\]]\s*\*?$/.exec(text) ?? [];
  const field = exact.get(plain(bare));
  if (field !== undefined) return { fields: [field], unit };
  const some = doubtful[plain(bare)];
  return some === undefined ? null : { fields: some, unit };
}

function plain(text: string): string {
  return halfWidth(text)
    .toLowerCase()
    .replace(/[\s_*:.'"]/g, "");
}

const unknown: Meaning = { fields: [], unit: null };

interface OpenHead extends Meaning {
  readonly column: number;
  readonly text: string;
}

function matchColumns(sheet: Sheet, row: number): Headers {
  const findings: SheetFinding[] = [];
  const heads = new Map<Field, Head>();
  const open: OpenHead[] = [];
  for (const [column, cell] of (sheet.rows[row] ?? []).entries()) {
    const text = cellText(cell);
    if (text === "" || passedOver.has(text.toLowerCase())) continue;
    const at = cellName(sheet.name, row, column);
    const { fields, unit } = headOf(text) ?? unknown;
    const [field, other] = fields;
    if (field === undefined) findings.push(unknownHead(at, text));
    else if (other !== undefined) open.push({ column, text, fields, unit });
    else if (heads.has(field)) findings.push(headTwice(at, text, heads.get(field)?.column));
    else heads.set(field, { column, unit });
  }
  for (const head of open) findings.push(...settle({ sheet, row, heads }, head));
  return { row, heads, findings };
}

interface Found {
  readonly sheet: Sheet;
  readonly row: number;
  readonly heads: Map<Field, Head>;
}

/** A column of doubtful meaning without a value is passed over. */
function settle({ sheet, row, heads }: Found, head: OpenHead): readonly SheetFinding[] {
  const { column, text, fields, unit } = head;
  const values = valuesBelow(sheet, row, column);
  if (values.length === 0) return [];
  const [field, other] = fields.filter(
    (one) => !heads.has(one) && values.every((value) => fits(one, value)),
  );
  if (field === undefined || other !== undefined) {
    return [doubtfulHead(cellName(sheet.name, row, column), text, fields)];
  }
  heads.set(field, { column, unit });
  return [];
}

function valuesBelow(sheet: Sheet, row: number, column: number): readonly string[] {
  return sheet.rows
    .slice(row + 1)
    .map((cells) => cellText(cells[column]))
    .filter((text) => text !== "");
}

/** Whether a value could stand in a doubtful column of this meaning. */
function fits(field: Field, text: string): boolean {
  switch (field) {
    case "unitId": {
      const number = wholeOf(text);
      return number !== null && number >= 0 && number <= 255;
    }
    case "unit":
      return numberOf(text) === null;
    case "kind":
      return kindOf(text) !== null;
    case "type":
      return typeOf(text) !== null;
    default:
      return true;
  }
}

function unknownHead(at: string, text: string): SheetFinding {
  const near = suggest(halfWidth(text).replace(/\s*[([].*$/, ""));
  return {
    severity: "note",
    at,
    what: word(
      `不认识的表头 "${text}": 这一列不导入`,
      `unknown head "${text}": the column is not taken`,
    ),
    ...(near === null ? {} : { cure: word(`您是否想写 "${near}"?`, `did you mean "${near}"?`) }),
  };
}

function headTwice(at: string, text: string, before = 0): SheetFinding {
  const letters = columnLetters(before);
  return {
    severity: "error",
    at,
    what: word(
      `表头 "${text}" 与 ${letters} 列重复`,
      `head "${text}" means the same as column ${letters}`,
    ),
    cure: word("删除或改名其中一列", "delete or rename one of them"),
  };
}

function doubtfulHead(at: string, text: string, fields: readonly Field[]): SheetFinding {
  const names = (lang: "zh" | "en"): string =>
    fields
      .map((field) => `"${columns.find((one) => one.field === field)?.[lang]}"`)
      .join(lang === "zh" ? " 或 " : " or ");
  return {
    severity: "error",
    at,
    what: word(`表头 "${text}" 有多种含义`, `head "${text}" may mean several things`),
    cure: word(`改名为 ${names("zh")}`, `rename it to ${names("en")}`),
  };
}
