/** The page: from a register's change to the coloured block in a real browser, with what it costs on both sides. */

import { launch } from "../../page/browser.ts";
import { goals } from "../goals.ts";
import { figure, quantile } from "../measure/spread.ts";
import { table } from "../measure/table.ts";
import type { Section } from "../section.ts";
import { type Blocks, type Field, startFlood, timeBlocks } from "./blocks.ts";
import { startBox } from "./box.ts";
import { openPages } from "./browsers.ts";
import { everyMs, startLevelPlant } from "./levelPlant.ts";

const clients = 4;
const floodPerS = 200;

export const pageSection: Section = async ({ dir, isQuick, say }) => {
  const browser = await launch().catch((error: unknown) => String(error));
  if (typeof browser === "string") {
    const why = `page: ${browser}`;
    return { text: why, verdicts: [], wrong: [], missing: [why], figures: null };
  }
  await using _ = { [Symbol.asyncDispose]: () => browser.close() };
  await using plant = await startLevelPlant();
  await using box = await startBox(dir, plant.site);
  const pages = await openPages(browser, { address: box.address, count: clients });
  const field: Field = { plant, box, browser, pages, clients };
  const times = isQuick ? 15 : 50;
  say(`page: ${times} alarms on a quiet page`);
  const quiet = await timeBlocks(field, times);
  say(`page: ${times} alarms beside ${floodPerS} alarm changes a second`);
  using flood = startFlood(plant, floodPerS);
  const flooded = await timeBlocks(field, times);
  const runs = { "quiet page": quiet, "beside the flood": flooded };
  return {
    text: [
      `${plant.tags.length} tags polled each ${everyMs} ms, ${clients} pages open in one browser on this machine`,
      "Register change to the coloured block, in ms (each client counts):",
      latencyTable(runs),
      `Changes made by the flood: ${flood.changes()}.`,
      "Share of one core, in percent:",
      costTable(runs),
    ].join("\n"),
    verdicts: [
      { goal: goals.blockQuiet, measured: quantile(quiet.ms, 0.99) },
      { goal: goals.blockFlood, measured: quantile(flooded.ms, 0.99) },
    ],
    wrong: [...quiet.wrong, ...flooded.wrong],
    missing: [],
    figures: { quiet, flooded, changes: flood.changes() },
  };
};

function latencyTable(runs: Readonly<Record<string, Blocks>>): string {
  const rows = Object.entries(runs).map(([name, { ms }]) => [
    name,
    String(ms.length),
    ...[0.5, 0.95, 0.99, 1].map((share) => figure(quantile(ms, share))),
  ]);
  return table(["", "blocks", "p50", "p95", "p99", "max"], rows, 1);
}

function costTable(runs: Readonly<Record<string, Blocks>>): string {
  const names = Object.keys(Object.values(runs)[0]?.corePercent ?? {});
  const rows = Object.entries(runs).map(([name, { corePercent }]) => [
    name,
    ...names.map((one) => figure(corePercent[one] ?? Number.NaN)),
  ]);
  return table(["", ...names], rows, 1);
}
