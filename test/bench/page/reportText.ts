/** The page's figures as tables and sentences. Pure. */

import { figure, quantile } from "../measure/spread.ts";
import { table } from "../measure/table.ts";
import type { Blocks } from "./blocks.ts";
import type { FirstPaint } from "./firstPaint.ts";
import type { HistoryFigures } from "./historyRun.ts";
import { everyMs } from "./levelPlant.ts";
import type { LongTrend } from "./longTrend.ts";
import type { ClientsCost } from "./manyClients.ts";

/** Everything the section has measured. */
export interface PageFigures {
  readonly clients: number;
  readonly floodPerS: number;
  readonly many: number;
  readonly tags: number;
  readonly changes: number;
  readonly blocks: { readonly quiet: Blocks; readonly flooded: Blocks };
  readonly cost: { readonly quiet: ClientsCost; readonly flooded: ClientsCost };
  readonly paints: readonly FirstPaint[];
  readonly trend: LongTrend;
  readonly history: HistoryFigures;
}

export function reportText(figures: PageFigures): string {
  const { tags, clients, many, changes, blocks, cost } = figures;
  const runs = { "quiet page": blocks.quiet, "beside the flood": blocks.flooded };
  return [
    `${tags} tags polled each ${everyMs} ms; the agent, the browser and the bench share this machine.`,
    `Register change to the coloured block on ${clients} pages of one browser, in ms (each page counts):`,
    latencyTable(runs),
    `Changes made by the flood meanwhile: ${changes}.`,
    "Share of one core meanwhile, in percent:",
    costTable(runs),
    `${many} clients without a browser, the agent's share of one core in percent, and what each was sent:`,
    clientsTable({ "quiet page": cost.quiet, "beside the flood": cost.flooded }),
    ...sentences(figures),
  ].join("\n");
}

function sentences({ paints, trend, history, many }: PageFigures): readonly string[] {
  const ms = paints.map((paint) => paint.paintMs).sort((a, b) => a - b);
  const [first] = paints;
  const perMillion = (cpuS: number): string => figure((cpuS / history.readings) * 1e6);
  return [
    `First picture of the tanks in an empty browser: median ${figure(quantile(ms, 0.5))} ms, worst ` +
      `${figure(ms.at(-1) ?? Number.NaN)} ms, after ${first?.requests} requests and ` +
      `${figure((first?.bytes ?? 0) / 1_000)} kB, ${first?.historyBefore} of them to the history.`,
    `8 points x 90 days beside the flood, asked and read by the page: median ${figure(trend.medianMs)} ms, ` +
      `worst ${figure(trend.worstMs)} ms, ${figure(trend.bytes / 1_000)} kB, ${trend.buckets} buckets.`,
    `Keeping trends: ${perMillion(history.threadCpuS)} CPU s/M readings on the history's thread, ` +
      `${perMillion(history.collectorCpuS)} on the agent's (the journal: see its own section).`,
    `The ${many} clients' goal counts the whole agent, with its polling and its journal.`,
  ];
}

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

function clientsTable(runs: Readonly<Record<string, ClientsCost>>): string {
  const rows = Object.entries(runs).map(([name, cost]) => [
    name,
    figure(cost.alone),
    figure(cost.withClients),
    figure(cost.withClients - cost.alone),
    figure(cost.messagesPerS),
    figure(cost.kilobytesPerS),
  ]);
  return table(["", "no client", "with them", "added", "messages/s", "kB/s"], rows, 1);
}
