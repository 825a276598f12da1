/** From a register's change to the coloured block: probes one after another, quiet or beside a flood. */

import type { Browser } from "playwright-core";
import { sleep } from "../measure/child.ts";
import { usageOf } from "../measure/cpu.ts";
import type { Box } from "./box.ts";
import { browserCpuS, type Pages } from "./browsers.ts";
import { everyMs, type LevelPlant, probes, tagOf } from "./levelPlant.ts";

/** A block that has not shown after this was not shown. */
const shownWithinMs = 10_000;

export interface Blocks {
  /** Rising. */
  readonly ms: readonly number[];
  readonly wrong: readonly string[];
  /** Share of one core in percent, by process. */
  readonly corePercent: Readonly<Record<string, number>>;
}

export interface Field {
  readonly plant: LevelPlant;
  readonly box: Box;
  readonly browser: Browser;
  readonly pages: Pages;
  readonly clients: number;
}

export async function timeBlocks(field: Field, times: number): Promise<Blocks> {
  const ms: number[] = [];
  const wrong: string[] = [];
  const begun = await costs(field);
  for (let time = 0; time < times; time += 1) {
    const { blocks, fault } = await probe(field, time % probes);
    ms.push(...blocks);
    if (fault !== null) wrong.push(fault);
  }
  const ended = await costs(field);
  return {
    ms: ms.sort((a, b) => a - b),
    wrong,
    corePercent: sharesOf(begun, ended),
  };
}

async function probe(
  { plant, pages, clients, box }: Field,
  index: number,
): Promise<{ readonly blocks: readonly number[]; readonly fault: string | null }> {
  const tag = tagOf(index);
  const before = pages.shown(tag).length;
  // At a moment that has nothing to do with the polling.
  await sleep(50 + Math.random() * everyMs);
  const changedMs = performance.now();
  plant.set(index, true);
  while (
    pages.shown(tag).length < before + clients &&
    performance.now() < changedMs + shownWithinMs
  ) {
    await sleep(5);
  }
  const blocks = pages.shown(tag).slice(before);
  plant.set(index, false);
  await box.acknowledge(index);
  await sleep(2 * everyMs);
  const fault =
    blocks.length < clients
      ? `${tag}: ${blocks.length} of ${clients} pages showed its block`
      : null;
  return { blocks: blocks.map((atMs) => atMs - changedMs), fault };
}

/** Points beyond the probes cross their H limit, up and down, so many in a second. */
export function startFlood(plant: LevelPlant, perS: number): Disposable & { changes(): number } {
  const all = plant.tags.length - probes;
  let changes = 0;
  const perTick = (perS * everyMs) / 1_000;
  const timer = setInterval(() => {
    for (let i = 0; i < perTick; i += 1) {
      const turn = Math.floor(changes / all) % 2 === 0;
      plant.set(probes + (changes % all), turn);
      changes += 1;
    }
  }, everyMs);
  return { changes: () => changes, [Symbol.dispose]: () => clearInterval(timer) };
}

interface Costs {
  readonly atMs: number;
  readonly cpuS: Readonly<Record<string, number>>;
}

async function costs({ box, browser }: Field): Promise<Costs> {
  const chromium = await browserCpuS(browser);
  const renderer = chromium["renderer"] ?? 0;
  const rest = Object.values(chromium).reduce((sum, one) => sum + one, 0) - renderer;
  return {
    atMs: performance.now(),
    cpuS: {
      agent: usageOf(box.pid).cpuS,
      "pages (renderers)": renderer,
      "rest of the browser": rest,
      "bench and plant": usageOf("self").cpuS,
    },
  };
}

function sharesOf(begun: Costs, ended: Costs): Readonly<Record<string, number>> {
  const wallS = (ended.atMs - begun.atMs) / 1_000;
  return Object.fromEntries(
    Object.entries(ended.cpuS).map(([name, cpuS]) => [
      name,
      ((cpuS - (begun.cpuS[name] ?? 0)) / wallS) * 100,
    ]),
  );
}
