/** `hazgate alarm announce-test`: tells each target of the site file, or one, that this is a test. */

import { readSite } from "../../config/load.ts";
import { renderFaults } from "../../config/render.ts";
import { type Word, word } from "../../config/words/bilingual.ts";
import type { Result } from "../../config/words/result.ts";
import type { Clock } from "../../config/words/time.ts";
import { createAnnounce } from "../announce/announce.ts";
import { post } from "../announce/httpPost.ts";
import { openTargets, siteHead } from "../announce/openTargets.ts";
import { runCommand } from "../announce/runCommand.ts";
import { checkIoFor } from "../checkIo.ts";
import { readOrNull } from "./configFile.ts";
import { type CommandIo, exitCode, say } from "./io.ts";

export interface AnnounceTestOptions {
  readonly config: string;
  /** Null: all targets. */
  readonly id: string | null;
  readonly json: boolean;
  readonly clock: Clock;
  readonly random: () => number;
  readonly io: CommandIo;
  readonly signal: AbortSignal;
}

/** @returns 0 all were told, 1 some were not or the site file is faulty, 2 no site file or no such target. */
export async function announceTest(options: AnnounceTestOptions): Promise<number> {
  const { config, id, clock, io, signal } = options;
  const text = readOrNull(config);
  if (text === null) {
    io.err(say(io.lang, { zh: `读不到文件 ${config}\n`, en: `cannot read ${config}\n` }));
    return exitCode.usage;
  }
  const read = readSite({ file: config, text, io: checkIoFor(config) });
  if (!read.ok) {
    io.err(renderFaults(read.error, { lang: io.lang, colour: io.colour, text }));
    return exitCode.problems;
  }
  const { site } = read.value;
  const given = site.alarms.announce;
  const ids = id === null ? Object.keys(given) : [id].filter((one) => Object.hasOwn(given, one));
  if (ids.length === 0) {
    io.err(
      say(io.lang, {
        zh: "站点文件 alarms.announce 中没有这样的通知目标\n",
        en: "the site file names no such target in alarms.announce\n",
      }),
    );
    return exitCode.usage;
  }
  const { targets, troubles } = await openTargets(given, config);
  for (const trouble of troubles) io.err(`${trouble}\n`);
  const announce = createAnnounce({
    ...{ targets, site: siteHead(site), clock, random: options.random, post, runCommand },
    facts: { name: () => null, tankName: () => null, advice: () => null, decimals: () => null },
    log: { info: () => {}, warn: () => {} },
  });
  const results = await Promise.all(
    ids.map(async (one) => ({ one, result: await announce.test(one, signal) })),
  );
  if (options.json) {
    const report = results.map(({ one, result }) =>
      result.ok
        ? { target: one, ok: true, tookMs: Math.round(result.value.tookMs) }
        : { target: one, ok: false, error: result.error },
    );
    io.out(`${JSON.stringify(report)}\n`);
  } else for (const { one, result } of results) io.out(say(io.lang, resultText(one, result)));
  return results.every(({ result }) => result.ok) ? exitCode.well : exitCode.problems;
}

function resultText(target: string, result: Result<{ readonly tookMs: number }, string>): Word {
  if (!result.ok) {
    return word(`${target}: 失败: ${result.error}\n`, `${target}: failed: ${result.error}\n`);
  }
  const tookMs = Math.round(result.value.tookMs);
  return word(`${target}: 已送达 (${tookMs} ms)\n`, `${target}: told (${tookMs} ms)\n`);
}
