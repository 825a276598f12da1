/** `hazgate read` and `hazgate watch`: what is in a register, and what it means. They only read. */

import { hasErrors } from "../../config/faults/fault.ts";
import { loadSite } from "../../config/load.ts";
import { renderFaults } from "../../config/render.ts";
import type { Site } from "../../config/site.ts";
import type { Word } from "../../config/words/bilingual.ts";
import { fail, ok, type Result } from "../../config/words/result.ts";
import type { Clock } from "../../config/words/time.ts";
import type { Line, ModbusIo } from "../../drivers/contract.ts";
import type { DriverError } from "../../drivers/errors.ts";
import { openLine } from "../../drivers/registry.ts";
import { type RegisterAnswer, readRegisters } from "../install/readRegisters.ts";
import {
  type RegisterTarget,
  type RegisterWords,
  registerTarget,
} from "../install/registerTarget.ts";
import { readOrNull } from "./configFile.ts";
import { type CommandIo, exitCode, say } from "./io.ts";
import { answerJson, answerText, readingText } from "./registerText.ts";

export interface ReadCommand {
  readonly words: readonly RegisterWords[];
  readonly config: string;
  readonly json: boolean;
  readonly io: CommandIo;
  readonly clock: Clock;
  readonly random: () => number;
  readonly signal: AbortSignal;
}

interface Opened {
  readonly target: RegisterTarget;
  readonly line: Line<ModbusIo>;
}

/** @returns the exit code: 0 answered, 1 the site file is faulty, 2 no such register, 3 no answer. */
export async function readOnce(command: ReadCommand): Promise<number> {
  return await withLines(command, async (opened) => {
    const { io, json } = command;
    let code: number = exitCode.well;
    for (const one of opened) {
      const answer = await readRegisters(one.target, { ...command, line: one.line });
      if (!answer.ok) {
        io.err(failureText(one.target, answer.error, io));
        code = exitCode.deviceUnreachable;
      } else if (json) io.out(`${JSON.stringify(answerJson(one.target, answer.value), null, 2)}\n`);
      else io.out(answerText(one.target, answer.value, io.lang));
    }
    return code;
  });
}

export interface WatchCommand extends ReadCommand {
  readonly everyMs: number;
  /** Null: until told to stop. */
  readonly forMs: number | null;
}

/** A line for each register each time. @returns as `readOnce`; 3 when the last answers did not come. */
export async function readOnAndOn(command: WatchCommand): Promise<number> {
  const { clock, everyMs, forMs, signal } = command;
  return await withLines(command, async (opened) => {
    const endMs = forMs === null ? Number.POSITIVE_INFINITY : clock.monotonicMs() + forMs;
    let code: number = exitCode.well;
    while (!signal.aborted && clock.monotonicMs() < endMs) {
      const nextMs = clock.monotonicMs() + everyMs;
      code = (await tellRound(command, opened)) ? exitCode.well : exitCode.deviceUnreachable;
      await clock.sleep(Math.max(0, Math.min(nextMs, endMs) - clock.monotonicMs()), signal);
    }
    return code;
  });
}

/** @returns whether all answered. */
async function tellRound(command: WatchCommand, opened: readonly Opened[]): Promise<boolean> {
  const { io, json, signal } = command;
  let isWell = true;
  for (const { target, line } of opened) {
    const answer = await readRegisters(target, { ...command, line });
    if (signal.aborted) break;
    isWell &&= answer.ok;
    io.out(json ? watchJson(command, target, answer) : watchLine(command, target, answer));
  }
  return isWell;
}

type Answer = Result<RegisterAnswer, DriverError>;

function watchLine({ clock, io }: WatchCommand, target: RegisterTarget, answer: Answer): string {
  const time = new Date(clock.now().wallMs).toTimeString().slice(0, 8);
  const text = answer.ok ? readingText(answer.value, io.lang) : `— ${answer.error.message}`;
  return `${time}  ${nameOf(target)}  ${text}\n`;
}

function watchJson({ clock }: WatchCommand, target: RegisterTarget, answer: Answer): string {
  const at = new Date(clock.now().wallMs).toISOString();
  const { kind, message } = answer.ok ? { kind: null, message: null } : answer.error;
  const told = answer.ok
    ? answerJson(target, answer.value)
    : { v: 1, target: nameOf(target), bus: target.busName, error: { kind, message } };
  return `${JSON.stringify({ at, ...told })}\n`;
}

function nameOf({ of }: RegisterTarget): string {
  return of.kind === "point" ? of.id : `${of.span.unit}:${of.span.address}`;
}

/** One line for each bus, whatever the number of registers asked on it. */
async function withLines(
  command: ReadCommand,
  work: (opened: readonly Opened[]) => Promise<number>,
): Promise<number> {
  const { io, words, clock, random } = command;
  const site = siteOf(command);
  if (!site.ok) {
    io.err(site.error);
    return exitCode.problems;
  }
  const lines = new Map<string, Line<ModbusIo>>();
  const opened: Opened[] = [];
  for (const one of words) {
    const target = registerTarget(one, site.value);
    if (!target.ok) {
      io.err(`${target.error[io.lang]}\n`);
      return exitCode.usage;
    }
    const { busName, bus } = target.value;
    const line = lines.get(busName) ?? openLine({ bus, tools: { clock, random } });
    lines.set(busName, line);
    opened.push({ target: target.value, line });
  }
  try {
    return await work(opened);
  } finally {
    for (const line of lines.values()) await line[Symbol.asyncDispose]();
  }
}

/** Null without a file; its faults, as text, when it has any that keep it from being understood. */
function siteOf({ config, io }: ReadCommand): Result<Site | null, string> {
  const text = readOrNull(config);
  if (text === null) return ok(null);
  const loaded = loadSite({ file: config, text });
  if (loaded.ok) return ok(loaded.value.site);
  return hasErrors(loaded.error)
    ? fail(renderFaults(loaded.error, { lang: io.lang, colour: io.colour, text }))
    : ok(null);
}

const gatewaySilent = 11;

const cures: Readonly<Partial<Record<DriverError["kind"], Word>>> = {
  timeout: {
    zh: "无应答: 检查从站地址、波特率/校验、A/B 线是否接反、设备是否上电",
    en: "no answer: check the unit id, baud rate and parity, A and B swapped, and the device's power",
  },
  lineDown: {
    zh: "线路打不开: 检查 IP 和端口, 或串口是否被占用 (hazgate run 正在使用时请先停下)",
    en: "the line does not open: check address and port, or whether another program (hazgate run) holds the serial port",
  },
  deviceBusy: { zh: "设备忙: 稍后再试", en: "the device is busy: try again later" },
  refused: {
    zh: "设备没有这个寄存器: 试试 --count 1, 地址减 1, 或 --table input",
    en: "the device has no such register: try --count 1, the address less 1, or --table input",
  },
  badReply: {
    zh: "应答不对: 检查波特率和校验, 是否有两台设备用同一地址, 或线路干扰",
    en: "a wrong answer: check baud rate and parity, two devices with one unit id, or noise on the line",
  },
};

function failureText(target: RegisterTarget, error: DriverError, io: CommandIo): string {
  const { of, busName } = target;
  const place =
    of.kind === "point"
      ? `${of.id} (${busName}, ${of.deviceId}, unit ${of.device.unit})`
      : `${busName}, unit ${of.span.unit}, ${of.span.table} ${of.span.address}..${of.span.address + of.span.count - 1}`;
  // A gateway tells of silence behind it: the cure is that of silence.
  const isSilence = error.kind === "deviceBusy" && error.exceptionCode === gatewaySilent;
  const cure = cures[isSilence ? "timeout" : error.kind];
  return `${place}: ${error.message}\n${cure === undefined ? "" : `${say(io.lang, cure)}\n`}`;
}
