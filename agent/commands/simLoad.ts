/** `hazgate sim load`: many cheap Modbus TCP values, to see on one's own box what the agent takes for them. */

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../../config/words/time.ts";
import { type LoadPlant, startLoadPlant } from "../sim/plant/loadPlant.ts";
import { loadSiteFile } from "../sim/plant/loadSite.ts";
import { type CommandIo, exitCode, say } from "./io.ts";

export interface SimLoadOptions {
  readonly dataDir: string;
  /** Modbus TCP ports, units on each, float32 values in each unit. */
  readonly ports: number;
  readonly units: number;
  readonly floats: number;
  readonly clock: Clock;
  readonly io: CommandIo;
  readonly signal: AbortSignal;
}

const tellEveryMs = 10_000;

/** Ends when `signal` aborts: 0, or 1 when somebody tried to write. */
export async function runSimLoad(options: SimLoadOptions): Promise<number> {
  const { clock, io, signal } = options;
  await mkdir(options.dataDir, { recursive: true });
  const size = {
    ports: options.ports,
    unitsPerPort: options.units,
    floatsPerUnit: options.floats,
  };
  await using plant = await startLoadPlant({ ...size, clock });
  const file = join(options.dataDir, "load.yaml");
  await writeFile(file, loadSiteFile(plant, {}));
  io.out(
    say(io.lang, {
      zh: `${options.ports * options.units * options.floats} 个测点在 127.0.0.1 的 ${options.ports} 个端口上；站点文件 ${file}。\n  另开终端: npm run hazgate -- run --config ${file} --data ${join(options.dataDir, "load")}\n`,
      en: `${options.ports * options.units * options.floats} points on ${options.ports} ports of 127.0.0.1; site file ${file}.\n  In a second terminal: npm run hazgate -- run --config ${file} --data ${join(options.dataDir, "load")}\n`,
    }),
  );
  while (!signal.aborted) {
    await clock.sleep(tellEveryMs, signal);
    io.err(statusText(plant, io));
    plant.reset();
  }
  return plant.status().writeAttempts === 0 ? exitCode.well : exitCode.problems;
}

function statusText(plant: LoadPlant, io: CommandIo): string {
  const { requests, floats, sinceResetMs, worstGap, writeAttempts } = plant.status();
  const perS = (count: number): number => Math.round((count * 1_000) / Math.max(1, sinceResetMs));
  const gapMs = Math.round(worstGap?.ms ?? 0);
  return say(io.lang, {
    zh: `每秒 ${perS(requests)} 次请求、${perS(floats)} 个数值；同一单元两次读取最长间隔 ${gapMs} ms；写请求 ${writeAttempts}\n`,
    en: `${perS(requests)} requests/s, ${perS(floats)} values/s; longest time between two reads of a unit ${gapMs} ms; ${writeAttempts} write requests\n`,
  });
}
