/** What `hazgate import` says: for programs as JSON, for people as a diff with the refused rows first. */

import { styleText } from "node:util";
import { z } from "zod";
import type { Change } from "../../config/sheets/edit.ts";
import type { SheetFinding } from "../../config/sheets/finding.ts";
import { flowText } from "../../config/sheets/yamlText.ts";
import type { Lang, Word } from "../../config/words/bilingual.ts";

/** What `--json` prints. Stable: fields are only ever added. */
export const importReportSchema = z.strictObject({
  v: z.literal(1),
  file: z.string(),
  config: z.string(),
  written: z.boolean().describe("whether the site file was replaced"),
  backup: z.string().nullable().describe("the copy of the old site file"),
  why: z
    .strictObject({ zh: z.string(), en: z.string() })
    .nullable()
    .describe("why nothing was written"),
  same: z.int().describe("points that the site file holds in just this way"),
  changes: z.array(
    z.strictObject({
      kind: z.enum(["add", "change", "remove"]),
      what: z.enum(["point", "device", "bus", "tank"]),
      id: z.string(),
      at: z.string().nullable().describe("the cell that says so"),
      fields: z.array(
        z.strictObject({ field: z.string(), before: z.unknown(), after: z.unknown() }),
      ),
    }),
  ),
  addresses: z.array(
    z.strictObject({ zh: z.string(), en: z.string(), at: z.string(), count: z.int() }),
  ),
  findings: z.array(
    z.strictObject({
      severity: z.enum(["error", "rejected", "note"]),
      at: z.string(),
      zh: z.string(),
      en: z.string(),
      cureZh: z.string().optional(),
      cureEn: z.string().optional(),
    }),
  ),
});
export type ImportReport = z.infer<typeof importReportSchema>;

export function findingOut({
  severity,
  at,
  what,
  cure,
}: SheetFinding): ImportReport["findings"][number] {
  const cures = cure === undefined ? {} : { cureZh: cure.zh, cureEn: cure.en };
  return { severity, at, zh: what.zh, en: what.en, ...cures };
}

interface View {
  readonly lang: Lang;
  readonly colour: boolean;
}

/** More would scroll away; the JSON report has them all. */
const shownMax = 60;

export function previewText(report: ImportReport, { lang, colour }: View): string {
  const t = (zh: string, en: string): string => (lang === "zh" ? zh : en);
  const paint = (style: "red" | "green" | "yellow" | "dim", text: string): string =>
    colour ? styleText(style, text, { validateStream: false }) : text;
  const signs = {
    error: paint("red", t("错误", "error")),
    rejected: paint("red", t("不收", "rejected")),
    note: paint("yellow", t("注意", "note")),
  };
  const findings = report.findings.map((one) => {
    const cure = lang === "zh" ? one.cureZh : one.cureEn;
    const line = `${one.at}: ${signs[one.severity]} ${one[lang]}`;
    return cure === undefined ? line : `${line}\n    ${t("修改", "fix")}: ${cure}`;
  });
  const addresses = report.addresses.map((one) =>
    `${t("地址", "addresses")}: ${one.count} ${t("个", "")} ${one[lang]} (${t("首个", "first")} ${one.at})`.replace(
      "  ",
      " ",
    ),
  );
  const changes = report.changes.map((change) => changeText(change, { lang, paint }));
  return [...shown(findings, t), ...addresses, ...shown(changes, t), summary(report, t), ""].join(
    "\n",
  );
}

type Say = (zh: string, en: string) => string;

function shown(lines: readonly string[], t: Say): readonly string[] {
  const more = lines.length - shownMax;
  return more <= 0
    ? lines
    : [
        ...lines.slice(0, shownMax),
        t(
          `... 另有 ${more} 条 (--json 可看全部)`,
          `... and ${more} more (all of them with --json)`,
        ),
      ];
}

interface ChangeView {
  readonly lang: Lang;
  readonly paint: (style: "red" | "green" | "yellow", text: string) => string;
}

const signOf = { add: "+", change: "~", remove: "-" } as const;
const styleOf = { add: "green", change: "yellow", remove: "red" } as const;
const nouns: Readonly<Record<Change["what"], Word>> = {
  point: { zh: "测点", en: "point" },
  device: { zh: "设备", en: "device" },
  bus: { zh: "总线", en: "bus" },
  tank: { zh: "储罐", en: "tank" },
};

function changeText(
  { kind, what, id, fields, at }: ImportReport["changes"][number],
  { lang, paint }: ChangeView,
): string {
  const head = paint(styleOf[kind], `${signOf[kind]} ${nouns[what][lang]} ${id}`);
  const place = at === null ? "" : `  (${at})`;
  if (kind === "add") {
    const all = fields.map(({ field, after }) => `${field}: ${flowText(after)}`).join(", ");
    return `${head}${place}  ${all}`;
  }
  const lines = fields.map(
    ({ field, before, after }) => `\n    ${field}: ${text(before)} -> ${text(after)}`,
  );
  return `${head}${place}${lines.join("")}`;
}

function text(value: unknown): string {
  return value === undefined ? "-" : flowText(value);
}

function summary({ changes, same, findings }: ImportReport, t: Say): string {
  const count = (kind: Change["kind"]): number =>
    changes.filter((one) => one.kind === kind && one.what === "point").length;
  const rejected = findings.filter(({ severity }) => severity === "rejected").length;
  return t(
    `测点: 新增 ${count("add")}, 修改 ${count("change")}, 删除 ${count("remove")}, 不变 ${same}, 不收 ${rejected} 行`,
    `points: ${count("add")} new, ${count("change")} changed, ${count("remove")} removed, ${same} as they were; ${rejected} row(s) rejected`,
  );
}
