/** The page: how soon it shows what has changed, beside a flood too, and what that costs on both sides. */

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { launch, visit } from "../../page/browser.ts";
import { goals } from "../goals.ts";
import { runToEnd } from "../measure/child.ts";
import { quantile } from "../measure/spread.ts";
import type { Section, SectionOptions } from "../section.ts";
import { type Field, startFlood, timeBlocks } from "./blocks.ts";
import { type Box, startBox } from "./box.ts";
import { openPages } from "./browsers.ts";
import { type FirstPaint, timeFirstPaint } from "./firstPaint.ts";
import type { HistoryFigures, HistoryRun } from "./historyRun.ts";
import { type LevelPlant, startLevelPlant, tagOf } from "./levelPlant.ts";
import { fillHistory, timeLongTrend } from "./longTrend.ts";
import { timeClients } from "./manyClients.ts";
import { type PageFigures, reportText } from "./reportText.ts";

const clients = 4;
const floodPerS = 200;
const many = 20;
/** Of the long trend: the first of the plant's tags. */
const trendTags: readonly string[] = Array.from({ length: 8 }, (_, index) => tagOf(index));

export const pageSection: Section = async (options) => {
  const browser = await launch().catch((error: unknown) => String(error));
  if (typeof browser === "string") {
    const why = `page: ${browser}`;
    return { text: why, verdicts: [], wrong: [], missing: [why], figures: null };
  }
  await using _ = { [Symbol.asyncDispose]: () => browser.close() };
  await using plant = await startLevelPlant();
  options.say("page: ninety days of trends");
  fillHistory(join(options.dir, "agent"), trendTags);
  await using box = await startBox(options.dir, plant.site);
  const figures = await measure({ browser, plant, box }, options);
  const { blocks, cost, paints, history } = figures;
  const paintMs = paints.map((paint) => paint.paintMs).sort((a, b) => a - b);
  return {
    text: reportText(figures),
    verdicts: [
      { goal: goals.blockQuiet, measured: quantile(blocks.quiet.ms, 0.99) },
      { goal: goals.blockFlood, measured: quantile(blocks.flooded.ms, 0.99) },
      { goal: goals.clientsQuiet, measured: cost.quiet.withClients },
      { goal: goals.clientsFlood, measured: cost.flooded.withClients },
      { goal: goals.firstPaint, measured: quantile(paintMs, 0.5) },
      { goal: goals.historyCpu, measured: (history.threadCpuS / history.readings) * 1e6 },
    ],
    wrong: [...blocks.quiet.wrong, ...blocks.flooded.wrong],
    missing: [],
    figures,
  };
};

interface Bench {
  readonly browser: Browser;
  readonly plant: LevelPlant;
  readonly box: Box;
}

async function measure(
  { browser, plant, box }: Bench,
  { dir, isQuick, say }: SectionOptions,
): Promise<PageFigures> {
  const times = isQuick ? 15 : 50;
  const crowd = { count: many, windowMs: isQuick ? 6_000 : 15_000 };
  say("page: first paint");
  const paints = await firstPaints(browser, { box, times: isQuick ? 5 : 9 });
  say(`page: ${many} clients, quiet`);
  const quietCost = await timeClients(box, crowd);
  const pages = await openPages(browser, { address: box.address, count: clients });
  const field: Field = { plant, box, browser, pages, clients };
  say(`page: ${times} alarms on a quiet page`);
  const quiet = await timeBlocks(field, times);
  say(`page: ${times} alarms beside ${floodPerS} alarm changes a second`);
  using flood = startFlood(plant, floodPerS);
  const flooded = await timeBlocks(field, times);
  const changes = flood.changes();
  const { page, context } = await visit(browser, { address: box.address });
  const trend = await timeLongTrend(page, { tags: trendTags, times: isQuick ? 5 : 15 });
  await context.close();
  for (const open of browser.contexts()) await open.close();
  say(`page: ${many} clients beside the flood`);
  const floodedCost = await timeClients(box, crowd);
  say("page: the history's thread");
  const history = await historyCost(dir);
  return {
    ...{ clients, floodPerS, many, tags: plant.tags.length, changes, paints, trend, history },
    blocks: { quiet, flooded },
    cost: { quiet: quietCost, flooded: floodedCost },
  };
}

async function firstPaints(
  browser: Browser,
  { box, times }: { readonly box: Box; readonly times: number },
): Promise<readonly FirstPaint[]> {
  const paints: FirstPaint[] = [];
  for (let time = 0; time < times; time += 1) {
    paints.push(await timeFirstPaint(browser, box.address));
  }
  return paints;
}

async function historyCost(dir: string): Promise<HistoryFigures> {
  const run: HistoryRun = { dir: join(dir, "history"), tags: 1_000, seconds: 11_100 };
  mkdirSync(run.dir);
  return (await runToEnd("page/historyRun.ts", run)) as HistoryFigures;
}
