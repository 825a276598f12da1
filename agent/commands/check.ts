/** `hazgate check`: judges a site file offline and says what it understood. Touches no device. */

import { z } from "zod";
import { type CheckIo, checkSite } from "../../config/check.ts";
import { storageDays } from "../../config/checks/storage.ts";
import { type Fault, hasErrors } from "../../config/faults/fault.ts";
import { loadSite } from "../../config/load.ts";
import { renderFaults } from "../../config/render.ts";
import { ringMemory } from "../../config/ringMemory.ts";
import type { Site } from "../../config/site.ts";
import type { Lang } from "../../config/words/bilingual.ts";
import { siteBudget } from "../busBudget.ts";
import { budgetLine } from "./busBudget.ts";

export interface CheckOptions {
  /** Name of the site file, as the user gave it. */
  readonly file: string;
  /** The text of the file, decoded from UTF-8, or null when it is not there or cannot be read. */
  readonly text: string | null;
  readonly io: CheckIo;
  readonly lang: Lang;
  readonly json: boolean;
  readonly colour: boolean;
}

export interface CommandResult {
  /** 0 well (warnings allowed), 1 problems found, 2 no such file. */
  readonly exitCode: 0 | 1 | 2;
  readonly stdout: string;
  readonly stderr: string;
}

const understoodSchema = z.strictObject({
  site: z.string(),
  box: z.string(),
  name: z.string(),
  buses: z.int(),
  devices: z.int(),
  points: z.int(),
  limits: z.int().describe("alarm limits over all points"),
  tanks: z.int(),
  uplinks: z.int(),
  cameras: z
    .object({ count: z.int(), ringBytes: z.int().describe("memory that their video takes") })
    .describe("cameras, and what their rings take"),
  disk: z
    .object({
      maxSizeBytes: z.number(),
      readingsPerDay: z.number(),
      outageDays: z
        .number()
        .nullable()
        .describe("days without the network before readings are thinned; null: never"),
      historyDays: z
        .number()
        .nullable()
        .describe("days of delivered readings that fit; null: no bound by size"),
    })
    .describe("what journal.maxSize holds for this site, at the most readings it can make"),
});
type Understood = z.infer<typeof understoodSchema>;

/** What `--json` prints. Stable: fields are only ever added. */
export const checkReportSchema = z.strictObject({
  v: z.literal(1),
  file: z.string(),
  ok: z.boolean().describe("no errors; there may be warnings"),
  errors: z.int(),
  warnings: z.int(),
  faults: z.array(
    z.strictObject({
      severity: z.enum(["error", "warning"]),
      code: z.string(),
      file: z.string(),
      line: z.int().min(1),
      column: z.int().min(1),
      length: z.int().min(0),
      path: z.string(),
      zh: z.string(),
      en: z.string(),
      fixZh: z.string().optional(),
      fixEn: z.string().optional(),
    }),
  ),
  understood: understoodSchema.nullable().describe("null when the file could not be understood"),
});
export type CheckReport = z.infer<typeof checkReportSchema>;

/** Never throws. */
export function check({ file, text, io, lang, json, colour }: CheckOptions): CommandResult {
  if (text === null) {
    const stderr =
      lang === "zh"
        ? `读不到文件 ${file}\n从 config/examples/ 复制一个例子, 或用 --config 指明文件。\n`
        : `cannot read ${file}\nCopy an example from config/examples/, or name the file with --config.\n`;
    return { exitCode: 2, stdout: "", stderr };
  }
  const { faults, site } = judge({ file, text, io });
  const exitCode = hasErrors(faults) ? 1 : 0;
  const understood = site === null ? null : count(site);
  const stdout = json
    ? `${JSON.stringify(report(file, faults, understood), null, 2)}\n`
    : renderFaults(faults, { lang, colour, text }) +
      closing({ understood, site, isWell: exitCode === 0, file, lang });
  return { exitCode, stdout, stderr: "" };
}

function judge({ file, text, io }: { file: string; text: string; io: CheckIo }): {
  readonly faults: readonly Fault[];
  readonly site: Site | null;
} {
  const loaded = loadSite({ file, text });
  if (!loaded.ok) return { faults: loaded.error, site: null };
  return { faults: checkSite(loaded.value, io), site: loaded.value.site };
}

function count(site: Site): Understood {
  return {
    site: site.site.id,
    box: site.site.box,
    name: site.site.name,
    buses: Object.keys(site.buses).length,
    devices: Object.keys(site.devices).length,
    points: Object.keys(site.points).length,
    limits: Object.values(site.points).reduce((sum, point) => sum + limitCount(point.limits), 0),
    tanks: Object.keys(site.tanks).length,
    uplinks: Object.keys(site.uplinks).length,
    cameras: { count: Object.keys(site.cameras).length, ringBytes: ringBytesMax(site) },
    disk: disk(site),
  };
}

function ringBytesMax(site: Site): number {
  const { heldBytes, limitBytes } = ringMemory(site);
  return Math.min(heldBytes, limitBytes);
}

function disk(site: Site): Understood["disk"] {
  const { readingsPerDay, outageDays, historyDays } = storageDays(site);
  const finite = (days: number): number | null =>
    Number.isFinite(days) ? Number(days.toPrecision(3)) : null;
  return {
    maxSizeBytes: site.journal.maxSize,
    readingsPerDay: Math.round(readingsPerDay),
    outageDays: finite(outageDays),
    historyDays: finite(historyDays),
  };
}

function diskText(
  { maxSizeBytes, outageDays, historyDays }: Understood["disk"],
  lang: Lang,
): string {
  const size = `${Number((maxSizeBytes / 1024 ** 3).toPrecision(3))} GiB`;
  const days = (count: number | null): string => (count === null ? "∞" : String(Math.floor(count)));
  return {
    zh: `存储 ${size}: 断网可完整保存约 ${days(outageDays)} 天; 已上传的历史约 ${days(historyDays)} 天`,
    en: `disk ${size}: holds about ${days(outageDays)} days without the network, or ${days(historyDays)} days of delivered history`,
  }[lang];
}

function camerasText({ count: cameras, ringBytes }: Understood["cameras"], lang: Lang): string {
  const size = `${Math.ceil(ringBytes / 1024 ** 2)} MiB`;
  return {
    zh: `摄像机 ${cameras} 台: 证据视频最多占内存 ${size}`,
    en: `cameras ${cameras}: video kept for evidence takes at most ${size} of memory`,
  }[lang];
}

const limitNames = ["ll", "l", "h", "hh", "gas1", "gas2", "rate"] as const;

function limitCount(limits: Site["points"][string]["limits"]): number {
  return limitNames.filter((name) => limits?.[name] !== undefined).length;
}

function report(
  file: string,
  faults: readonly Fault[],
  understood: Understood | null,
): CheckReport {
  const errors = faults.filter((fault) => fault.severity === "error").length;
  return {
    v: 1,
    file,
    ok: errors === 0,
    errors,
    warnings: faults.length - errors,
    faults: [...faults],
    understood,
  };
}

function closing({
  understood,
  site,
  isWell,
  file,
  lang,
}: {
  readonly understood: Understood | null;
  readonly site: Site | null;
  readonly isWell: boolean;
  readonly file: string;
  readonly lang: Lang;
}): string {
  const isZh = lang === "zh";
  const lines: string[] = [];
  if (understood !== null) {
    const { site, box, name, buses, devices, points, limits, tanks, uplinks } = understood;
    lines.push(
      isZh
        ? `读到的内容: ${name} (${site}/${box}): 总线 ${buses}, 设备 ${devices}, 测点 ${points}, 限值 ${limits}, 储罐 ${tanks}, 上传通道 ${uplinks}`
        : `understood: ${name} (${site}/${box}): buses ${buses}, devices ${devices}, points ${points}, limits ${limits}, tanks ${tanks}, uplinks ${uplinks}`,
      diskText(understood.disk, lang),
    );
    if (understood.cameras.count > 0) lines.push(camerasText(understood.cameras, lang));
  }
  if (site !== null && isWell) {
    lines.push(...siteBudget(site).map((budget) => budgetLine(budget, lang)));
  }
  const verb = isWell ? "run" : "check";
  const next = `hazgate ${verb} --config ${file}`;
  if (isZh) lines.push(isWell ? `下一步: ${next}` : `改正错误后再执行: ${next}`);
  else lines.push(isWell ? `next: ${next}` : `correct the errors, then: ${next}`);
  return `${lines.join("\n")}\n`;
}
