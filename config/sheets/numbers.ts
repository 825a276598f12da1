/** Numbers, ranges and durations as people write them in cells. Half-width text in, null for what is none. Pure. */

import { duration, durationPattern } from "../words/units.ts";

const grouped = /^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$/;
const decimal = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** `unit`: may stand behind the number, as in `12000mm`. */
export function numberOf(text: string, unit = ""): number | null {
  const bare = unit !== "" && text.endsWith(unit) ? text.slice(0, -unit.length).trim() : text;
  const plain = grouped.test(bare) ? bare.replaceAll(",", "") : bare;
  if (!decimal.test(plain)) return null;
  const number = Number(plain);
  return Number.isFinite(number) ? number : null;
}

export function wholeOf(text: string): number | null {
  const number = numberOf(text);
  return number !== null && Number.isInteger(number) ? number : null;
}

/** `0-12000`, `-20~60`, `0~100%LEL`, `0..10`, `0 to 10`, `0 至 10`. */
export function rangeOf(text: string, unit = ""): readonly [number, number] | null {
  const bare = unit !== "" && text.endsWith(unit) ? text.slice(0, -unit.length).trim() : text;
  const parts = /^([+-]?[\d.,]+)\s*(?:~|-|\.\.|to|至|到|…)\s*([+-]?[\d.,]+)$/i.exec(bare);
  const low = numberOf(parts?.[1] ?? "");
  const high = numberOf(parts?.[2] ?? "");
  return low === null || high === null ? null : [low, high];
}

const wordsOfUnit: readonly (readonly [RegExp, string])[] = [
  [/^(毫秒|msec|ms)$/i, "ms"],
  [/^(秒|秒钟|sec|seconds?|s)$/i, "s"],
  [/^(分|分钟|min|minutes?)$/i, "min"],
  [/^(小时|时|hours?|h)$/i, "h"],
  [/^(天|日|days?|d)$/i, "d"],
];

/** The site file's way of writing it; a bare number only with the unit of its head. */
export function durationOf(text: string, headUnit: string | null): string | null {
  const [, number = "", own = ""] = /^(\d+(?:\.\d+)?)\s*(\D*)$/.exec(text) ?? [];
  const word = own === "" ? (headUnit ?? "") : own.trim();
  const unit = wordsOfUnit.find(([pattern]) => pattern.test(word))?.[1];
  const written = `${number}${unit ?? "?"}`;
  return durationPattern.test(written) ? written : null;
}

/** A duration in ms in the largest unit that keeps it whole. */
export function durationText(ms: number): string {
  if (ms === 0) return "0s";
  for (const unit of ["d", "h", "min", "s"]) {
    const one = duration.parse(`1${unit}`);
    if (ms % one === 0) return `${ms / one}${unit}`;
  }
  return `${ms}ms`;
}

/** One bit, or lowest and highest, of 16. */
export function bitsOf(text: string): readonly [number, number] | null {
  const [, low = "", high = low] = /^(\d{1,2})(?:\s*[-~]\s*(\d{1,2}))?$/.exec(text) ?? [];
  const [from, to] = [within(wholeOf(low), 0, 15), within(wholeOf(high), 0, 15)];
  return from === null || to === null || from > to ? null : [from, to];
}

export function within(value: number | null, low: number, high: number): number | null {
  return value !== null && value >= low && value <= high ? value : null;
}
