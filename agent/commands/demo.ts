/**
 * `hazgate demo` (`npm start`): a whole plant on this machine for a first look: simulated devices, the agent,
 * and a stand-in for the central platform, all on loopback, all data under one folder.
 */

import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { Clock } from "../../config/words/time.ts";
import { startSimCameras } from "../sim/cameras/simCameras.ts";
import { type Plant, startPlant } from "../sim/plant/plant.ts";
import { siteFile } from "../sim/plant/siteFile.ts";
import { startPlatform } from "../sim/platform/platform.ts";
import { demoScenarios } from "./demoScenarios.ts";
import { type CommandIo, exitCode } from "./io.ts";
import { run } from "./run.ts";
import { obey } from "./simPlant.ts";

export interface DemoOptions {
  readonly dataDir: string;
  readonly seed: number;
  /** How many times faster than life the plant moves. */
  readonly speed: number;
  readonly plain: boolean;
  readonly clock: Clock;
  readonly random: () => number;
  readonly io: CommandIo;
  readonly signal: AbortSignal;
  /** Where scenarios are typed: `start gas-leak`. */
  readonly input: Readable;
}

const pagePort = 8080;

export async function demo(options: DemoOptions): Promise<number> {
  const { dataDir, clock, io } = options;
  await mkdir(dataDir, { recursive: true });
  await using plant = await startPlant({
    seed: options.seed,
    speed: options.speed,
    clock,
    dataDir,
  });
  await using cameras = await startSimCameras({ host: "127.0.0.1", seed: options.seed, clock });
  await using platform = await startPlatform({ dataDir: join(dataDir, "platform"), clock });
  const config = join(dataDir, "site.yaml");
  await writeFile(
    config,
    siteFile(plant, {
      ...{ uplinkUrl: platform.url, protocol: 4, ack: "platform", lang: io.lang },
      cameras: cameras.all.map(({ spec, camera }) => ({
        ...{ ...spec, onvif: camera.onvifUrl, snapshot: camera.snapshotUrl, rtsp: camera.rtspUrl },
      })),
      page: `127.0.0.1:${await freePort(pagePort)}`,
      speed: options.speed,
    }),
  );
  const scenarios = demoScenarios(plant, platform, cameras);
  let answer: string[] = [];
  const typed = createInterface({ input: options.input });
  typed.on("line", (line) => {
    answer = obey(line, { plant, io }).trimEnd().split("\n");
    if (!io.isTerminal || options.plain) io.out(`${answer.join("\n")}\n`);
  });
  const lead = hints(plant, { config, dataDir, platformUrl: platform.url, io });
  const code = await run({
    config,
    dataDir: join(dataDir, "agent"),
    plain: options.plain,
    clock,
    random: options.random,
    io,
    signal: options.signal,
    hints: () => [...lead, ...answer],
    scenarios: {
      now: scenarios.list,
      set: (name, act) => (act === "start" ? scenarios.start(name) : scenarios.stop(name)),
    },
  });
  typed.close();
  const held = platform.counts();
  io.out(
    io.lang === "zh"
      ? `已停止。平台侧收到 ${held.readings} 条读数（${held.records} 条记录），缺号 ${held.holes}。再次启动将接着同一日志继续。\n`
      : `Stopped. The platform holds ${held.readings} readings (${held.records} records), ${held.holes} holes. A second start goes on from the same journal.\n`,
  );
  if (plant.writeAttempts() > 0)
    io.err(`${plant.writeAttempts()} write requests reached the plant\n`);
  return plant.writeAttempts() > 0 ? exitCode.bug : code;
}

/** The wanted port, or any free one where that is taken: a first look must not fail by it. */
async function freePort(wanted: number): Promise<number> {
  for (const port of [wanted, 0]) {
    const server = createServer();
    try {
      server.listen(port, "127.0.0.1");
      await once(server, "listening");
      const address = server.address();
      return typeof address === "object" && address !== null ? address.port : wanted;
    } catch {
      // Taken: the next.
    } finally {
      server.close();
    }
  }
  return wanted;
}

function hints(
  plant: Plant,
  at: {
    readonly config: string;
    readonly dataDir: string;
    readonly platformUrl: string;
    readonly io: CommandIo;
  },
): string[] {
  const tcp = plant.tcp.map(({ host, port }) => `${host}:${port}`).join(", ");
  const serial = plant.serial.map(({ path, baud }) => `${path} (${baud} baud)`).join(", ");
  const gateways = plant.gateways.map(({ host, port }) => `${host}:${port}`).join(", ");
  const status = `npm run hazgate -- status --data ${join(at.dataDir, "agent")}`;
  const audit = `npm run hazgate -- audit --data ${join(at.dataDir, "agent")}`;
  return at.io.lang === "zh"
    ? [
        "hazgate 演示：模拟罐区 + 本机网关 + 平台替身，全部在本机回环上。Ctrl-C 停止。",
        `  现场设备: Modbus TCP ${tcp}; RS-485 ${serial}; RTU over TCP ${gateways}`,
        `  平台替身: ${at.platformUrl}`,
        `  站点文件: ${at.config}（数据在 ${at.dataDir}）`,
        "  在此输入场景再回车: start gas-leak | start overfill | start dead-slave | list | stop all",
        `  试一试（另开终端）: npm run hazgate -- check --config ${at.config}`,
        `                      ${status}`,
        `                      ${audit}`,
      ]
    : [
        "hazgate demo: a simulated tank farm, this gateway and a stand-in platform, all on loopback. Ctrl-C stops.",
        `  Devices:   Modbus TCP ${tcp}; RS-485 ${serial}; RTU over TCP ${gateways}`,
        `  Platform:  ${at.platformUrl}`,
        `  Site file: ${at.config} (data in ${at.dataDir})`,
        "  Type a scenario here, then Enter: start gas-leak | start overfill | start dead-slave | list | stop all",
        `  In a second terminal: npm run hazgate -- check --config ${at.config}`,
        `                        ${status}`,
        `                        ${audit}`,
      ];
}
