/** From a register's change to the coloured block in a real browser: four clients, 1,000 tags, and a flood beside it. */

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { startAgent } from "../../../agent/compose.ts";
import { openPage } from "../../../agent/page/openPage.ts";
import { createPasswords } from "../../../agent/page/server/passwords.ts";
import { openUsers } from "../../../agent/page/server/users.ts";
import { createRealClock } from "../../../agent/realClock.ts";
import { createLog } from "../../../agent/watch/log.ts";
import { readSite } from "../../../config/load.ts";
import { launch, visit } from "../../page/browser.ts";
import { password } from "../../pageServer/harness.ts";
import { goals } from "../goals.ts";
import { figure, quantile } from "../measure/spread.ts";
import { table } from "../measure/table.ts";
import type { Section } from "../section.ts";
import { everyMs, type LevelPlant, probes, startLevelPlant, tagOf } from "./levelPlant.ts";

const clients = 4;
const floodPerS = 200;
/** A block that has not shown after this was not shown. */
const shownWithinMs = 10_000;

export const pageSection: Section = async ({ dir, isQuick, say }) => {
  const browser = await launch().catch((error: unknown) => String(error));
  if (typeof browser === "string") {
    const why = `page: ${browser}`;
    return { text: why, verdicts: [], wrong: [], missing: [why], figures: null };
  }
  await using _ = { [Symbol.asyncDispose]: () => browser.close() };
  await using plant = await startLevelPlant();
  await using box = await startBox(dir, plant);
  const shown = await openClients(browser, box.address);
  const times = isQuick ? 15 : 50;
  say(`page: ${times} alarms on a quiet page`);
  const quiet = await timeProbes({ plant, shown, times, box });
  say(`page: ${times} alarms beside ${floodPerS} alarm changes a second`);
  using flood = startFlood(plant);
  const flooded = await timeProbes({ plant, shown, times, box });
  const wrong = [...quiet.wrong, ...flooded.wrong];
  const rows = Object.entries({ "quiet page": quiet, "beside the flood": flooded }).map(
    ([name, { ms }]) => [
      name,
      String(ms.length),
      ...[0.5, 0.95, 0.99, 1].map((share) => figure(quantile(ms, share))),
    ],
  );
  return {
    text: [
      `${plant.tags.length} tags polled each ${everyMs} ms, ${clients} pages open in one browser on this machine`,
      "Register change to the coloured block, in ms (each client counts):",
      table(["", "blocks", "p50", "p95", "p99", "max"], rows, 1),
      `Changes made by the flood: ${flood.changes()}.`,
    ].join("\n"),
    verdicts: [
      { goal: goals.blockQuiet, measured: quantile(quiet.ms, 0.99) },
      { goal: goals.blockFlood, measured: quantile(flooded.ms, 0.99) },
    ],
    wrong,
    missing: [],
    figures: { quiet: quiet.ms, flooded: flooded.ms, changes: flood.changes() },
  };
};

interface Box extends AsyncDisposable {
  readonly address: string;
  /** Takes the alarm off the page: its condition is over and it is acknowledged. */
  acknowledge(index: number): Promise<void>;
}

async function startBox(dir: string, plant: LevelPlant): Promise<Box> {
  const clock = createRealClock();
  const dataDir = join(dir, "agent");
  mkdirSync(dataDir, { recursive: true });
  const users = await openUsers(dataDir);
  if (!users.ok) throw new Error(users.error);
  const hash = (await createPasswords().hash(password)) ?? "";
  await users.value.add({
    ...{ name: "admin", role: "admin", password: hash },
    nowMs: clock.now().wallMs,
  });
  const read = readSite({ file: "bench.yaml", text: plant.site, io: { fileMode: () => 0o600 } });
  if (!read.ok) throw new Error(JSON.stringify(read.error));
  const { site } = read.value;
  const log = createLog(
    () => {},
    () => clock.monotonicMs(),
  );
  const started = await startAgent({
    ...{ site, dataDir, secrets: {}, clock, random: Math.random, log },
  });
  if (!started.ok) throw new Error(started.error);
  const agent = started.value;
  const opened = await openPage({
    ...{ site, agent, dataDir, clock, log, file: "bench.yaml", scenarios: null },
    pathOf: (name) => name,
  });
  if (!opened.ok) throw new Error(opened.error);
  const page = opened.value;
  return {
    address: page.server.address,
    async acknowledge(index) {
      const alarms = [{ source: tagOf(index), type: "HH" as const }];
      await agent.act({ do: "ack", alarms, by: "bench", reason: "test", note: "" });
    },
    async [Symbol.asyncDispose]() {
      await page[Symbol.asyncDispose]();
      await agent.stop("bench");
    },
  };
}

/** When each client showed the block of a tag. */
type Shown = (tag: string) => readonly number[];

async function openClients(browser: Browser, address: string): Promise<Shown> {
  const seen = new Map<string, number[]>();
  for (let client = 0; client < clients; client += 1) {
    const { page } = await visit(browser, { address, width: 1280, height: 800 });
    await page.exposeFunction("blockShown", (tag: string) => {
      const atMs = performance.now();
      seen.set(tag, [...(seen.get(tag) ?? []), atMs]);
    });
    await page.evaluate(watcher);
  }
  return (tag) => seen.get(tag) ?? [];
}

/** In the page: tells of each new tag in the coloured strip, once it is drawn. */
const watcher = `(() => {
  let last = "";
  new MutationObserver(() => {
    const tag = document.querySelector("section.strip .strip-source b")?.textContent ?? "";
    if (tag === last) return;
    last = tag;
    if (tag !== "") requestAnimationFrame(() => blockShown(tag));
  }).observe(document.body, { childList: true, subtree: true, characterData: true });
})()`;

async function timeProbes(parts: {
  readonly plant: LevelPlant;
  readonly shown: Shown;
  readonly times: number;
  readonly box: Box;
}): Promise<{ readonly ms: readonly number[]; readonly wrong: readonly string[] }> {
  const { plant, shown, times, box } = parts;
  const ms: number[] = [];
  const wrong: string[] = [];
  for (let time = 0; time < times; time += 1) {
    const index = time % probes;
    const tag = tagOf(index);
    const before = shown(tag).length;
    // At a moment that has nothing to do with the polling.
    await pause(50 + Math.random() * everyMs);
    const changedMs = performance.now();
    plant.set(index, true);
    while (shown(tag).length < before + clients && performance.now() < changedMs + shownWithinMs) {
      await pause(5);
    }
    const blocks = shown(tag).slice(before);
    if (blocks.length < clients) {
      wrong.push(`${tag}: ${blocks.length} of ${clients} pages showed its block`);
    }
    ms.push(...blocks.map((atMs) => atMs - changedMs));
    plant.set(index, false);
    await box.acknowledge(index);
    await pause(2 * everyMs);
  }
  return { ms: ms.sort((a, b) => a - b), wrong };
}

/** Points beyond the probes cross their H limit, up and down, so many in a second. */
function startFlood(plant: LevelPlant): Disposable & { changes(): number } {
  const all = plant.tags.length - probes;
  let changes = 0;
  const perTick = (floodPerS * everyMs) / 1_000;
  const timer = setInterval(() => {
    for (let i = 0; i < perTick; i += 1) {
      const turn = Math.floor(changes / all) % 2 === 0;
      plant.set(probes + (changes % all), turn);
      changes += 1;
    }
  }, everyMs);
  return { changes: () => changes, [Symbol.dispose]: () => clearInterval(timer) };
}

async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}
