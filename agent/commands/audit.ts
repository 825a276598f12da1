/** `hazgate audit`: made = delivered + stored + declared lost, from the journal itself, running agent or not. */

import { join } from "node:path";
import { z } from "zod";
import type { Lang } from "../../config/words/bilingual.ts";
import { fail, ok, type Result } from "../../config/words/result.ts";
import { type Account, recordKinds } from "../records.ts";
import { balanceOf } from "../store/accountTable.ts";
import { openError, openForReading } from "../store/database.ts";
import { type Inspection, inspect, isInOrder } from "../store/inspection.ts";
import { exitCode } from "./io.ts";

const count = z.int();
const accountSchema = z.object({
  made: count,
  delivered: count,
  stored: count,
  declaredLost: count,
  balance: count.describe("made - delivered - stored - declaredLost: 0 when the books are right"),
});

/** What `--json` prints. The counts at the top are readings; so is the class of that name. */
export const auditSchema = accountSchema.extend({
  classes: z.object({
    readings: accountSchema,
    alarm: accountSchema.describe("in records"),
    gap: accountSchema.describe("in records"),
    event: accountSchema.describe("in records"),
    evidence: accountSchema.describe("in records"),
  }),
  epoch: z.string(),
  lastSeq: count.describe("last sequence number given out"),
  holes: z.array(z.tuple([count, count])).describe("ranges of seq that nothing explains"),
  salvages: z
    .array(
      z.object({
        file: z.string(),
        isDone: z.boolean(),
        records: count.describe("records carried over"),
        readings: count.describe("readings carried over"),
        declaredLost: count.describe("readings declared lost at its end"),
        isLostUnknown: z.boolean().describe("true: more may be lost than anybody knows"),
      }),
    )
    .describe("damaged journals that were moved aside and are still there"),
  faults: z
    .array(z.object({ seq: count.nullable(), what: z.string() }))
    .nullable()
    .describe("what --deep found; null: not asked"),
});
export type AuditReport = z.output<typeof auditSchema>;

export interface CommandOutcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Exit code 0 only when all books balance, no number is missing and, with `deep`, no byte is wrong. */
export function audit(options: {
  readonly dataDir: string;
  readonly json: boolean;
  readonly deep: boolean;
  readonly lang: Lang;
}): CommandOutcome {
  const inspected = look(join(options.dataDir, "journal.db"), options.deep);
  if (!inspected.ok) {
    return { exitCode: exitCode.journal, stdout: "", stderr: `${inspected.error}\n` };
  }
  const report = reportOf(inspected.value);
  const isRight = isInOrder(inspected.value);
  const { json, lang } = options;
  const stdout = json ? `${JSON.stringify(report)}\n` : table(report, { lang, isRight });
  return { exitCode: isRight ? exitCode.well : exitCode.journal, stdout, stderr: "" };
}

function look(file: string, isDeep: boolean): Result<Inspection, string> {
  const opened = openForReading(file);
  if (!opened.ok) return fail(`${opened.error.message}. ${opened.error.hint}`);
  try {
    return ok(inspect(opened.value, { isDeep }));
  } catch (error) {
    const trouble = openError(file, error);
    return trouble.ok ? trouble : fail(`${trouble.error.message}. ${trouble.error.hint}`);
  } finally {
    opened.value.close();
  }
}

function reportOf(inspection: Inspection): AuditReport {
  const { epoch, lastSeq, account, holes, faults, salvages } = inspection;
  const classes = {
    readings: withBalance(account.readings),
    alarm: withBalance(account.alarm),
    gap: withBalance(account.gap),
    event: withBalance(account.event),
    evidence: withBalance(account.evidence),
  };
  return {
    ...classes.readings,
    classes,
    epoch,
    lastSeq,
    holes: holes.map(({ from, to }) => [from, to]),
    salvages: salvages.map(({ name, state }) => ({
      file: name,
      isDone: state.phase === "done",
      records: state.records,
      readings: state.readings,
      declaredLost: state.lost,
      isLostUnknown: state.isLostUnknown,
    })),
    faults: faults === null ? null : [...faults],
  };
}

function withBalance(account: Account): AuditReport["classes"]["readings"] {
  return { ...account, balance: balanceOf(account) };
}

const words = {
  class: { zh: "类别", en: "class" },
  made: { zh: "产生", en: "made" },
  delivered: { zh: "已送达", en: "delivered" },
  stored: { zh: "存储", en: "stored" },
  declaredLost: { zh: "声明丢失", en: "declared lost" },
  balance: { zh: "差额", en: "balance" },
  readings: { zh: "读数 (条)", en: "readings" },
  alarm: { zh: "报警 (记录)", en: "alarm records" },
  gap: { zh: "缺口 (记录)", en: "gap records" },
  event: { zh: "事件 (记录)", en: "event records" },
  evidence: { zh: "证据 (记录)", en: "evidence records" },
  holes: { zh: "无法解释的序号", en: "unexplained sequence numbers" },
  faults: { zh: "损坏", en: "damaged" },
  salvage: { zh: "损坏后移开的日志", en: "damaged journal moved aside" },
  carrying: { zh: "正在抢救", en: "being salvaged" },
  carried: { zh: "已抢救", en: "salvaged" },
  unknown: { zh: "可能更多", en: "perhaps more" },
  none: { zh: "无", en: "none" },
  right: { zh: "账目平衡。", en: "All in order." },
  wrong: { zh: "账目有误！", en: "NOT IN ORDER." },
} as const;

const columns = ["made", "delivered", "stored", "declaredLost", "balance"] as const;

function table(
  report: AuditReport,
  { lang, isRight }: { readonly lang: Lang; readonly isRight: boolean },
): string {
  const say = (key: keyof typeof words): string => words[key][lang];
  const names = recordKinds;
  const rows = [
    [say("class"), ...columns.map(say)],
    ...names.map((name) => [
      say(name),
      ...columns.map((column) => String(report.classes[name][column])),
    ]),
  ];
  const lines = rows.map((row) => row.map((cell, i) => padded(cell, i === 0 ? -16 : 14)).join(" "));
  const none = say("none");
  lines.push(
    "",
    `epoch ${report.epoch}, seq 1..${report.lastSeq}`,
    `${say("holes")}: ${report.holes.map(([from, to]) => `${from}-${to}`).join(", ") || none}`,
  );
  if (report.faults !== null) {
    const faults = report.faults.map(({ seq, what }) => `\n  ${seq ?? "-"}: ${what}`).join("");
    lines.push(`${say("faults")}: ${faults || none}`);
  }
  for (const { file, isDone, records, readings, declaredLost, isLostUnknown } of report.salvages) {
    const state = say(isDone ? "carried" : "carrying");
    const more = isLostUnknown ? ` (${say("unknown")})` : "";
    const kept = `${records}, ${say("readings")} ${readings}`;
    lines.push(
      `${say("salvage")}: ${file}: ${state} ${kept}, ${say("declaredLost")} ${declaredLost}${more}`,
    );
  }
  lines.push(isRight ? say("right") : say("wrong"));
  return `${lines.join("\n")}\n`;
}

/** Negative width: to the left. A Chinese character takes two columns. */
function padded(text: string, width: number): string {
  const taken = [...text].reduce((sum, char) => sum + (char > "\u2e80" ? 2 : 1), 0);
  const space = " ".repeat(Math.max(0, Math.abs(width) - taken));
  return width < 0 ? text + space : space + text;
}
