/** Opens the page on a running agent: its history, its views, its server. The agent goes on without it when that fails. */

import { statfs } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { setImmediate } from "node:timers/promises";
import type { Site } from "../../config/site.ts";
import { fail, ok, type Result } from "../../config/words/result.ts";
import type { Clock } from "../../config/words/time.ts";
import type { Agent } from "../agent.ts";
import { type HistoryService, openHistoryService } from "../store/trendHistory.ts";
import type { Log } from "../watch/log.ts";
import type { SystemView } from "./protocol/system.ts";
import { alarmCsv } from "./reports/alarmCsv.ts";
import { readReportFont } from "./reports/reportFont.ts";
import { timeText } from "./reports/reportTime.ts";
import { shiftReportPdf } from "./reports/shiftPdf.ts";
import { inspection, shiftReport } from "./reports/shiftReport.ts";
import { type PageServer, startPage } from "./server/page.ts";
import type { PageQueries, PageSources, ScenarioSource } from "./server/sources.ts";
import { createCameraSource } from "./view/cameraSource.ts";
import { createPageSources, type PageParts } from "./view/pageSources.ts";

export interface OpenPageOptions {
  readonly site: Site;
  readonly agent: Agent;
  readonly dataDir: string;
  readonly clock: Clock;
  readonly log: Log;
  /** The site file, for people and for what it names beside itself. */
  readonly file: string;
  readonly pathOf: (name: string) => string;
  /** Only over a simulated plant. */
  readonly scenarios: ScenarioSource | null;
}

export interface OpenedPage extends AsyncDisposable {
  readonly server: PageServer;
}

const dayMs = 86_400_000;
const csvPageLines = 1_000;
/** How often the history is told whether the uplink stands. */
const uplinkEveryMs = 1_000;

/** Fails with one sentence. The site must have a page. */
export async function openPage(options: OpenPageOptions): Promise<Result<OpenedPage, string>> {
  const { site, agent, dataDir, clock, log } = options;
  if (site.page === undefined) return fail("the site file has no page");
  const opened = await openHistory(options);
  if (!opened.ok) return fail(`the page's history cannot be opened: ${opened.error}`);
  const history = opened.value;
  const ending = new AbortController();
  const feeding = feed(history, { agent, clock, signal: ending.signal });
  const sources: PageSources = createPageSources({
    ...{ site, agent, clock, scenarios: options.scenarios },
    cameras: createCameraSource({ site, agent, clock }),
    queries: queriesOf({ ...options, history, view: () => sources }),
    machine: async () => await machineOf(dataDir),
    place: { file: options.file, dataDir },
  });
  const started = await startPage({
    settings: site.page,
    ...{ dataDir, sources, clock, log, pathOf: options.pathOf },
  });
  const close = async (): Promise<void> => {
    ending.abort();
    await feeding;
    await history[Symbol.asyncDispose]();
  };
  if (!started.ok) {
    await close();
    return started;
  }
  const server = started.value;
  return ok({
    server,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await close();
    },
  });
}

function openHistory(options: OpenPageOptions): Promise<Result<HistoryService, string>> {
  const { site, agent, dataDir, clock, log } = options;
  return openHistoryService({
    file: join(dataDir, "history.db"),
    journalFile: join(dataDir, "journal.db"),
    points: agent.list.points.map(({ id, settings }) => ({
      tag: id,
      name: settings.name ?? null,
      unit: settings.unit,
      everyMs: settings.every,
    })),
    names: ruleNames(site),
    timeZone: site.site.timezone,
    hasUplink: agent.forwarder !== null,
    ...{ clock, log },
  });
}

function ruleNames(site: Site): Map<string, string> {
  const rules = Object.entries(site.alarms.rules);
  return new Map(
    rules.flatMap(([id, { name }]) => (name === undefined ? [] : [[`rule/${id}`, name] as const])),
  );
}

/** What passes through the agent goes into the history. */
async function feed(
  history: HistoryService,
  { agent, clock, signal }: Pick<OpenPageOptions, "agent" | "clock"> & { signal: AbortSignal },
): Promise<void> {
  agent.heard.readings.subscribe((block) => history.take(block), signal);
  agent.heard.told.subscribe(({ isStored }) => {
    if (isStored) history.alarm();
  }, signal);
  agent.heard.stored.subscribe(() => history.alarm(), signal);
  while (!signal.aborted) {
    history.uplinkIs(agent.forwarder?.stats().uplink.isConnected ?? false);
    await clock.sleep(uplinkEveryMs, signal);
  }
}

function queriesOf(
  parts: OpenPageOptions & { readonly history: HistoryService; readonly view: () => PageSources },
): PageParts["queries"] {
  const { history, site, clock, view } = parts;
  const time = timeText(site.site.timezone);
  const report: PageQueries["shiftReport"] = async (question) =>
    await shiftReport(history, { question, site: view().site, nowMs: clock.now().wallMs });
  return {
    history: (query) => history.alarmHistory(query),
    trend: (query) => history.trend(query),
    shiftReport: report,
    historyCsv: (query, lang) =>
      alarmCsv({
        ask: (before) => history.alarmHistory({ ...query, before, limit: csvPageLines }),
        ...{ lang, time },
      }),
    async shiftReportPdf(question) {
      const font = await readReportFont();
      if (!font.ok) return font;
      const { lang } = question;
      const breathe = async (): Promise<void> => await setImmediate();
      const made = await report(question);
      return ok(await shiftReportPdf(made, { lang, time, font: font.value, breathe }));
    },
    inspection: async () =>
      await inspection(history, {
        site: view().site,
        standing: view().alarms.now(),
        nowMs: clock.now().wallMs,
        keepReadingsDays: site.journal.keepReadings / dayMs,
      }),
    online: () => history.online(),
  };
}

async function machineOf(
  dataDir: string,
): Promise<Pick<SystemView, "memory"> & { freeBytes: number | null }> {
  const memory = { rssBytes: process.memoryUsage.rss() };
  try {
    const { bavail, bsize } = await statfs(dataDir);
    return { memory, freeBytes: bavail * bsize };
  } catch {
    // A file system that cannot be asked is no reason to show nothing.
    return { memory, freeBytes: null };
  }
}
