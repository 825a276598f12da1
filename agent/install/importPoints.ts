/** `hazgate import`: a point list into the site file. What does not pass `hazgate check` is not written. */

import { checkSite } from "../../config/check.ts";
import { type Fault, hasErrors } from "../../config/faults/fault.ts";
import { loadSite } from "../../config/load.ts";
import { renderFaults } from "../../config/render.ts";
import type { Sheet } from "../../config/sheets/cell.ts";
import type { SheetFinding } from "../../config/sheets/finding.ts";
import { type ImportPlan, planImport } from "../../config/sheets/plan.ts";
import { readRows } from "../../config/sheets/rows.ts";
import type { SheetPoint } from "../../config/sheets/sheetPoint.ts";
import { editYaml } from "../../config/sheets/yamlEdit.ts";
import { type Word, word } from "../../config/words/bilingual.ts";
import type { Clock } from "../../config/words/time.ts";
import { checkIoFor } from "../checkIo.ts";
import { readOrNull } from "../commands/configFile.ts";
import { type CommandIo, exitCode, say } from "../commands/io.ts";
import { findingOut, type ImportReport, previewText } from "./importReport.ts";
import { readSheets } from "./readSheets.ts";
import { replaceFile } from "./replaceFile.ts";

export interface ImportOptions {
  readonly file: string;
  readonly config: string;
  /** Only this sheet of a workbook; null: all that hold a point list. */
  readonly sheet: string | null;
  /** From where plain register addresses count; null: to be seen in the list. */
  readonly base: 0 | 1 | null;
  readonly replace: boolean;
  readonly dryRun: boolean;
  readonly yes: boolean;
  readonly json: boolean;
  readonly clock: Clock;
  readonly io: CommandIo;
  /** Asks a person; null: there is none. */
  readonly ask: ((question: string) => Promise<boolean>) | null;
}

/** @returns the exit code: 0 well, 1 rows rejected or nothing could be written, 2 files or flags. */
export async function importPoints(options: ImportOptions): Promise<number> {
  const { file, config, io } = options;
  const text = readOrNull(config);
  if (text === null) return refuse(io, noSiteFile(config), exitCode.usage);
  const loaded = loadSite({ file: config, text });
  if (!loaded.ok) {
    io.err(renderFaults(loaded.error, { ...io, text }));
    return refuse(io, siteFirst, exitCode.problems);
  }
  const sheets = await readSheets(file);
  if (!sheets.ok) return refuse(io, named(file, sheets.error), exitCode.problems);
  const list = listOf(sheets.value, options);
  const plan = planImport(loaded.value.site, list.points, options.replace);
  const findings = [...list.findings, ...plan.findings];
  const after = plan.edits.length === 0 ? text : editYaml(loaded.value.text, plan.edits);
  const judged = judge(config, after);
  const blocked = obstacle({ options, findings, points: list.points, judged });
  const report: ImportReport = {
    ...{ v: 1, file, config, written: false, backup: null, why: blocked, same: plan.same },
    changes: plan.changes.map((change) => ({
      ...change,
      fields: change.fields.map((one) => ({
        ...one,
        before: one.before ?? null,
        after: one.after ?? null,
      })),
    })),
    addresses: list.hows.map(({ how, at, count }) => ({ ...how, at, count })),
    findings: findings.map(findingOut),
  };
  if (!options.json)
    io.out(
      previewText(
        { ...report, changes: plan.changes.map((one) => ({ ...one, fields: [...one.fields] })) },
        io,
      ),
    );
  if (hasErrors(judged)) io.err(renderFaults(judged, { ...io, text: after }));
  const done =
    blocked === null ? await settle(options, { plan, before: text, after }) : { why: blocked };
  if (options.json) io.out(`${JSON.stringify({ ...report, ...outcome(done) }, null, 2)}\n`);
  else io.err(`${closing(done, options)}\n`);
  if (blocked !== null || findings.some(isRejected)) return exitCode.problems;
  return "isUnasked" in done ? exitCode.usage : exitCode.well;
}

type Done = { readonly why: Word; readonly isUnasked?: true } | { readonly backup: string | null };

function outcome(done: Done): Pick<ImportReport, "written" | "backup" | "why"> {
  return "why" in done
    ? { written: false, backup: null, why: done.why }
    : { written: true, backup: done.backup, why: null };
}

interface Proposal {
  readonly plan: ImportPlan;
  readonly before: string;
  readonly after: string;
}

async function settle(options: ImportOptions, { plan, before, after }: Proposal): Promise<Done> {
  const { io, config, clock } = options;
  if (plan.edits.length === 0) return { why: word("没有变化", "nothing would change") };
  if (options.dryRun) return { why: word("只是预览 (--dry-run)", "a preview only (--dry-run)") };
  if (!options.yes) {
    if (options.ask === null) return { why: noTerminal, isUnasked: true };
    const question = say(io.lang, word(`写入 ${config}? [y/N] `, `write ${config}? [y/N] `));
    if (!(await options.ask(question))) return { why: word("未确认", "not confirmed") };
  }
  if (readOrNull(config) !== before) return { why: changedMeanwhile };
  return { backup: replaceFile(config, after, clock.now().wallMs) };
}

interface List {
  readonly points: readonly SheetPoint[];
  readonly findings: readonly SheetFinding[];
  readonly hows: ImportReportHows;
}
type ImportReportHows = readonly {
  readonly how: Word;
  readonly at: string;
  readonly count: number;
}[];

function listOf(sheets: readonly Sheet[], { sheet, base }: ImportOptions): List {
  const wanted = sheets.filter(({ name }) => sheet === null || name === sheet);
  const findings: SheetFinding[] = [];
  const points = new Map<string, SheetPoint>();
  const hows: ImportReportHows[] = [];
  for (const one of wanted) {
    const read = readRows(one, base);
    if (read === null) {
      if (one.rows.length > 0) findings.push({ severity: "note", at: one.name, what: noHeads });
      continue;
    }
    findings.push(...read.findings);
    hows.push(read.hows);
    for (const point of read.points) {
      const before = points.get(point.tag);
      if (before === undefined) points.set(point.tag, point);
      else findings.push(inTwoSheets(point, before.at));
    }
  }
  const isEmpty = points.size === 0 && !findings.some(isRejected);
  const names = sheets.map(({ name }) => name).join(", ");
  return {
    points: [...points.values()],
    findings: isEmpty ? [...findings, nothingFound(names)] : findings,
    hows: hows.flat(),
  };
}

function judge(config: string, text: string): readonly Fault[] {
  const loaded = loadSite({ file: config, text });
  return loaded.ok ? checkSite(loaded.value, checkIoFor(config)) : loaded.error;
}

interface Judged {
  readonly options: ImportOptions;
  readonly findings: readonly SheetFinding[];
  readonly points: readonly SheetPoint[];
  readonly judged: readonly Fault[];
}

/** Why nothing may be written; null: it may. */
function obstacle({ options, findings, points, judged }: Judged): Word | null {
  const isRefused = findings.some(isRejected);
  if (findings.some(({ severity }) => severity === "error")) {
    return word("先改正上面的错误", "the errors above come first");
  }
  if (points.length === 0) return word("没有可导入的测点", "there is no point to import");
  if (options.replace && isRefused) {
    return word(
      "--replace 会删除不收的行所指的测点: 先改正这些行",
      "--replace would remove the points of the rejected rows: correct these first",
    );
  }
  if (hasErrors(judged)) {
    return word(
      "导入后的站点文件通不过检查 (见上)",
      "the site file would not pass the check (see above)",
    );
  }
  return null;
}

function isRejected({ severity }: SheetFinding): boolean {
  return severity === "rejected";
}

function closing(done: Done, { config, io }: ImportOptions): string {
  if ("why" in done)
    return say(io.lang, word(`未写入: ${done.why.zh}`, `nothing was written: ${done.why.en}`));
  const copy = done.backup ?? "-";
  return say(
    io.lang,
    word(
      `已写入 ${config}; 原文件在 ${copy}\n下一步: hazgate check --config ${config}`,
      `written to ${config}; the old file is ${copy}\nnext: hazgate check --config ${config}`,
    ),
  );
}

function refuse(io: CommandIo, words: Word, code: number): number {
  io.err(`${say(io.lang, words)}\n`);
  return code;
}

function named(file: string, { zh, en }: Word): Word {
  return word(`${file}: ${zh}`, `${file}: ${en}`);
}

function noSiteFile(config: string): Word {
  return word(
    `读不到站点文件 ${config}; 先用 hazgate init 建一个`,
    `cannot read the site file ${config}; make one with hazgate init first`,
  );
}

const siteFirst = word("先改正站点文件, 再导入", "correct the site file first, then import");
const noTerminal = word("没有终端可以确认, 加 --yes", "there is no terminal to ask; add --yes");
const changedMeanwhile = word(
  "站点文件刚被别人改过, 请再试",
  "somebody changed the site file meanwhile; try again",
);
const noHeads = word(
  "没有找到表头 (至少要有位号和另一列), 这张表不导入",
  "no row of heads was found (the tag and one more at least); this sheet is not taken",
);

function inTwoSheets({ at, tag }: SheetPoint, before: string): SheetFinding {
  return {
    severity: "rejected",
    at,
    what: word(`位号 ${tag} 已在 ${before}`, `tag ${tag} is in ${before} already`),
    cure: word("删除其中一行", "delete one of the rows"),
  };
}

function nothingFound(names: string): SheetFinding {
  return {
    severity: "error",
    at: names,
    what: word("没有测点清单", "there is no point list"),
    cure: word(
      "表头要有“位号”; 各列见 deploy/docs/manual/pointList.md, 或 hazgate export points 的例子",
      'a head "Tag" is needed; the columns are in deploy/docs/manual/pointList.md, or see hazgate export points',
    ),
  };
}
