/**
 * How the register addresses of one column are meant. Nothing is guessed: a number that may be counted from 0 or from 1
 * stays open until a 0 in its column, its head or the caller says so. Pure.
 */

import type { Register } from "../site.ts";
import { type Word, word } from "../words/bilingual.ts";
import { wireAddress } from "../words/registerAddress.ts";
import { fail, ok, type Result } from "../words/result.ts";

type Table = Register["table"];

export interface WrittenAddress {
  readonly text: string;
  /** What another column says; null: nothing. */
  readonly table: Table | null;
}

export interface Placed {
  /** As it goes into the site file. */
  readonly modicon: number | null;
  readonly table: Table;
  /** On the wire, from 0. */
  readonly address: number;
  readonly how: Word;
}

export type Refusal = { readonly what: Word; readonly cure: Word };

/** `modicon`: all are 40001-style numbers; 0 or 1: numbers count from there; null: to be seen. */
export type Base = 0 | 1 | "modicon" | null;

export function placeColumn(
  written: readonly WrittenAddress[],
  base: Base,
): readonly Result<Placed, Refusal>[] {
  const digits = written.map(({ text }) => text).filter((text) => /^\d+$/.test(text));
  const facts = {
    base,
    areAllModicon: digits.length > 0 && digits.every(looksModicon),
    hasZero: digits.some((text) => Number(text) === 0),
    hasPrefixes: written.some(({ text }) => /^[134]x\d+$/i.test(text)),
  };
  return written.map((one) => place(one, facts));
}

interface Facts {
  readonly base: Base;
  readonly areAllModicon: boolean;
  readonly hasZero: boolean;
  readonly hasPrefixes: boolean;
}

function place({ text, table }: WrittenAddress, facts: Facts): Result<Placed, Refusal> {
  const prefixed = /^([0134])x(\d{1,5})$/i.exec(text);
  if (prefixed !== null && isPrefix(text, table, facts)) {
    const [, prefix = "", digits = ""] = prefixed;
    return modicon(`${prefix}${digits.padStart(Number(digits) > 9999 ? 5 : 4, "0")}`, table);
  }
  if (/^0x[0-9a-f]+$/i.test(text)) {
    return isHexDoubtful(text, table)
      ? fail(hexOrCoil(text))
      : fromZero(Number(text), table, hexHow);
  }
  if (/^[0-9a-f]+h$/i.test(text)) {
    return fromZero(Number.parseInt(text, 16), table, hexHow);
  }
  if (/^\d+\.\d+$/.test(text)) return fail(withBit(text));
  if (!/^\d{1,6}$/.test(text)) return fail(noAddress(text));
  return number(text, table, facts);
}

function number(text: string, table: Table | null, facts: Facts): Result<Placed, Refusal> {
  const { base } = facts;
  const value = Number(text);
  if (base === "modicon") return modicon(text, table);
  if (value > 65_535 || (base === null && facts.areAllModicon)) return modicon(text, table);
  if (base === 0) return fromZero(value, table, word("从 0 数", "counted from 0"));
  if (base === 1) return fromOne(value, table);
  if (looksModicon(text)) return fail(mixed(text));
  if (facts.hasZero) {
    return fromZero(
      value,
      table,
      word("从 0 数 (列中有 0)", "counted from 0 (the column holds a 0)"),
    );
  }
  return fail(openBase(text));
}

const hexHow = word("十六进制, 从 0 数", "hexadecimal, counted from 0");

function looksModicon(text: string): boolean {
  return text.length >= 5 && wireAddress(register(Number(text))) !== null && /^[0134]/.test(text);
}

function register(number: number): Register {
  return { table: "holding", type: "uint16", order: "ABCD", sentinels: [], modicon: number };
}

/** `0x0001` may be hexadecimal or a coil: coil only where its neighbours or its table say so. */
function isPrefix(text: string, table: Table | null, { hasPrefixes }: Facts): boolean {
  return !/^0x/i.test(text) || table === "coil" || (table === null && hasPrefixes);
}

function isHexDoubtful(text: string, table: Table | null): boolean {
  return table === null && /^0x\d+$/i.test(text);
}

function modicon(text: string, table: Table | null): Result<Placed, Refusal> {
  const value = Number(text);
  const wire = wireAddress(register(value));
  if (wire === null) return fail(noAddress(text));
  if (table !== null && table !== wire.table) {
    return fail({
      what: word(
        `编号 ${text} 属于 ${wire.table}, 但寄存器类型是 ${table}`,
        `number ${text} belongs to ${wire.table}, but the table column says ${table}`,
      ),
      cure: word("改正其中一个", "correct one of them"),
    });
  }
  return ok({
    modicon: value,
    ...wire,
    how: word("40001 式编号, 从 1 数", "40001 style, counted from 1"),
  });
}

function fromOne(value: number, table: Table | null): Result<Placed, Refusal> {
  if (value === 0) {
    return fail({
      what: word("地址从 1 数, 不能是 0", "counted from 1, an address cannot be 0"),
      cure: word("核对表头或 --base", "check the head, or --base"),
    });
  }
  return fromZero(value - 1, table, word("从 1 数", "counted from 1"));
}

function fromZero(address: number, table: Table | null, how: Word): Result<Placed, Refusal> {
  if (address > 65_535) return fail(noAddress(String(address)));
  return ok({ modicon: null, table: table ?? "holding", address, how });
}

function noAddress(text: string): Refusal {
  return {
    what: word(`"${text}" 不是寄存器地址`, `"${text}" is no register address`),
    cure: word(
      "写 40001、4x0001、0x0010 或 0 到 65535",
      "write 40001, 4x0001, 0x0010 or 0 to 65535",
    ),
  };
}

function hexOrCoil(text: string): Refusal {
  return {
    what: word(`"${text}" 可能是十六进制, 也可能是线圈`, `"${text}" may be hexadecimal or a coil`),
    cure: word("加一列寄存器类型", "add a column with the table"),
  };
}

function withBit(text: string): Refusal {
  return {
    what: word(
      `"${text}" 带小数点: Excel 会把 .10 变成 .1, 位不可靠`,
      `"${text}" has a decimal point: Excel turns .10 into .1, so the bit is not certain`,
    ),
    cure: word("地址写整数, 位写在“位”一列", 'write a whole number, and the bit in a column "Bit"'),
  };
}

function mixed(text: string): Refusal {
  return {
    what: word(
      `${text} 可能是 40001 式编号, 也可能是地址 ${text}: 同一列中两种写法都有`,
      `${text} may be a 40001-style number or the address ${text}: the column holds both kinds`,
    ),
    cure: word(
      "全列用一种写法, 或把表头改为“寄存器地址(从0)”",
      'write the whole column one way, or name it "Register (from 0)"',
    ),
  };
}

function openBase(text: string): Refusal {
  return {
    what: word(
      `地址 ${text} 从 0 数还是从 1 数, 这一列看不出 (没有 0, 也不是 40001 式)`,
      `whether address ${text} counts from 0 or from 1 cannot be seen in this column (no 0, and not 40001 style)`,
    ),
    cure: word(
      "查设备说明书后加 --base 0 或 --base 1, 或把表头改为“寄存器地址(从0)”/“寄存器地址(从1)”",
      'look into the manual, then add --base 0 or --base 1, or name the column "Register (from 0)" or "Register (from 1)"',
    ),
  };
}
