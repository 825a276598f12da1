/** A message as lines of text, in Chinese, English or both. Pure: golden tests hold its wording. */

import type { Priority } from "../../config/words/alarms.ts";
import { callWords, priorityWords, reasonText, typeWords } from "../../config/words/alarmWords.ts";
import type { Lang } from "../../config/words/bilingual.ts";
import { carriesNumber, type Quality, qualityCode } from "../../config/words/quality.ts";
import { unreachable } from "../../config/words/result.ts";
import type { Counts, Message, MessageLang, SiteHead, ToldAlarm } from "./announcement.ts";
import { selfAdvice } from "./words.ts";

/** Longest piece of text taken over from elsewhere: a reason, a note, a name. */
const pieceMax = 200;
const priorities: readonly Priority[] = [1, 2, 3, 4];

export function messageText(message: Message, site: SiteHead, lang: MessageLang): string {
  if (lang !== "both") return linesOf(message, site, lang).join("\n");
  return [...linesOf(message, site, "zh"), "", ...linesOf(message, site, "en")].join("\n");
}

/** At most `bytesMax` of UTF-8, cut between characters, with a sign that something was cut. */
export function clipBytes(text: string, bytesMax: number): string {
  if (Buffer.byteLength(text) <= bytesMax) return text;
  let bytes = 0;
  let end = 0;
  for (const character of text) {
    bytes += Buffer.byteLength(character);
    if (bytes > bytesMax - 3) break;
    end += character.length;
  }
  return `${text.slice(0, end)}…`;
}

function countOf(counts: Counts): number {
  return priorities.reduce((sum, priority) => sum + counts[priority], 0);
}

/** `17: 红色 2, 橙色 15`. */
function countText(counts: Counts, lang: Lang): string {
  const parts = priorities.flatMap((priority) =>
    counts[priority] === 0 ? [] : [`${loud(priority, lang)} ${counts[priority]}`],
  );
  return parts.join(", ");
}

function linesOf(message: Message, site: SiteHead, lang: Lang): readonly string[] {
  switch (message.kind) {
    case "alarms":
      return [
        ...alarmLines(message.listed, { more: message.more, site, lang }),
        sender(site, lang),
      ];
    case "self":
      return [...selfLines(message.trouble, site, lang), sender(site, lang)];
    case "test":
      return [
        ...{
          zh: ["【测试】报警通知测试, 现场没有报警"],
          en: ["[TEST] ALARM announcement test; there is no alarm"],
        }[lang],
        timeLine(message.at.wallMs, site, lang),
        sender(site, lang),
      ];
    default:
      return unreachable(message);
  }
}

function sender(site: SiteHead, lang: Lang): string {
  return { zh: `站点: ${site.name} ${site.box}`, en: `site: ${site.name} ${site.box}` }[lang];
}

function timeLine(wallMs: number, site: SiteHead, lang: Lang): string {
  const label = { zh: "时间", en: "time" }[lang];
  return `${label}: ${timeText(wallMs, site.timezone)}`;
}

function alarmLines(
  listed: readonly ToldAlarm[],
  rest: { readonly more: Counts; readonly site: SiteHead; readonly lang: Lang },
): readonly string[] {
  const { more, site, lang } = rest;
  const count = countOf(more);
  const [only] = listed;
  const moreLine =
    count === 0
      ? []
      : [
          {
            zh: `另有 ${count} 条报警: ${countText(more, lang)}`,
            en: `and ${count} more ALARM messages: ${countText(more, lang)}`,
          }[lang],
        ];
  if (only !== undefined && listed.length === 1) {
    return [...fullLines(only, site, lang), ...moreLine];
  }
  const heading = {
    zh: `共 ${listed.length + count} 条报警`,
    en: `${listed.length + count} ALARM messages`,
  }[lang];
  return [heading, ...listed.map((alarm) => shortLine(alarm, site, lang)), ...moreLine];
}

/** 【红色】报警 LT-101 苯储罐液位 高高报 */
function headOf({ event, name }: ToldAlarm, lang: Lang): string {
  const level = loud(event.priority, lang);
  const bracketed = { zh: `【${level}】`, en: `[${level}] ` }[lang];
  const named = name === null ? "" : ` ${piece(name)}`;
  const type = { zh: typeWords[event.type].zh, en: `(${typeWords[event.type].en})` }[lang];
  return `${bracketed}${callWords[event.event][lang]} ${piece(event.source)}${named} ${type}`;
}

function fullLines(alarm: ToldAlarm, site: SiteHead, lang: Lang): readonly string[] {
  const { event, tankName, advice } = alarm;
  const tank = event.tank === null ? null : tankText(event.tank, tankName);
  const by = event.by === undefined ? null : piece(event.by);
  const why = reasonText(event, lang);
  const note = event.note === undefined || event.note === "" ? null : piece(event.note);
  return [
    headOf(alarm, lang),
    ...line({ zh: "数值", en: "value" }[lang], valueText(alarm, lang)),
    ...line({ zh: "储罐", en: "tank" }[lang], tank),
    ...line({ zh: "操作人", en: "by" }[lang], by),
    ...line({ zh: "原因", en: "reason" }[lang], why === "" ? null : piece(why)),
    ...line({ zh: "备注", en: "note" }[lang], note),
    ...line({ zh: "处置", en: "do" }[lang], advice === null ? null : piece(advice)),
    timeLine(event.at.wallMs, site, lang),
  ];
}

function line(label: string, text: string | null): readonly string[] {
  return text === null ? [] : [`${label}: ${text}`];
}

function tankText(id: string, name: string | null): string {
  return name === null || name.startsWith(id) ? piece(name ?? id) : `${piece(id)} ${piece(name)}`;
}

function shortLine(alarm: ToldAlarm, { timezone }: SiteHead, lang: Lang): string {
  const value = valueText(alarm, lang);
  const time = timeText(alarm.event.at.wallMs, timezone).slice(-8);
  return `${headOf(alarm, lang)}${value === null ? "" : `, ${value}`}, ${time}`;
}

/** `11213 mm, 限值 11040 mm`; null when there is neither. */
function valueText({ event, decimals }: ToldAlarm, lang: Lang): string | null {
  const unit = event.unit === "" ? "" : ` ${event.unit}`;
  const shown = (value: number): string => `${numberText(value, decimals)}${unit}`;
  const limitWord = { zh: "限值", en: "limit" }[lang];
  const parts: string[] = [];
  if (event.value !== null) parts.push(shown(event.value));
  if (event.value === null && isBad(event.quality)) {
    parts.push({ zh: `无有效值 (${event.quality})`, en: `no value (${event.quality})` }[lang]);
  }
  if (event.limit !== null) parts.push(`${limitWord} ${shown(event.limit)}`);
  return parts.length === 0 ? null : parts.join(", ");
}

function isBad(quality: string): boolean {
  return quality in qualityCode && !carriesNumber(qualityCode[quality as Quality]);
}

function numberText(value: number, decimals: number | null): string {
  if (decimals !== null) return value.toFixed(decimals);
  return String(Number(value.toPrecision(6)));
}

function selfLines(
  {
    isStanding,
    zh,
    en,
    at,
  }: { isStanding: boolean; zh: string; en: string; at: { wallMs: number } },
  site: SiteHead,
  lang: Lang,
): readonly string[] {
  const text = piece({ zh, en }[lang]);
  const time = timeLine(at.wallMs, site, lang);
  if (!isStanding) {
    return [
      { zh: `本机自检报警恢复: ${text}`, en: `SELF-CHECK ALARM returned: ${text}` }[lang],
      time,
    ];
  }
  return [
    { zh: `【红色】本机自检报警: ${text}`, en: `[RED] SELF-CHECK ALARM: ${text}` }[lang],
    `${{ zh: "处置", en: "do" }[lang]}: ${selfAdvice[lang]}`,
    time,
  ];
}

/** One line, no control characters, of bounded length. */
function piece(text: string): string {
  const clean = text.replace(/\p{Cc}+/gu, " ").trim();
  return clean.length <= pieceMax ? clean : `${clean.slice(0, pieceMax)}…`;
}

/** `2026-11-24 23:08:11` by the site's clock. */
function timeText(wallMs: number, timeZone: string): string {
  const format = new Intl.DateTimeFormat("sv-SE", {
    timeZone,
    dateStyle: "short",
    timeStyle: "medium",
  });
  return format.format(wallMs);
}

/** Capitals, where the language has them: a robot's message has no colour. */
function loud(priority: Priority, lang: Lang): string {
  return priorityWords[priority][lang].toUpperCase();
}
