/** `hazgate sim platform`: the stand-in for a central platform as a process of its own. */

import type { Clock } from "../../config/words/time.ts";
import { type Platform, type PlatformCounts, startPlatform } from "../sim/platform/platform.ts";
import { type CommandIo, exitCode, say } from "./io.ts";

export interface SimPlatformOptions {
  readonly dataDir: string;
  /** A broker that runs already; none: an own one, on `listenPort`. */
  readonly url?: string;
  readonly listenPort?: number;
  readonly protocol?: 4 | 5;
  /** Counts as JSON lines, one a second, instead of words. */
  readonly json: boolean;
  readonly clock: Clock;
  readonly io: CommandIo;
  readonly signal: AbortSignal;
}

const printEveryMs = 1_000;

/** Ends when `signal` aborts: 0, or 1 when records are missing or came with different bytes. */
export async function runSimPlatform(options: SimPlatformOptions): Promise<number> {
  const { clock, io, signal } = options;
  await using platform = await startPlatform({
    dataDir: options.dataDir,
    clock,
    ...(options.url === undefined ? { port: options.listenPort ?? 0 } : { url: options.url }),
    ...(options.protocol === undefined ? {} : { protocol: options.protocol }),
  });
  io.err(
    say(io.lang, {
      zh: `平台替身在 ${platform.url} 接收，数据在 ${options.dataDir}；Ctrl-C 停止。\n`,
      en: `The stand-in platform receives at ${platform.url}, data in ${options.dataDir}; Ctrl-C stops.\n`,
    }),
  );
  let printed = "";
  while (!signal.aborted) {
    const text = options.json ? jsonLine(platform) : words(platform.counts(), io);
    // Words only when something changed; JSON lines always, as a sign of life.
    if (options.json || text !== printed) io.out(text);
    printed = text;
    await clock.sleep(printEveryMs, signal);
  }
  const end = platform.counts();
  io.out(options.json ? jsonLine(platform) : words(end, io));
  return end.holes + end.conflicts === 0 ? exitCode.well : exitCode.problems;
}

function jsonLine(platform: Platform): string {
  return `${JSON.stringify({ url: platform.url, ...platform.counts() })}\n`;
}

function words(counts: PlatformCounts, io: CommandIo): string {
  const { records, readings, alarms, gaps, declaredLost, holes, duplicates } = counts;
  return say(io.lang, {
    zh: `记录 ${records}，读数 ${readings}，报警 ${alarms}，缺口 ${gaps}（声明丢失 ${declaredLost}），缺号 ${holes}，重复 ${duplicates}\n`,
    en: `records ${records}, readings ${readings}, alarms ${alarms}, gaps ${gaps} (declared lost ${declaredLost}), holes ${holes}, duplicates ${duplicates}\n`,
  });
}
