/** Faults -> text for people: what, where, the line itself with a mark under it, and the way out. Pure. */

import { styleText } from "node:util";
import stringWidth from "string-width";
import { type Fault, hasErrors } from "./faults/fault.ts";
import { type Lines, linesOf } from "./source/lines.ts";
import type { Lang } from "./words/bilingual.ts";

export interface RenderOptions {
  readonly lang: Lang;
  /** Terminal colours; decided by the caller, who knows the terminal and NO_COLOR. */
  readonly colour: boolean;
  /** The text of the file the faults are about. */
  readonly text: string;
  /** Faults shown before the rest is only counted. */
  readonly most?: number;
}

/** More than this helps nobody: the first faults are the worst, and often the cause of the rest. */
const shownMax = 50;
/** Widest piece of a source line, in terminal cells. */
const widthMax = 100;

type Paint = (style: "red" | "yellow" | "bold" | "dim" | "green", text: string) => string;

/** One block a fault, in the order given, and a line that counts them. Ends with a line break. */
export function renderFaults(faults: readonly Fault[], options: RenderOptions): string {
  const { lang, colour, text, most = shownMax } = options;
  const paint: Paint = (style, piece) =>
    colour ? styleText(style, piece, { validateStream: false }) : piece;
  const lines = linesOf(text.startsWith("\ufeff") ? text.slice(1) : text);
  const blocks = faults.slice(0, most).map((fault) => block({ fault, lang, lines, paint }));
  const hidden = faults.length - blocks.length;
  const more = lang === "zh" ? `... 另有 ${hidden} 条未显示` : `... and ${hidden} more`;
  return [
    ...blocks.map((piece) => `${piece}\n`),
    ...(hidden > 0 ? [`${more}\n`] : []),
    `${paint(hasErrors(faults) ? "red" : faults.length > 0 ? "yellow" : "green", summary(faults, lang))}\n`,
  ].join("\n");
}

/** "2 errors, 1 warning", in words. */
export function summary(faults: readonly Fault[], lang: Lang): string {
  const errors = faults.filter((fault) => fault.severity === "error").length;
  const warnings = faults.length - errors;
  if (lang === "zh") {
    return faults.length === 0 ? "没有问题" : `${errors} 个错误, ${warnings} 个警告`;
  }
  const plural = (count: number, word: string): string =>
    `${count} ${word}${count === 1 ? "" : "s"}`;
  return faults.length === 0
    ? "no problems"
    : `${plural(errors, "error")}, ${plural(warnings, "warning")}`;
}

interface Block {
  readonly fault: Fault;
  readonly lang: Lang;
  readonly lines: Lines;
  readonly paint: Paint;
}

function block({ fault, lang, lines, paint }: Block): string {
  const { file, line, column, severity, code } = fault;
  const isError = severity === "error";
  const style = isError ? "red" : "yellow";
  const zhWord = isError ? "错误" : "警告";
  const word = lang === "zh" ? zhWord : severity;
  const message = clean(lang === "zh" ? fault.zh : fault.en);
  const fix = lang === "zh" ? fault.fixZh : fault.fixEn;
  const head = `${clean(file)}:${line}:${column}`;
  const gutter = String(line).padStart(5);
  const empty = " ".repeat(gutter.length);
  const source = excerpt(fault, lines.text(line));
  return [
    `${paint("bold", head)} ${paint(style, `${word} ${code}`)} ${message}`,
    `${paint("dim", `${gutter} |`)} ${source.text}`,
    `${paint("dim", `${empty} |`)} ${" ".repeat(source.before)}${paint(style, "^".repeat(source.marked))}`,
    ...(fix === undefined
      ? []
      : [`${empty} ${paint("green", `${lang === "zh" ? "修改" : "fix"}: ${clean(fix)}`)}`]),
  ].join("\n");
}

/** A piece of the line that holds the marked place; Chinese signs are two cells wide. */
function excerpt(
  { column, length }: Fault,
  line: string,
): { readonly text: string; readonly before: number; readonly marked: number } {
  const letters = [...clean(line)];
  const target = column - 1;
  let offset = 0;
  const first = letters.findIndex((letter) => {
    offset += letter.length;
    return offset > target;
  });
  const at = first === -1 ? letters.length : first;
  const lead = cellsBack(letters, at);
  const shown = withinCells(letters.slice(at - lead.count), widthMax);
  const dots = at > lead.count ? "..." : "";
  const marked = stringWidth(clean(line.slice(target, target + length)));
  return {
    text: dots + shown.text + (shown.isCut ? "..." : ""),
    before: dots.length + lead.cells,
    marked: Math.max(1, Math.min(marked, widthMax - lead.cells)),
  };
}

/** How many letters before `at` can be shown and still leave room after it. */
function cellsBack(letters: readonly string[], at: number): { count: number; cells: number } {
  let count = 0;
  let cells = 0;
  while (count < at) {
    const width = stringWidth(letters[at - count - 1] ?? "");
    if (cells + width > widthMax / 2) break;
    cells += width;
    count += 1;
  }
  return { count, cells };
}

function withinCells(
  letters: readonly string[],
  cells: number,
): { readonly text: string; readonly isCut: boolean } {
  let used = 0;
  let count = 0;
  while (count < letters.length) {
    used += stringWidth(letters[count] ?? "");
    if (used > cells) break;
    count += 1;
  }
  return { text: letters.slice(0, count).join(""), isCut: count < letters.length };
}

/** No sign of the file may steer the terminal. Keeps the number of UTF-16 units, which positions count. */
function clean(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (sign) =>
    sign === "\t" ? " " : "\ufffd".repeat(sign.length),
  );
}
