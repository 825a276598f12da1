/** `hazgate evidence list|verify|export`: the evidence of a data folder, beside a running agent or without one. */

import { cp, mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Lang } from "../../config/words/bilingual.ts";
import {
  type BundleFound,
  bundlesIn,
  type EvidenceVerdict,
  manifestIn,
  verifyEvidence,
} from "../evidence/verify.ts";
import type { CommandOutcome } from "./audit.ts";
import { exitCode } from "./io.ts";

interface Given {
  readonly dataDir: string;
  readonly json: boolean;
  readonly lang: Lang;
}

/** One line of `list --json`. */
interface ListedBundle {
  readonly id: string;
  readonly day: string;
  readonly openedAt: string | null;
  readonly state: string;
  readonly alarms: readonly string[];
  readonly cameras: readonly string[];
  readonly files: number;
  readonly sizeBytes: number;
  readonly missing: number;
}

export async function listEvidence({ dataDir, json, lang }: Given): Promise<CommandOutcome> {
  const found = await bundlesIn(join(dataDir, "evidence"));
  if (!found.ok) return refused(found.error);
  const listed: ListedBundle[] = [];
  for (const bundle of found.value) listed.push(await lineOf(bundle));
  const none = lang === "zh" ? "没有证据。\n" : "There is no evidence.\n";
  const text =
    listed.length === 0 ? none : `${listed.map((one) => textOf(one, lang)).join("\n")}\n`;
  return well(json ? `${JSON.stringify(listed)}\n` : text);
}

/** Exit code 0 only when everything is what it was; 1 with a fault, 5 when nothing can be read. */
export async function verifyCommand({ dataDir, json, lang }: Given): Promise<CommandOutcome> {
  const verdict = await verifyEvidence(join(dataDir, "evidence"));
  if (!verdict.ok) return refused(verdict.error);
  const isWhole = verdict.value.faults.length === 0;
  return {
    exitCode: isWhole ? exitCode.well : exitCode.problems,
    stdout: json ? `${JSON.stringify(verdict.value)}\n` : verdictText(verdict.value, lang),
    stderr: "",
  };
}

/** Copies one bundle, all its files, into `out`; exit code 1 when there is none of that id, or it cannot be written. */
export async function exportEvidence(
  given: Given & { readonly id: string; readonly out: string },
): Promise<CommandOutcome> {
  const { dataDir, id, out, lang } = given;
  const found = await bundlesIn(join(dataDir, "evidence"));
  if (!found.ok) return refused(found.error);
  const bundle = found.value.find((one) => one.id === id && !one.isOpen);
  if (bundle === undefined) {
    const why = lang === "zh" ? `没有证据 ${id}` : `there is no evidence ${id}`;
    return { exitCode: exitCode.problems, stdout: "", stderr: `${why}\n` };
  }
  const target = join(out, id);
  try {
    await mkdir(out, { recursive: true });
    await cp(bundle.path, target, { recursive: true, errorOnExist: true, force: false });
  } catch (error) {
    return { exitCode: exitCode.problems, stdout: "", stderr: `${String(error)}\n` };
  }
  return well(given.json ? `${JSON.stringify({ id, path: target })}\n` : `${target}\n`);
}

async function lineOf({ id, day, path, isOpen }: BundleFound): Promise<ListedBundle> {
  const read = await manifestIn(path);
  if (!read.ok) {
    const none = { openedAt: null, alarms: [], cameras: [], files: 0, sizeBytes: 0, missing: 0 };
    return { id, day, state: isOpen ? "open" : "damaged", ...none };
  }
  const { openedAt, state, alarms, cameras, files, missing } = read.value.value;
  return {
    ...{ id, day, openedAt: new Date(openedAt.wallMs).toISOString(), state },
    alarms: alarms.map(({ source, type }) => `${source} ${type}`),
    cameras: cameras.map((camera) => camera.id),
    files: files.length,
    sizeBytes: files.reduce((sum, file) => sum + file.sizeBytes, 0),
    missing: missing.length,
  };
}

const stateWords: Readonly<Record<string, string>> = {
  whole: "完整",
  "cut-short": "中断",
  open: "进行中",
  damaged: "损坏",
};

function textOf(one: ListedBundle, lang: Lang): string {
  const [first = "", ...others] = one.alarms;
  const alarms = others.length === 0 ? first : `${first} +${others.length}`;
  const size = `${(one.sizeBytes / 1e6).toFixed(1)} MB`;
  const state = lang === "zh" ? (stateWords[one.state] ?? one.state) : one.state;
  const missing = lang === "zh" ? `缺 ${one.missing}` : `${one.missing} missing`;
  const parts = [one.id, state, alarms, one.cameras.join(","), `${one.files}`, size];
  return [...parts, ...(one.missing === 0 ? [] : [missing])].join("  ");
}

function verdictText(verdict: EvidenceVerdict, lang: Lang): string {
  const { bundles, files, sizeBytes, dropped, open, head, faults } = verdict;
  const size = `${(sizeBytes / 1e6).toFixed(1)} MB`;
  const sum =
    lang === "zh"
      ? `证据 ${bundles} 份，文件 ${files} 个，${size}；已腾出 ${dropped} 份，进行中 ${open} 份`
      : `${bundles} bundles, ${files} files, ${size}; ${dropped} dropped for space, ${open} being made`;
  const newest =
    head === null ? [] : [lang === "zh" ? `最新清单 ${head}` : `newest manifest ${head}`];
  const verdictLine =
    faults.length === 0
      ? lang === "zh"
        ? "全部完好，链条完整。"
        : "All is what it was, and the chain is whole."
      : lang === "zh"
        ? "有改动或缺失！"
        : "CHANGED OR MISSING.";
  return `${[sum, ...newest, ...faults.map((fault) => `  ${fault}`), verdictLine].join("\n")}\n`;
}

function well(stdout: string): CommandOutcome {
  return { exitCode: exitCode.well, stdout, stderr: "" };
}

function refused(why: string): CommandOutcome {
  return { exitCode: exitCode.journal, stdout: "", stderr: `${why}\n` };
}
