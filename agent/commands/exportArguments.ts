/** The words of `hazgate export` -> what to export, or what is wrong with them. */

import { extname } from "node:path";
import { loadSite } from "../../config/load.ts";
import type { Lang } from "../../config/words/bilingual.ts";
import { fail, ok, type Result } from "../../config/words/result.ts";
import { configOf, defaultConfig, readOrNull } from "./configFile.ts";
import type { ExportOptions } from "./export.ts";
import type { ExportFormat } from "./exportFormat.ts";
import type { Exportable } from "./exportTable.ts";
import { type SiteTime, siteTime } from "./exportTime.ts";
import { say } from "./io.ts";

/** As commander hands them over. */
export interface ExportWords {
  readonly config: string;
  readonly data: string;
  readonly point?: readonly string[];
  readonly from?: string;
  readonly to?: string;
  readonly format?: ExportFormat;
  readonly out?: string;
  readonly force?: boolean;
  readonly excel?: boolean;
  readonly archives?: boolean;
  readonly json?: boolean;
}

type Asked = Omit<
  ExportOptions,
  "io" | "stdout" | "isProgressSeen" | "clock" | "signal" | "time"
> & { readonly time: SiteTime };

/** Fails with a sentence: a usage error. `warn`: what can be gone on without. */
export function exportArguments(
  what: Exportable,
  words: ExportWords,
  options: {
    readonly lang: Lang;
    readonly nowWallMs: number;
    readonly warn: (text: string) => void;
  },
): Result<Asked, string> {
  const { lang } = options;
  const time = timeOf(words.config, options);
  if (!time.ok) return time;
  const from = momentOf(words.from, { time: time.value, lang, none: Number.NEGATIVE_INFINITY });
  if (!from.ok) return from;
  const to = momentOf(words.to, { time: time.value, lang, none: Number.POSITIVE_INFINITY });
  if (!to.ok) return to;
  const format = words.format ?? formatOf(words.out);
  const wrong = contradiction(what, { ...words, format, range: [from.value, to.value] });
  if (wrong !== null) return fail(say(lang, wrong));
  return ok({
    what,
    dataDir: words.data,
    points: words.point ?? [],
    fromWallMs: from.value,
    toWallMs: to.value,
    time: time.value,
    format,
    isForExcel: words.excel ?? false,
    withArchives: words.archives ?? false,
    out: words.out ?? null,
    mayReplace: words.force ?? false,
    json: words.json ?? false,
  });
}

/** In the site's zone. A site file that is not there, or faulty, must not keep anybody from the data. */
function timeOf(
  config: string,
  options: {
    readonly lang: Lang;
    readonly nowWallMs: number;
    readonly warn: (text: string) => void;
  },
): Result<SiteTime, string> {
  const { lang, nowWallMs, warn } = options;
  const file = configOf(config);
  const text = readOrNull(file);
  if (text === null && config !== defaultConfig) {
    return fail(
      say(lang, { zh: `找不到站点文件 ${file}`, en: `there is no site file at ${file}` }),
    );
  }
  const loaded = text === null ? null : loadSite({ file, text });
  const zone = loaded?.ok === true ? loaded.value.site.site.timezone : fallbackZone;
  const time = zoned(zone, nowWallMs) ?? siteTime(fallbackZone, nowWallMs);
  if (loaded?.ok !== true) {
    warn(
      say(lang, {
        zh: `没有可用的站点文件 (${file})，时间按 ${fallbackZone}`,
        en: `no usable site file (${file}); times are those of ${fallbackZone}`,
      }),
    );
  }
  return ok(time);
}

/** As the site file's own default. */
const fallbackZone = "Asia/Shanghai";

/** Null: there is no such zone. `hazgate check` has said so. */
function zoned(zone: string, nowWallMs: number): SiteTime | null {
  try {
    return siteTime(zone, nowWallMs);
  } catch {
    return null;
  }
}

function momentOf(
  text: string | undefined,
  options: { readonly time: SiteTime; readonly lang: Lang; readonly none: number },
): Result<number, string> {
  if (text === undefined) return ok(options.none);
  const moment = options.time.moment(text);
  if (moment.ok) return moment;
  return fail(
    say(options.lang, {
      zh: `"${text}" 不是时间。可写 2026-11-24、2026-11-24T08:00、2026-11-24T00:00Z、-7d、-12h、-30min、now`,
      en: `"${text}" is no time. Write 2026-11-24, 2026-11-24T08:00, 2026-11-24T00:00Z, -7d, -12h, -30min or now`,
    }),
  );
}

function formatOf(out: string | undefined): ExportFormat {
  const isLines = out !== undefined && [".jsonl", ".ndjson"].includes(extname(out));
  return isLines ? "jsonl" : "csv";
}

function contradiction(
  what: Exportable,
  asked: ExportWords & { readonly range: readonly [from: number, to: number] },
): { readonly zh: string; readonly en: string } | null {
  const [from, to] = asked.range;
  if (from >= to) return { zh: "--from 必须早于 --to", en: "--from must be before --to" };
  if (asked.excel === true && asked.format !== "csv") {
    return { zh: "--excel 只用于 CSV", en: "--excel is for CSV only" };
  }
  if (what === "events" && asked.point !== undefined) {
    return {
      zh: "事件不属于测点，不能用 --point",
      en: "events belong to no point: no --point here",
    };
  }
  return null;
}
