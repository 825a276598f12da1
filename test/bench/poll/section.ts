/** Polling: what a million register values cost, by the C floor, a naive loop, our path, and the whole agent. */

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { goals, type Verdict } from "../goals.ts";
import { figure, spreadText } from "../measure/spread.ts";
import { table } from "../measure/table.ts";
import { type Measured, measureWindows, type WindowPlan } from "../measure/windows.ts";
import type { Section, SectionOptions } from "../section.ts";
import { collectd } from "./collectd.ts";
import {
  type Checked,
  type Contender,
  libmodbusLoop,
  naiveLoop,
  ownPath,
  wholeAgent,
} from "./contenders.ts";
import { originOf, shapeOf } from "./fieldShape.ts";
import { buildLibmodbusLoop } from "./libmodbus.ts";
import { startLoadPlantProcess } from "./loadPlantProcess.ts";
import { nodeRed } from "./nodeRed.ts";

interface Row {
  readonly contender: string;
  readonly name: string;
  readonly tags: number;
  readonly measured: Measured | null;
  readonly checked: Checked;
  /** Requests that were no reading of the map, or no Modbus: must be none. */
  readonly strange: number;
  readonly failure: string | null;
}

const windows = 3;

export const pollSection: Section = async (options) => {
  const rates = options.isQuick ? [10_000, 50_000] : [1_000, 10_000, 50_000];
  const { contenders, missing } = field(options);
  const rows: Row[] = [];
  for (const tags of rates) {
    for (const contender of contenders) {
      options.say(`poll: ${contender.name} at ${tags} tags/s`);
      const row = await race(contender, tags, options);
      if (row.failure !== null) options.say(`poll:   ${row.failure}`);
      rows.push(row);
    }
  }
  return {
    text: [...rates.map((tags) => rateTable(rows, tags)), notes].join("\n\n"),
    verdicts: verdicts(rows),
    wrong: rows.flatMap(wrongOf),
    missing: [...missing, ...rows.flatMap(peerFailure)],
    figures: rows,
  };
};

function field(options: SectionOptions): { contenders: Contender[]; missing: string[] } {
  const missing: string[] = [];
  const present: Contender[] = [];
  const floor = buildLibmodbusLoop(options.dir);
  if ("program" in floor) present.push(libmodbusLoop(floor.program));
  else missing.push(`C loop on libmodbus: ${floor.missing}`);
  present.push(naiveLoop, ownPath, wholeAgent);
  // A quick run has no time for peers unless they are asked for.
  const isPeerWanted = options.withPeers || !options.isQuick;
  for (const peer of isPeerWanted ? [collectd(options), nodeRed(options)] : []) {
    if ("missing" in peer) missing.push(peer.missing);
    else present.push(peer);
  }
  return { contenders: present, missing };
}

async function race(contender: Contender, tags: number, options: SectionOptions): Promise<Row> {
  const shape = shapeOf(tags);
  const dir = join(options.dir, `${contender.id}-${tags}`);
  mkdirSync(dir, { recursive: true });
  const windowMs = options.isQuick ? contender.quickWindowMs : contender.windowMs;
  const warmUpMs = Math.min(contender.warmUpMs, options.isQuick ? 12_000 : contender.warmUpMs);
  const plan: WindowPlan = { warmUpMs, windowMs, windows };
  await using plant = await startLoadPlantProcess(shape);
  const { ports } = plant;
  const originMs = await originOf(plant);
  const running = await contender.start({ shape, ports, originMs, dir });
  const count = async (): Promise<number> => (await plant.status()).floats * 2;
  const outcome = await measureWindows(running.pid, plan, count).then(
    (measured) => ({ measured, failure: null }),
    (error: unknown) => ({ measured: null, failure: String(error) }),
  );
  const checked = await running
    .finish()
    .catch((error: unknown): Checked => ({ checked: 0, wrong: 1, note: String(error) }));
  const { refused, badFrames, writeAttempts } = await plant.status();
  return {
    contender: contender.id,
    name: contender.name,
    tags,
    checked,
    strange: refused + badFrames + writeAttempts,
    ...outcome,
    failure: checked.note ?? outcome.failure,
  };
}

function rateTable(rows: readonly Row[], tags: number): string {
  const floor = perMillion(rows, "libmodbus", tags);
  const here = rows.filter((row) => row.tags === tags);
  const lines = here.map((row) => [
    row.name,
    row.measured === null ? "failed" : spreadText(row.measured.cpuPerMillion),
    `${figure(perMillion(rows, row.contender, tags) / floor)}x`,
    figure((row.measured?.perSecond.median ?? Number.NaN) / 1000),
    figure(row.measured?.corePercent.median ?? Number.NaN),
    figure(row.measured?.rssMb.median ?? Number.NaN),
    figure(row.measured?.rssPeakMb ?? Number.NaN),
    row.checked.isUnchecked ? "no" : String(row.checked.checked),
    row.checked.isUnchecked ? "-" : String(row.checked.wrong),
  ]);
  return [
    `TCP poll, ${tags} tags/s = ${tags * 2} register values/s (10 ports x 10 units x ${tags / 100} float32, FC 3, 1 s)`,
    table(
      ["", "CPU s/M values", "to C", "k values/s", "% core", "RSS MB", "peak", "checked", "wrong"],
      lines,
    ),
  ].join("\n");
}

const notes = [
  "CPU s/M values: user + system of the process and its threads per 1,000,000 register values that the plant",
  "served meanwhile (a float32 is two); median (min-max) of the windows. The plant, the broker and the platform are",
  "processes of their own and not counted. Checked: the loops check what they decoded; for the whole agent the",
  "platform decoded every record it had received. The C loop and the naive loop keep newest values only: no",
  "quality, no limits, no journal, no upload. The agent judges four limits per point and keeps every reading.",
].join("\n");

function perMillion(rows: readonly Row[], contender: string, tags: number): number {
  const row = rows.find((one) => one.contender === contender && one.tags === tags);
  return row?.measured?.cpuPerMillion.median ?? Number.NaN;
}

function verdicts(rows: readonly Row[]): Verdict[] {
  const ratio = (tags: number): number =>
    perMillion(rows, "path", tags) / perMillion(rows, "libmodbus", tags);
  const agent50k = rows.find((row) => row.contender === "agent" && row.tags === 50_000);
  return [
    { goal: goals.path10k, measured: ratio(10_000) },
    { goal: goals.path50k, measured: ratio(50_000) },
    { goal: goals.agent10k, measured: perMillion(rows, "agent", 10_000) },
    ...againstNodeRed(rows),
    { goal: goals.agent50k, measured: perMillion(rows, "agent", 50_000) },
    { goal: goals.agentRss50k, measured: agent50k?.measured?.rssPeakMb ?? Number.NaN },
  ];
}

/** Only where Node-RED was measured in the same run. */
function againstNodeRed(rows: readonly Row[]): Verdict[] {
  const peer = perMillion(rows, "node-red", 10_000);
  if (!Number.isFinite(peer)) return [];
  return [{ goal: goals.agentToNodeRed, measured: perMillion(rows, "agent", 10_000) / peer }];
}

/** A peer that cannot be run is a missing baseline, no fault of ours. */
function peerFailure({ name, tags, checked, failure }: Row): string[] {
  return checked.isUnchecked && failure !== null ? [`${name} at ${tags} tags/s: ${failure}`] : [];
}

function wrongOf({ name, tags, checked, strange, failure }: Row): string[] {
  if (checked.isUnchecked) return [];
  const where = `${name} at ${tags} tags/s`;
  return [
    ...(checked.wrong > 0 ? [`${where}: ${checked.wrong} of ${checked.checked} values wrong`] : []),
    ...(checked.checked === 0 ? [`${where}: nothing to check`] : []),
    ...(strange > 0 ? [`${where}: ${strange} requests outside the map`] : []),
    ...(failure === null ? [] : [`${where}: ${failure}`]),
  ];
}
