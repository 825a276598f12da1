/** `hazgate doctor`: what is wrong with this box, and the command that mends it. Changes nothing. */

import type { Clock } from "../../config/words/time.ts";
import { examine } from "../install/doctor/doctor.ts";
import type { DoctorArea, Finding } from "../install/doctor/finding.ts";
import { createMachine } from "../timekeeping/machine.ts";
import { readOrNull } from "./configFile.ts";
import { type CommandIo, exitCode, say } from "./io.ts";

const marks: Readonly<Record<Finding["state"], string>> = { well: "+", doubtful: "!", bad: "x" };

const areaWords: Readonly<Record<DoctorArea, { readonly zh: string; readonly en: string }>> = {
  program: { zh: "程序", en: "program" },
  site: { zh: "站点文件", en: "site file" },
  data: { zh: "数据目录", en: "data folder" },
  clock: { zh: "时钟", en: "clock" },
  serial: { zh: "串口", en: "serial ports" },
  page: { zh: "页面", en: "page" },
  certificates: { zh: "证书", en: "certificates" },
  uplink: { zh: "上传", en: "uplink" },
};

/** @returns 0 nothing is bad, 1 something is, 4 only the platform could not be reached. */
export async function doctor(options: {
  readonly config: string;
  readonly dataDir: string;
  readonly json: boolean;
  readonly io: CommandIo;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}): Promise<number> {
  const { config, json, io } = options;
  const findings: Finding[] = [];
  await examine({ ...options, text: readOrNull(config), machine: createMachine() }, (finding) => {
    findings.push(finding);
    if (!json) io.out(lineOf(finding, findings.at(-2), io));
  });
  const bad = findings.filter(({ state }) => state === "bad");
  if (json) io.out(`${JSON.stringify({ v: 1, findings }, null, 2)}\n`);
  else io.out(endText(findings, io));
  if (bad.length === 0) return exitCode.well;
  const isOnlyPlatform = bad.every(({ area }) => area === "uplink");
  return isOnlyPlatform ? exitCode.platformUnreachable : exitCode.problems;
}

function lineOf(finding: Finding, before: Finding | undefined, io: CommandIo): string {
  const { area, state, seen, cure } = finding;
  const head = area === before?.area ? "" : `${say(io.lang, areaWords[area])}\n`;
  const hint = cure === null ? "" : `\n      -> ${cure[io.lang]}`;
  return `${head}  ${marks[state]} ${seen[io.lang]}${hint}\n`;
}

function endText(findings: readonly Finding[], { lang }: CommandIo): string {
  const count = (state: Finding["state"]): number =>
    findings.filter((finding) => finding.state === state).length;
  const [bad, doubtful] = [count("bad"), count("doubtful")];
  return say(lang, {
    zh: `\n${bad} 项有问题, ${doubtful} 项存疑\n`,
    en: `\n${bad} bad, ${doubtful} doubtful\n`,
  });
}
