/**
 * `hazgate sim plant`: the simulated tank farm as a process of its own, with the site file that fits it.
 * Troubles are switched by typed lines: `start NAME [TARGET] [AMOUNT]`, `stop NAME|all`, `list`, `status`.
 */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { Clock } from "../../config/words/time.ts";
import { type Plant, startPlant } from "../sim/plant/plant.ts";
import type { ActiveScenario, Scenario } from "../sim/plant/scenarios.ts";
import { siteFile } from "../sim/plant/siteFile.ts";
import { type CommandIo, exitCode, say } from "./io.ts";

export interface SimPlantOptions {
  readonly dataDir: string;
  readonly seed: number;
  /** Seconds of plant time in a second, > 0. */
  readonly speed: number;
  /** The other lines on the network take the next ports; 0: any free ones. */
  readonly tcpPort: number;
  /** Written into the site file. */
  readonly uplinkUrl: string;
  readonly clock: Clock;
  readonly io: CommandIo;
  readonly signal: AbortSignal;
  /** Where the typed lines come from; none: no control. Its end changes nothing. */
  readonly input?: Readable;
}

/** Ends when `signal` aborts: 0, or 1 when somebody tried to write to the plant; 6 at once when its port is taken. */
export async function runSimPlant(options: SimPlantOptions): Promise<number> {
  const { io, signal } = options;
  await using plant = await startedOrNull(options);
  if (plant === null) return exitCode.refused;
  const file = join(options.dataDir, "site.yaml");
  const { uplinkUrl } = options;
  writeFileSync(
    file,
    siteFile(plant, {
      uplinkUrl,
      protocol: 5,
      ack: "platform",
      page: "127.0.0.1:8080",
      speed: options.speed,
      lang: io.lang,
    }),
  );
  io.out(greeting(plant, { file, speed: options.speed, io }));
  if (options.input) listen(options.input, { plant, io, signal });
  await ended(signal);
  const writes = plant.writeAttempts();
  const { requests, values } = plant.stats();
  io.out(
    say(io.lang, {
      zh: `已停止。应答 ${requests} 次，数值 ${values} 个，写请求 ${writes} 次（全部拒绝）。\n`,
      en: `Stopped. ${requests} requests answered, ${values} values, ${writes} write requests (all refused).\n`,
    }),
  );
  return writes === 0 ? exitCode.well : exitCode.problems;
}

/** A port that cannot be had is the user's business, not a bug. */
async function startedOrNull(options: SimPlantOptions): Promise<Plant | null> {
  try {
    return await startPlant(options);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code !== "EADDRINUSE" && code !== "EACCES") throw error;
    const { tcpPort: port, io } = options;
    io.err(
      say(io.lang, {
        zh: `端口 ${port} 到 ${port + 2} 中有不可用的（${code}）：换一个 --port，或用 --port 0 任选。\n`,
        en: `One of the ports ${port} to ${port + 2} cannot be had (${code}): take another --port, or --port 0 for any free one.\n`,
      }),
    );
    return null;
  }
}

function ended(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

interface Control {
  readonly plant: Plant;
  readonly io: CommandIo;
}

function listen(
  input: Readable,
  { plant, io, signal }: Control & { readonly signal: AbortSignal },
): void {
  if (signal.aborted) return;
  const lines = createInterface({ input });
  lines.on("line", (line) => io.out(obey(line, { plant, io })));
  signal.addEventListener("abort", () => lines.close(), { once: true });
}

/** Carries out one typed line. @returns what to print. */
export function obey(line: string, { plant, io }: Control): string {
  const [verb = "", name = "", ...rest] = line.trim().split(/\s+/);
  switch (verb) {
    case "":
      return "";
    case "list":
      return scenarioList(plant.scenarios, io);
    case "status":
      return statusText(plant, io);
    case "start":
      return startText(plant, name, rest);
    case "stop":
      return stopText({ plant, io }, name, rest[0]);
    default:
      return howTo(io);
  }
}

/** A word that is a number is the amount, any other the target. */
function startText(plant: Plant, name: string, words: readonly string[]): string {
  const amount = words.find((word) => word !== "" && Number.isFinite(Number(word)));
  const target = words.find((word) => word !== amount);
  const started = plant.start(name, {
    ...(target === undefined ? {} : { target }),
    ...(amount === undefined ? {} : { amount: Number(amount) }),
  });
  return started.ok ? `+ ${activeText(started.value, plant)}\n` : `! ${started.error.message}\n`;
}

function stopText({ plant, io }: Control, name: string, target: string | undefined): string {
  const names = name === "all" ? plant.scenarios.map((scenario) => scenario.name) : [name];
  const count = names.reduce((sum, one) => sum + plant.stop(one, target), 0);
  return say(io.lang, { zh: `- 结束 ${count} 个场景\n`, en: `- ${count} scenarios ended\n` });
}

function activeText({ name, target, amount }: ActiveScenario, plant: Plant): string {
  const unit = plant.scenarios.find((scenario) => scenario.name === name)?.amount?.unit;
  return unit === undefined ? `${name} ${target}` : `${name} ${target} ${amount} ${unit}`.trim();
}

function statusText(plant: Plant, io: CommandIo): string {
  const { requests, values, writeAttempts } = plant.stats();
  const running = plant.active().map((one) => `  + ${activeText(one, plant)}\n`);
  const head = say(io.lang, {
    zh: `工厂时间 ${Math.floor(plant.timeS())} s，应答 ${requests}，数值 ${values}，写请求 ${writeAttempts}，场景 ${running.length}\n`,
    en: `plant time ${Math.floor(plant.timeS())} s, ${requests} requests, ${values} values, ${writeAttempts} write requests, ${running.length} scenarios\n`,
  });
  return head + running.join("");
}

function scenarioList(scenarios: readonly Scenario[], io: CommandIo): string {
  return scenarios
    .map(({ name, normalTarget, amount, tells }) => {
      const strength =
        amount === null ? "" : ` ${amount.normal}${amount.unit && ` ${amount.unit}`}`;
      return `  ${name.padEnd(14)} ${`${normalTarget}${strength}`.padEnd(18)} ${say(io.lang, tells)}\n`;
    })
    .join("");
}

function howTo(io: CommandIo): string {
  return say(io.lang, {
    zh: "  命令：list | start 场景 [对象] [强度] | stop 场景|all [对象] | status      例：start gas-leak T-101 60\n",
    en: "  Commands: list | start NAME [TARGET] [AMOUNT] | stop NAME|all [TARGET] | status      e.g. start gas-leak T-101 60\n",
  });
}

function greeting(
  plant: Plant,
  { file, speed, io }: { readonly file: string; readonly speed: number; readonly io: CommandIo },
): string {
  const tcp = plant.tcp.map(
    ({ id, host, port }) => `  ${id.padEnd(11)} Modbus TCP  ${host}:${port}\n`,
  );
  const serial = plant.serial.map(
    ({ id, path, baud }) => `  ${id.padEnd(11)} Modbus RTU  ${path}  ${baud} 8N1\n`,
  );
  const gateways = plant.gateways.map(
    ({ id, host, port, baud }) => `  ${id.padEnd(11)} RTU/TCP     ${host}:${port}  ${baud} 8N1\n`,
  );
  const where = [...tcp, ...serial, ...gateways].join("");
  return say(io.lang, {
    zh: `模拟罐区已启动（${speed} 倍速），Ctrl-C 停止。\n${where}站点文件：${file}\n  hazgate run --config ${file}\n场景（名称、默认对象和强度、效果）：\n${scenarioList(plant.scenarios, io)}${howTo(io)}`,
    en: `The simulated tank farm is running (${speed} times life), Ctrl-C stops.\n${where}Site file: ${file}\n  hazgate run --config ${file}\nScenarios (name, default target and amount, effect):\n${scenarioList(plant.scenarios, io)}${howTo(io)}`,
  });
}
