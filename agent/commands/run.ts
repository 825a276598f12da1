/** `hazgate run`: the agent in the foreground until it is told to stop. */

import { readFile, stat } from "node:fs/promises";
import { readSite } from "../../config/load.ts";
import { renderFaults } from "../../config/render.ts";
import type { Site } from "../../config/site.ts";
import type { Lang } from "../../config/words/bilingual.ts";
import type { Clock } from "../../config/words/time.ts";
import type { Agent } from "../agent.ts";
import { openTargets } from "../announce/openTargets.ts";
import { busFigures } from "../busFigures.ts";
import { checkIoFor, secretPath } from "../checkIo.ts";
import { startAgent } from "../compose.ts";
import { giveBackMemory } from "../giveBack.ts";
import { version } from "../identity.ts";
import { openLocalDoor } from "../local/localDoor.ts";
import { openPage } from "../page/openPage.ts";
import type { PageServer } from "../page/server/page.ts";
import type { ScenarioSource } from "../page/server/sources.ts";
import { readCameraSecrets, readUplinkSecrets } from "../secrets.ts";
import { statusBody } from "../status.ts";
import { createLog, type Log } from "../watch/log.ts";
import { type CommandIo, exitCode, say } from "./io.ts";
import { showSummary } from "./summaryLoop.ts";
import { alarmText, summaryLines } from "./summaryView.ts";

export interface RunOptions {
  readonly config: string;
  readonly dataDir: string;
  /** Plain log lines even on a terminal. */
  readonly plain: boolean;
  readonly clock: Clock;
  readonly random: () => number;
  readonly io: CommandIo;
  /** Aborted by SIGINT or SIGTERM, with the name of it. */
  readonly signal: AbortSignal;
  /** Lines shown above the summary: where things are, what to try. */
  readonly hints?: () => readonly string[];
  /** Troubles that the page offers to switch on; only over a simulated plant. */
  readonly scenarios?: ScenarioSource;
}

/** Starts after damage, at most so many within this time. */
const restartsMax = 5;
const restartsWithinMs = 3_600_000;
/** Who asks may have a wider terminal or a narrower one: the door does not know. */
const doorColumns = 120;
const noSecrets = { secrets: {}, troubles: [] };

/** @returns the exit code: 0 stopped as told, 1 faulty site file, 2 no site file, 5 journal. */
export async function run(options: RunOptions): Promise<number> {
  const { config, dataDir, clock, io } = options;
  const text = await readText(config);
  if (text === null) {
    io.err(
      say(io.lang, {
        zh: `找不到站点文件 ${config}；用 --config 指定，或用 hazgate sim plant 生成一个示例。\n`,
        en: `There is no site file at ${config}. Name one with --config, or let \`hazgate sim plant\` write an example.\n`,
      }),
    );
    return exitCode.usage;
  }
  const read = readSite({ file: config, text, io: checkIoFor(config) });
  const show = { lang: io.lang, colour: io.colour, text };
  if (!read.ok) {
    io.err(renderFaults(read.error, show));
    return exitCode.problems;
  }
  if (read.value.warnings.length > 0) io.err(renderFaults(read.value.warnings, show));
  const { site } = read.value;
  const uplink = Object.values(site.uplinks)[0];
  const { secrets, troubles } =
    uplink === undefined ? noSecrets : await readUplinkSecrets(uplink, config);
  const announcing = await openTargets(site.alarms.announce, config);
  const cameras = await readCameraSecrets(site.cameras, config);
  for (const trouble of [...troubles, ...announcing.troubles, ...cameras.troubles]) {
    io.err(`${trouble}\n`);
  }

  const isLive = io.isTerminal && !options.plain;
  const log = createLog(isLive ? () => {} : (line) => io.err(line), () => clock.monotonicMs());
  const restarts = new Restarts(clock);
  giveBackMemory();
  for (;;) {
    const started = await startAgent({
      site,
      dataDir,
      clock,
      random: options.random,
      log,
      secrets,
      cameraSecrets: cameras.secrets,
      targets: announcing.targets,
      onAlarm: (event, isStored) => {
        if (!isLive) io.out(`${alarmText(event, isStored, io.lang)}\n`);
      },
    });
    if (!started.ok) {
      io.err(`${started.error}\n`);
      return exitCode.journal;
    }
    const agent = started.value;
    log.info("started", {
      version: version(),
      site: site.site.id,
      points: agent.list.points.length,
    });
    const failure = await untilStopped({ agent, site, log, options, isLive });
    if (failure === null) {
      log.info("stopped");
      return exitCode.well;
    }
    io.err(`${words(failure)}${hintOf(failure)}\n`);
    if (!isDamage(failure) || options.signal.aborted || !restarts.mayRestart()) {
      log.error("the agent cannot go on", { error: words(failure) });
      return exitCode.journal;
    }
    log.warn("starting again with a fresh journal", { error: words(failure) });
  }
}

/** Damage found while running is answered by a start with a fresh journal; a row of them is no way to go on. */
class Restarts {
  readonly #clock: Clock;
  #atMs: number[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  mayRestart(): boolean {
    const nowMs = this.#clock.monotonicMs();
    this.#atMs = [...this.#atMs.filter((atMs) => nowMs - atMs < restartsWithinMs), nowMs];
    return this.#atMs.length <= restartsMax;
  }
}

/** A signal names no sender: it came from a person at the terminal, or from the system. */
function stopper({ reason }: AbortSignal): string {
  return typeof reason === "string" ? `signal ${reason}` : "its owner";
}

function isDamage(failure: unknown): boolean {
  return (
    typeof failure === "object" &&
    failure !== null &&
    "kind" in failure &&
    failure.kind === "damaged"
  );
}

function words(failure: unknown): string {
  const isTold = typeof failure === "object" && failure !== null && "message" in failure;
  return isTold ? String(failure.message) : String(failure);
}

function hintOf(failure: unknown): string {
  const isTold = typeof failure === "object" && failure !== null && "hint" in failure;
  return isTold ? `; ${String(failure.hint)}` : "";
}

/** @returns why the agent ended by itself; null: it was told to. */
async function untilStopped(parts: {
  readonly agent: Agent;
  readonly site: Site;
  readonly log: Log;
  readonly options: RunOptions;
  readonly isLive: boolean;
}): Promise<unknown> {
  const { agent, options } = parts;
  const page = await pageOf(parts);
  await using _door = await doorOf(parts);
  const ending = new AbortController();
  const end = (): void => ending.abort();
  if (options.signal.aborted) end();
  options.signal.addEventListener("abort", end, { once: true });
  let failure: unknown = null;
  void agent.failed.then((reason) => {
    failure = reason;
    end();
  });
  await showSummary({
    agent,
    isLive: parts.isLive,
    signal: ending.signal,
    ...{ io: options.io, clock: options.clock },
    hints: () => [...page.lines(), ...(options.hints?.() ?? [])],
  });
  await page.close();
  await agent.stop(failure === null ? stopper(options.signal) : `the agent: ${words(failure)}`);
  options.signal.removeEventListener("abort", end);
  return failure;
}

/** For `hazgate status` and its like, on this box. */
function doorOf(parts: {
  readonly agent: Agent;
  readonly site: Site;
  readonly log: Log;
  readonly options: RunOptions;
}): Promise<AsyncDisposable> {
  const { agent, site, log, options } = parts;
  const { clock, dataDir } = options;
  const summary = (lang: Lang): string[] => {
    const io = { ...options.io, lang, isTerminal: false, colour: false, width: doorColumns };
    return summaryLines(agent, io, clock.monotonicMs(), Number.POSITIVE_INFINITY);
  };
  return openLocalDoor({
    ...{ dataDir, log },
    answers: {
      "/status": () => statusBody(agent),
      "/summary/zh": () => summary("zh"),
      "/summary/en": () => summary("en"),
      "/buses": () => busFigures(agent, site, clock.now()),
    },
  });
}

/** The page, and where to find it in words. A page that cannot be served is said; the box watches all the same. */
async function pageOf(parts: {
  readonly agent: Agent;
  readonly site: Site;
  readonly log: Log;
  readonly options: RunOptions;
}): Promise<{ lines(): readonly string[]; close(): Promise<void> }> {
  const { agent, site, log, options } = parts;
  const { io, clock, config: file, dataDir } = options;
  if (site.page === undefined) return { lines: () => [], close: async () => {} };
  const opened = await openPage({
    ...{ site, agent, dataDir, clock, log, file },
    pathOf: (name) => secretPath(file, name),
    scenarios: options.scenarios ?? null,
  });
  if (!opened.ok) {
    io.err(`${opened.error}\n`);
    return { lines: () => [`! ${opened.error}`], close: async () => {} };
  }
  const page = opened.value;
  return {
    lines: () => pageLines(page.server, io.lang),
    close: async () => await page[Symbol.asyncDispose](),
  };
}

function pageLines({ address, fingerprint, oneTimeCode }: PageServer, lang: Lang): string[] {
  const where = [{ zh: `页面: ${address}`, en: `Page: ${address}` }[lang]];
  if (fingerprint !== null) {
    const compare = {
      zh: `证书为本机自签, 首次打开时核对指纹 SHA-256 ${fingerprint}`,
      en: `Its certificate is the box's own; compare once in the browser: SHA-256 ${fingerprint}`,
    };
    where.push(compare[lang]);
  }
  if (oneTimeCode === null) return where;
  const code = {
    zh: `首次使用: 在页面上输入一次性代码 ${oneTimeCode}, 建立第一个管理员 (一小时内有效)`,
    en: `First use: enter the one-time code ${oneTimeCode} on the page and make the first admin (valid for an hour)`,
  }[lang];
  return [...where, code];
}

async function readText(file: string): Promise<string | null> {
  try {
    if (!(await stat(file)).isFile()) return null;
    return await readFile(file, "utf8");
  } catch {
    return null;
  }
}
