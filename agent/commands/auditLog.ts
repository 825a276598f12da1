/** `hazgate audit --log`: whether the chain of the page's audit log is whole, and which line breaks it first. */

import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Lang } from "../../config/words/bilingual.ts";
import { type AuditHead, type ChainFault, emptyHead, follow } from "../page/server/auditChain.ts";
import type { CommandOutcome } from "./audit.ts";
import { exitCode } from "./io.ts";

/** What `--log --json` prints. */
interface AuditLogReport {
  /** Lines that are whole, from the first. */
  readonly lines: number;
  /** Hash of the last of them; the platform has it in the operator event of that number. */
  readonly hash: string;
  /** The first line that breaks the chain. */
  readonly broken: { readonly line: number; readonly what: string } | null;
}

const faultZh: Readonly<Record<ChainFault, string>> = {
  "not a line of the log": "不是日志行 (损坏或截断)",
  "wrong number": "编号不连续 (有行被删除或插入)",
  "wrong previous hash": "与上一行不衔接",
  "wrong hash": "内容被改动",
};

/** Exit code 0 only when every line is whole; 5 otherwise, or when there is no log. */
export async function auditLog(options: {
  readonly dataDir: string;
  readonly json: boolean;
  readonly lang: Lang;
}): Promise<CommandOutcome> {
  const file = join(options.dataDir, "audit.jsonl");
  const { lang } = options;
  try {
    if (!(await stat(file)).isFile()) throw new Error(`${file} is not a file`);
  } catch {
    const why = lang === "zh" ? `没有审计日志 ${file}` : `there is no audit log ${file}`;
    return { exitCode: exitCode.journal, stdout: "", stderr: `${why}\n` };
  }
  const { head, broken } = await walk(file);
  const report: AuditLogReport = {
    lines: head.n,
    hash: head.hash,
    broken: broken === null ? null : { line: broken.line, what: broken.what },
  };
  return {
    exitCode: broken === null ? exitCode.well : exitCode.journal,
    stdout: options.json ? `${JSON.stringify(report)}\n` : text({ head, broken }, lang),
    stderr: "",
  };
}

interface Walk {
  readonly head: AuditHead;
  readonly broken: { readonly line: number; readonly what: ChainFault } | null;
}

async function walk(file: string): Promise<Walk> {
  let head = emptyHead;
  let line = 0;
  const lines = createInterface({
    input: createReadStream(file),
    crlfDelay: Number.POSITIVE_INFINITY,
  });
  for await (const one of lines) {
    line += 1;
    const next = follow(head, one);
    if (typeof next === "string") {
      lines.close();
      return { head, broken: { line, what: next } };
    }
    head = next;
  }
  return { head, broken: null };
}

function text({ head, broken }: Walk, lang: Lang): string {
  const isZh = lang === "zh";
  if (broken !== null) {
    const what = isZh ? faultZh[broken.what] : broken.what;
    return isZh
      ? `审计日志第 ${broken.line} 行断链: ${what}！之前 ${head.n} 行完好。\n`
      : `THE AUDIT LOG IS BROKEN at line ${broken.line}: ${what}. The ${head.n} lines before it are whole.\n`;
  }
  return isZh
    ? `审计日志完好: ${head.n} 行。\n最后一行的哈希: ${head.hash}\n`
    : `The audit log is whole: ${head.n} lines.\nHash of the last: ${head.hash}\n`;
}
