/** `hazgate status` and `hazgate bus stats`: what the agent that runs on this box says of itself. */

import type { BusFigures, DeviceFigures } from "../busFigures.ts";
import type { Outcome } from "../cli/shell.ts";
import { askAgent, type NoAgent } from "../local/askAgent.ts";
import { columns } from "./columns.ts";
import { type CommandIo, exitCode, say } from "./io.ts";

export interface AskOptions {
  readonly dataDir: string;
  readonly json: boolean;
  readonly io: CommandIo;
}

/** Exit code 3 without a running agent. */
export async function status({ dataDir, json, io }: AskOptions): Promise<Outcome> {
  const answer = await askAgent(dataDir, json ? "/status" : `/summary/${io.lang}`);
  if (!answer.ok) return noAgent(answer.error, dataDir, io);
  const stdout = json
    ? `${JSON.stringify(answer.value, null, 2)}\n`
    : `${(answer.value as readonly string[]).join("\n")}\n`;
  return { exitCode: exitCode.well, stdout, stderr: "" };
}

/** `bus`: null for all. Exit code 2 for a bus that is not there, 3 without a running agent. */
export async function busStats(
  options: AskOptions & { readonly bus: string | null },
): Promise<Outcome> {
  const { dataDir, json, io, bus } = options;
  const answer = await askAgent(dataDir, "/buses");
  if (!answer.ok) return noAgent(answer.error, dataDir, io);
  const all = answer.value as readonly BusFigures[];
  const wanted = bus === null ? all : all.filter((one) => one.bus === bus);
  if (bus !== null && wanted.length === 0) {
    const names = all.map((one) => one.bus).join(", ");
    const stderr = say(io.lang, {
      zh: `没有总线 ${bus}; 有: ${names}\n`,
      en: `there is no bus ${bus}; there are: ${names}\n`,
    });
    return { exitCode: exitCode.usage, stdout: "", stderr };
  }
  const stdout = json
    ? `${JSON.stringify({ v: 1, buses: wanted }, null, 2)}\n`
    : wanted.map((one) => busText(one, io)).join("\n");
  return { exitCode: exitCode.well, stdout, stderr: "" };
}

function noAgent({ kind, message }: NoAgent, dataDir: string, io: CommandIo): Outcome {
  const words = {
    absent: {
      zh: `${dataDir} 中没有运行的网关 (hazgate run --data ${dataDir}); 用 --data 指定它的数据目录`,
      en: `no agent runs in ${dataDir} (hazgate run --data ${dataDir}); name its data folder with --data`,
    },
    denied: {
      zh: `本用户无权询问 ${dataDir} 的网关: 用 sudo, 或把用户加入它的组`,
      en: `this user may not ask the agent in ${dataDir}: use sudo, or join its group`,
    },
    silent: {
      zh: `网关没有应答: ${message}`,
      en: `the agent does not answer: ${message}`,
    },
  } as const;
  const stderr = `${say(io.lang, words[kind])}\n`;
  return { exitCode: exitCode.deviceUnreachable, stdout: "", stderr };
}

function busText(bus: BusFigures, io: CommandIo): string {
  const { lang } = io;
  const seconds = (ms: number | null): string =>
    ms === null ? "—" : `${(ms / 1000).toFixed(2)} s`;
  const percent = bus.utilisation === null ? "—" : `${Math.round(bus.utilisation * 100)} %`;
  const state = bus.isDown
    ? say(lang, { zh: `故障 (${bus.fault})`, en: `down (${bus.fault})` })
    : say(lang, { zh: "正常", en: "ok" });
  const head = say(lang, {
    zh: `总线 ${bus.bus}: ${state}, 占用 ${percent}, 判断时数据最旧 ${seconds(bus.worstAgeMs)} (承诺 ${seconds(bus.promisedAgeMs)}), 错过 ${bus.missed} 次`,
    en: `bus ${bus.bus}: ${state}, ${percent} used, oldest value judged ${seconds(bus.worstAgeMs)} (promised ${seconds(bus.promisedAgeMs)}), ${bus.missed} due times missed`,
  });
  const heads = say(lang, {
    zh: "设备 地址 状态 请求 正确 超时 坏帧 不符 异常 p50ms p99ms 最大ms 最近正确",
    en: "device unit state asked good time-outs damaged mismatched exceptions p50ms p99ms maxms last-good",
  }).split(" ");
  const rows = bus.devices.map((device) => deviceCells(device));
  return `${[head, ...columns([heads, ...rows], { isFirstLeft: true })].join("\n")}\n`;
}

function deviceCells(one: DeviceFigures): string[] {
  const exceptions = Object.entries(one.exceptions).map(([code, times]) => `${code}:${times}`);
  const { p50Ms, p99Ms, maxMs } = one.latency ?? { p50Ms: "—", p99Ms: "—", maxMs: "—" };
  const counts = [one.asked, one.good, one.timeouts, one.damaged, one.mismatched];
  return [
    ...[one.device, one.unit, one.health, ...counts].map(String),
    exceptions.join(" ") || "0",
    ...[p50Ms, p99Ms, maxMs].map(String),
    one.lastGoodAtMs === null ? "—" : timeText(one.lastGoodAtMs),
  ];
}

/** 2026-11-24 17:05:12, in the time of this box. */
function timeText(ms: number): string {
  const at = new Date(ms);
  const date = [at.getFullYear(), at.getMonth() + 1, at.getDate()].map(two).join("-");
  return `${date} ${at.toTimeString().slice(0, 8)}`;
}

function two(number: number): string {
  return String(number).padStart(2, "0");
}
