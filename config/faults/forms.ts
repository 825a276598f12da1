/** The written forms of a site file (durations, ids, addresses): what is allowed, and what was probably meant. Pure. */

import { casPattern, idPattern, topicPattern } from "../shape/ids.ts";
import { mqttUrlPattern } from "../shape/uplink.ts";
import { byteRatePattern, durationPattern, sizePattern } from "../words/units.ts";

export interface Form {
  readonly code: "E014" | "E015";
  readonly zh: string;
  readonly en: string;
  /** The text in the right form, or null when it cannot be guessed. */
  readonly repaired: (text: string) => string | null;
}

const durationUnits: Readonly<Record<string, string>> = {
  m: "min",
  mins: "min",
  minute: "min",
  minutes: "min",
  分: "min",
  分钟: "min",
  sec: "s",
  secs: "s",
  second: "s",
  seconds: "s",
  秒: "s",
  msec: "ms",
  毫秒: "ms",
  hr: "h",
  hour: "h",
  hours: "h",
  时: "h",
  小时: "h",
  day: "d",
  days: "d",
  天: "d",
  日: "d",
  ms: "ms",
  s: "s",
  min: "min",
  h: "h",
  d: "d",
};
const sizeUnits: Readonly<Record<string, string>> = Object.fromEntries(
  ["K", "M", "G", "T"].flatMap((letter) => {
    const unit = `${letter}iB`;
    const lower = letter.toLowerCase();
    return [lower, `${lower}b`, `${lower}ib`].map((word) => [word, unit]);
  }),
);

const rateUnits: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(sizeUnits)
    .filter(([, unit]) => unit === "KiB" || unit === "MiB")
    .flatMap(([word, unit]) => [word, `${word}/s`, `${word}ps`].map((form) => [form, `${unit}/s`])),
);

const forms: ReadonlyMap<string, Form> = new Map([
  [
    String(durationPattern),
    {
      code: "E015",
      zh: "时长要带单位: 500ms、1s、5min、2h 或 30d",
      en: "a duration needs its unit: 500ms, 1s, 5min, 2h or 30d",
      repaired: (text: string) => withUnit(text, durationUnits),
    },
  ],
  [
    String(sizePattern),
    {
      code: "E015",
      zh: "容量要带单位: 512MiB 或 8GiB",
      en: "a size needs its unit: 512MiB or 8GiB",
      repaired: (text: string) => withUnit(text, sizeUnits),
    },
  ],
  [
    String(byteRatePattern),
    {
      code: "E015",
      zh: "速率要带单位: 64KiB/s 或 2MiB/s",
      en: "a rate needs its unit: 64KiB/s or 2MiB/s",
      repaired: (text: string) => withUnit(text, rateUnits),
    },
  ],
  [
    String(idPattern),
    {
      code: "E014",
      zh: "名称只能用文字、数字、点、短横和下划线, 以文字或数字开头, 最长 64 个字符",
      en: "a name consists of letters, digits, dot, dash and underscore, begins with a letter or digit, and has at most 64 characters",
      repaired: (text: string) => cleaned(text, /[^\p{L}\p{N}._-]+/gu, idPattern),
    },
  ],
  [
    String(topicPattern),
    {
      code: "E014",
      zh: "只能用英文字母、数字、点、短横和下划线 (它是 MQTT 主题的一部分), 最长 64 个字符",
      en: "only ASCII letters, digits, dot, dash and underscore are allowed (it becomes part of the MQTT topic), at most 64 characters",
      repaired: (text: string) => cleaned(text, /[^A-Za-z0-9._-]+/g, topicPattern),
    },
  ],
  [
    String(casPattern),
    {
      code: "E014",
      zh: "CAS 号的形式是 71-43-2",
      en: "a CAS number looks like 71-43-2",
      repaired: (text: string) => {
        const tight = text.normalize("NFKC").replaceAll(/\s/g, "");
        return casPattern.test(tight) ? tight : null;
      },
    },
  ],
  [
    String(mqttUrlPattern),
    {
      code: "E014",
      zh: "地址的形式是 mqtt://主机:1883 或 mqtts://主机:8883, 后面没有路径",
      en: "the address looks like mqtt://host:1883 or mqtts://host:8883, without a path",
      repaired: mqttUrl,
    },
  ],
]);

/** `pattern` as zod reports it: the text of a regular expression. */
export function formOf(pattern: string | undefined): Form | null {
  return forms.get(pattern ?? "") ?? null;
}

/** The form of a JSON Schema's `pattern`, which has neither slashes nor flags. */
export function formOfSource(source: string | undefined): Form | null {
  if (source === undefined) return null;
  const form = [...forms].find(
    ([pattern]) => pattern.slice(1, pattern.lastIndexOf("/")) === source,
  );
  return form?.[1] ?? null;
}

function withUnit(text: string, units: Readonly<Record<string, string>>): string | null {
  const parts = /^(\d+(?:\.\d+)?)\s*(\p{L}+(?:\/s)?)$/u.exec(text.normalize("NFKC").trim());
  const word = parts?.[2]?.toLowerCase() ?? "";
  const unit = Object.hasOwn(units, word) ? units[word] : undefined;
  return parts === null || unit === undefined ? null : `${parts[1]}${unit}`;
}

function cleaned(text: string, strange: RegExp, pattern: RegExp): string | null {
  const tried = text.normalize("NFKC").trim().replaceAll(strange, "-");
  const shorter = tried.replace(/^[^\p{L}\p{N}]+/u, "").replace(/-+$/, "");
  return pattern.test(shorter) && shorter !== text ? shorter : null;
}

function mqttUrl(text: string): string | null {
  const parts = /^(?:(\w+):\/\/)?([^\s/:]+)(?::(\d+))?\/*$/.exec(text.trim());
  if (parts === null) return null;
  const [, scheme = "", host, port] = parts;
  const isSecure = port === "8883" || /^(mqtts|ssl|tls|https|wss)$/i.test(scheme);
  return `${isSecure ? "mqtts" : "mqtt"}://${host}:${port ?? (isSecure ? "8883" : "1883")}`;
}
