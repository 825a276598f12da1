/** Rows of a point list -> points, or why a row cannot be taken. Pure. */

import { casPattern, idPattern } from "../shape/ids.ts";
import type { Register } from "../site.ts";
import { type Word, word } from "../words/bilingual.ts";
import type { Result } from "../words/result.ts";
import { type Base, type Placed, placeColumn, type Refusal } from "./addresses.ts";
import { type Cell, cellName, cellText, fillMerges, type Sheet } from "./cell.ts";
import {
  addressTwice,
  bitWords,
  brokenCell,
  casWords,
  decimalsWords,
  durationWords,
  idWords,
  kindWords,
  longWords,
  noTag,
  numberWords,
  orderWords,
  rangeWords,
  tableWords,
  tagTwice,
  typeWords,
  unitIdWords,
  type Words,
} from "./cellWords.ts";
import type { Field } from "./columns.ts";
import type { SheetFinding } from "./finding.ts";
import { findHeaders, type Headers } from "./headers.ts";
import { bitsOf, durationOf, numberOf, rangeOf, wholeOf, within } from "./numbers.ts";
import { present } from "./present.ts";
import { scaleOf } from "./scaleCells.ts";
import { type LimitField, limitFields, type SheetPoint } from "./sheetPoint.ts";
import { kindOf, kindOfTag, orderOf, tableOf, tableOfFunction, typeOf } from "./vocabulary.ts";

export interface ReadRows {
  readonly points: readonly SheetPoint[];
  readonly findings: readonly SheetFinding[];
  /** How addresses were understood, one for each way, with the first cell. */
  readonly hows: readonly { readonly how: Word; readonly at: string; readonly count: number }[];
}

/** Null: the sheet has no row of heads with a tag. */
export function readRows(raw: Sheet, base: 0 | 1 | null): ReadRows | null {
  const sheet = fillMerges(raw);
  const headers = findHeaders(sheet);
  return headers === null ? null : new RowReader(sheet, headers, base).read();
}

/** Thrown while a row is read, and caught by the reader of rows. */
class Rejected extends Error {
  readonly at: string;
  readonly refusal: Refusal;
  constructor(at: string, refusal: Refusal) {
    super(refusal.what.en);
    this.at = at;
    this.refusal = refusal;
  }
}

export class RowReader {
  readonly #sheet: Sheet;
  readonly #headers: Headers;
  readonly #base: 0 | 1 | null;

  constructor(sheet: Sheet, headers: Headers, base: 0 | 1 | null) {
    this.#sheet = sheet;
    this.#headers = headers;
    this.#base = base;
  }

  read(): ReadRows {
    const findings = [...this.#headers.findings];
    const points: SheetPoint[] = [];
    const seen = new Map<string, string>();
    const rows = this.#dataRows();
    const places = this.#places(rows);
    for (const row of rows) {
      const read = this.#row(row, places.get(row));
      const before = read instanceof Rejected ? undefined : seen.get(read.tag);
      if (read instanceof Rejected)
        findings.push({ severity: "rejected", at: read.at, ...read.refusal });
      else if (before !== undefined) findings.push(tagTwice(read, before));
      else {
        seen.set(read.tag, read.at);
        points.push(read);
      }
    }
    return { points, findings: [...findings, ...this.#hidden(rows)], hows: this.#hows(places) };
  }

  /** Below the heads; without empty rows and heads that are repeated on each printed page. */
  #dataRows(): readonly number[] {
    const { row: head, heads } = this.#headers;
    const headTexts = this.#sheet.rows[head]?.map(cellText) ?? [];
    const columns = [...heads.values()].map(({ column }) => column);
    return this.#sheet.rows.flatMap((cells, row) => {
      const texts = columns.map((column) => cellText(cells[column]));
      const isHead = columns.every((column, at) => texts[at] === headTexts[column]);
      return row > head && !isHead && texts.some((text) => text !== "") ? [row] : [];
    });
  }

  #hidden(rows: readonly number[]): readonly SheetFinding[] {
    const hidden = new Set(this.#sheet.hiddenRows);
    const taken = rows.filter((row) => hidden.has(row)).map((row) => row + 1);
    if (taken.length === 0) return [];
    const some = taken.slice(0, 8).join(", ") + (taken.length > 8 ? " ..." : "");
    return [
      {
        severity: "note",
        at: this.#sheet.name,
        what: word(
          `${taken.length} 行在表中是隐藏的, 也导入了: ${some}`,
          `${taken.length} row(s) are hidden in the sheet and taken all the same: ${some}`,
        ),
      },
    ];
  }

  #hows(places: ReadonlyMap<number, PlacedAt>): ReadRows["hows"] {
    const hows = new Map<string, { how: Word; at: string; count: number }>();
    for (const { at, placed } of places.values()) {
      if (!placed.ok) continue;
      const { how } = placed.value;
      const before = hows.get(how.en);
      hows.set(how.en, { how, at: before?.at ?? at, count: (before?.count ?? 0) + 1 });
    }
    return [...hows.values()];
  }

  #places(rows: readonly number[]): ReadonlyMap<number, PlacedAt> {
    const found = new Map<number, PlacedAt>();
    const kinds: readonly (readonly [Field, Base])[] = [
      ["address", this.#base],
      ["address0", 0],
      ["address1", 1],
      ["modicon", "modicon"],
    ];
    for (const [field, base] of kinds) {
      const own = rows.filter((row) => this.#text(row, field) !== "");
      const written = own.map((row) => ({ text: this.#text(row, field), table: this.#table(row) }));
      for (const [index, placed] of placeColumn(written, base).entries()) {
        const row = own[index] ?? 0;
        const at = this.#at(row, field);
        const twice = found.has(row) ? { ok: false as const, error: addressTwice } : placed;
        found.set(row, { at, placed: twice });
      }
    }
    return found;
  }

  /** Null also for a word that is no table: told when the row itself is read. */
  #table(row: number): Register["table"] | null {
    const text = this.#text(row, "table");
    const code = this.#text(row, "functionCode");
    if (text !== "") return tableOf(text);
    return code === "" ? null : tableOfFunction(code);
  }

  #row(row: number, place: PlacedAt | undefined): SheetPoint | Rejected {
    try {
      return this.#point(row, place);
    } catch (error) {
      if (error instanceof Rejected) return error;
      throw error;
    }
  }

  #point(row: number, place: PlacedAt | undefined): SheetPoint {
    const tag = this.#id(row, "tag");
    if (tag === undefined) throw this.#refuse(row, "tag", noTag);
    if (place?.placed.ok === false) throw new Rejected(place.at, place.placed.error);
    this.#parsed(row, "table", tableOf, tableWords);
    this.#parsed(row, "functionCode", tableOfFunction, tableWords);
    const unit = this.#plainText(row, "unit");
    const number = (field: Field): number | undefined =>
      this.#parsed(row, field, (text) => numberOf(text, unit), numberWords);
    const duration = (field: Field): string | undefined =>
      this.#parsed(
        row,
        field,
        (text) => durationOf(text, this.#headers.heads.get(field)?.unit ?? null),
        durationWords,
      );
    const span = this.#parsed(row, "range", (text) => rangeOf(text, unit), rangeWords);
    const kind = this.#parsed(row, "kind", kindOf, kindWords) ?? kindOfTag(tag) ?? undefined;
    const rangeLow = number("rangeLow") ?? span?.[0];
    const rangeHigh = number("rangeHigh") ?? span?.[1];
    const scale = scaleOf(number, [rangeLow, rangeHigh]);
    if (scale !== undefined && "what" in scale) throw this.#refuse(row, scale.field, scale);
    return present({
      at: this.#at(row, "tag"),
      tag,
      name: this.#plainText(row, "name"),
      kind,
      gas: this.#plainText(row, "gas"),
      device: this.#plainText(row, "device"),
      bus: this.#plainText(row, "bus"),
      unitId: this.#parsed(row, "unitId", (text) => within(wholeOf(text), 0, 255), unitIdWords),
      place: place?.placed.ok === true ? place.placed.value : undefined,
      type: this.#parsed(row, "type", typeOf, typeWords),
      order: this.#parsed(row, "order", orderOf, orderWords),
      bits: this.#parsed(row, "bit", bitsOf, bitWords),
      rangeLow,
      rangeHigh,
      unit,
      scale,
      decimals: this.#parsed(row, "decimals", (text) => within(wholeOf(text), 0, 9), decimalsWords),
      every: duration("every"),
      limits: this.#limits(kind, number),
      deadband: this.#parsed(
        row,
        "deadband",
        (text) => within(numberOf(text, unit), 0, Infinity),
        numberWords,
      ),
      onDelay: duration("onDelay"),
      offDelay: duration("offDelay"),
      tank: this.#id(row, "tank"),
      medium: this.#plainText(row, "medium"),
      cas: this.#parsed(row, "cas", (text) => (casPattern.test(text) ? text : null), casWords),
      empty: new Set(
        [...this.#headers.heads.keys()].filter((field) => this.#text(row, field) === ""),
      ),
    });
  }

  /** Gas detectors ring at gas1 and gas2; a list without these columns calls them high and high-high. */
  #limits(
    kind: string | undefined,
    number: (field: Field) => number | undefined,
  ): SheetPoint["limits"] {
    const { heads } = this.#headers;
    const isGas = kind === "gas-combustible" || kind === "gas-toxic";
    const limits: Partial<Record<LimitField, number>> = {};
    for (const field of limitFields) {
      const value = number(field);
      if (value === undefined) continue;
      const own = { h: "gas1", hh: "gas2" }[String(field)] as LimitField | undefined;
      limits[isGas && own !== undefined && !heads.has(own) ? own : field] = value;
    }
    return limits;
  }

  #cell(row: number, field: Field): Cell {
    const head = this.#headers.heads.get(field);
    return head === undefined ? null : (this.#sheet.rows[row]?.[head.column] ?? null);
  }

  #text(row: number, field: Field): string {
    return cellText(this.#cell(row, field));
  }

  #at(row: number, field: Field): string {
    return cellName(this.#sheet.name, row, this.#headers.heads.get(field)?.column ?? 0);
  }

  #refuse(row: number, field: Field, refusal: Refusal): Rejected {
    return new Rejected(this.#at(row, field), refusal);
  }

  #plainText(row: number, field: Field): string | undefined {
    return this.#parsed(row, field, (text) => (text.length <= 200 ? text : null), longWords);
  }

  #id(row: number, field: "tag" | "tank"): string | undefined {
    return this.#parsed(row, field, (text) => (idPattern.test(text) ? text : null), idWords);
  }

  /** Undefined for an empty cell. @throws Rejected when the cell cannot be read so. */
  #parsed<T>(
    row: number,
    field: Field,
    parse: (text: string) => T | null,
    words: Words,
  ): T | undefined {
    const cell = this.#cell(row, field);
    const text = cellText(cell);
    if (text === "") return undefined;
    if (typeof cell === "object" && cell !== null)
      throw this.#refuse(row, field, brokenCell(cell.broken, text));
    const value = parse(text);
    if (value !== null) return value;
    throw this.#refuse(row, field, {
      what: word(`"${text}" ${words.zh}`, `"${text}" ${words.en}`),
      cure: word(words.cureZh, words.cureEn),
    });
  }
}

interface PlacedAt {
  readonly at: string;
  readonly placed: Result<Placed, Refusal>;
}
