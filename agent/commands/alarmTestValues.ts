/** Values typed or listed for `hazgate alarm test` -> steps in order of time, or what is wrong with them. Pure. */

import type { Word } from "../../config/words/bilingual.ts";
import { carriesNumber, qualities } from "../../config/words/quality.ts";
import { fail, ok, type Result } from "../../config/words/result.ts";
import { duration, durationPattern } from "../../config/words/units.ts";
import type { SiteTime } from "./exportTime.ts";

export interface TypedValue {
  readonly tag: string;
  /** Since the first second of the test. */
  readonly atMs: number;
  /** NaN where the quality says that there is none. */
  readonly value: number;
  /** Null: as the point's range has it. */
  readonly quality: number | null;
}

type Seen = Pick<TypedValue, "value" | "quality">;

const wordsOfQuality: readonly string[] = qualities;

/** `LT-101=9900@30s`; without `@` at once; the value may be a quality in words. */
export function typedValue(text: string): Result<TypedValue, Word> {
  const [, tag = "", value = "", after = "0s"] = /^([^=]+)=([^@]+)(?:@(.+))?$/.exec(text) ?? [];
  const read = tag === "" ? null : seenIn(value.trim());
  if (read === null || !durationPattern.test(after)) {
    return fail({
      zh: `"${text}" 应写作 位号=数值@时间，如 LT-101=9900@30s，或 LT-101=open-loop@30s`,
      en: `"${text}" should be TAG=VALUE@TIME, e.g. LT-101=9900@30s, or LT-101=open-loop@30s`,
    });
  }
  return ok({ tag: tag.trim(), atMs: duration.parse(after), ...read });
}

interface Row {
  /** The time was written out, in ms since 1970. */
  readonly isMoment: boolean;
  readonly value: TypedValue;
}

export interface ListedValues {
  /** `atMs` since the first of them where times are written out. */
  readonly values: readonly TypedValue[];
  /** When the first was, in ms since 1970; null: times are in seconds. */
  readonly startWallMs: number | null;
}

/** Lines of `time,tag,value[,quality]` below a head; no quotes. Times all in seconds, or all written out (also `now`, `-5s`). */
export function listedValues(text: string, time: SiteTime): Result<ListedValues, Word> {
  const rows: Row[] = [];
  for (const [index, line] of text
    .replace(/^\ufeff/, "")
    .split(/\r?\n/)
    .entries()) {
    if (line.trim() === "" || (index === 0 && /^time,tag,value(,quality)?$/.test(line))) continue;
    const row = rowOf(line, time);
    if (row === null) {
      return fail({
        zh: `第 ${index + 1} 行应为 time,tag,value[,quality]（时间为秒数、2026-01-01T08:00:00、-5s 或 now）: ${line}`,
        en: `line ${index + 1} should be time,tag,value[,quality] (time in seconds, or as 2026-01-01T08:00:00, -5s or now): ${line}`,
      });
    }
    rows.push(row);
  }
  const moments = rows.filter(({ isMoment }) => isMoment).length;
  if (moments > 0 && moments < rows.length) {
    return fail({
      zh: "时间须全部为秒数，或全部为日期时间",
      en: "times must all be seconds, or all be dates with times",
    });
  }
  const begin = rows.reduce((least, { value }) => Math.min(least, value.atMs), Infinity);
  const shift = moments > 0 ? begin : 0;
  const values = rows.map(({ value }) => ({ ...value, atMs: value.atMs - shift }));
  return ok({ values, startWallMs: moments > 0 ? begin : null });
}

function rowOf(line: string, time: SiteTime): Row | null {
  const [when = "", tag = "", value = "", word = "", ...more] = line
    .split(",")
    .map((cell) => cell.trim());
  const at = atOf(when, time);
  const seen = seenOf(value, word);
  if (at === null || seen === null || tag === "" || more.length > 0) return null;
  return { isMoment: at.isMoment, value: { tag, atMs: at.ms, ...seen } };
}

function atOf(
  when: string,
  time: SiteTime,
): { readonly ms: number; readonly isMoment: boolean } | null {
  if (/^\d+(\.\d+)?$/.test(when)) return { ms: Number(when) * 1_000, isMoment: false };
  const moment = time.moment(when);
  return moment.ok ? { ms: moment.value, isMoment: true } : null;
}

function seenOf(value: string, word: string): Seen | null {
  if (word === "") return seenIn(value);
  const quality = wordsOfQuality.indexOf(word);
  if (quality < 0) return null;
  if (!carriesNumber(quality)) return { value: Number.NaN, quality };
  const seen = seenIn(value);
  return seen === null ? null : { ...seen, quality };
}

function seenIn(text: string): Seen | null {
  const code = wordsOfQuality.indexOf(text);
  if (code >= 0) return carriesNumber(code) ? null : { value: Number.NaN, quality: code };
  const value = text === "" ? Number.NaN : Number(text);
  return Number.isFinite(value) ? { value, quality: null } : null;
}
