/** Polling: what a million register values cost, by the C floor, a naive loop, our path, and the whole agent. */

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { goals, type Verdict } from "../goals.ts";
import { sleep } from "../measure/child.ts";
import { figure, spreadText } from "../measure/spread.ts";
import { table } from "../measure/table.ts";
import { type Measured, measureWindows } from "../measure/windows.ts";
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
import type { Jitter } from "./jitter.ts";
import { buildLibmodbusLoop } from "./libmodbus.ts";
import { type LoadPlantProcess, startLoadPlantProcess } from "./loadPlantProcess.ts";
import { nodeRed } from "./nodeRed.ts";

/** One plant, which everybody polls in turn. */
interface PollCase {
  /** Float tags a second. */
  readonly tags: number;
  readonly periodMs: number;
}

interface Row extends PollCase {
  readonly contender: string;
  readonly name: string;
  /** At the plant, in the measured windows. */
  readonly jitter: Jitter | null;
  readonly measured: Measured | null;
  readonly checked: Checked;
  /** Requests that were no reading of the map, or no Modbus: must be none. */
  readonly strange: number;
  readonly failure: string | null;
}

const windows = 3;
/** Longest start of any contender: a large site on a loaded machine. */
const startMsMax = 240_000;
const second = 1_000;
/** A large plant as seen, and small fast ones; peers poll each second only. */
const fullCases: readonly PollCase[] = [
  ...[1_000, 10_000, 50_000, 100_000].map((tags) => ({ tags, periodMs: second })),
  ...[10, 100].map((periodMs) => ({ tags: 10_000, periodMs })),
  { tags: 100_000, periodMs: 100 },
];
const quickCases: readonly PollCase[] = [
  { tags: 10_000, periodMs: second },
  { tags: 50_000, periodMs: second },
  { tags: 10_000, periodMs: 10 },
];
const peers: ReadonlySet<string> = new Set(["collectd", "node-red"]);

export const pollSection: Section = async (options) => {
  const cases = options.isQuick ? quickCases : fullCases;
  const { contenders, missing } = field(options);
  const rows: Row[] = [];
  for (const one of cases) {
    for (const contender of contenders) {
      if (peers.has(contender.id) && one.periodMs !== second) continue;
      options.say(`poll: ${contender.name} at ${caseText(one)}`);
      const row = await race(contender, one, options);
      if (row.failure !== null) options.say(`poll:   ${row.failure}`);
      rows.push(row);
    }
  }
  return {
    text: [...cases.map((one) => caseTable(rows, one)), notes].join("\n\n"),
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

function caseText({ tags, periodMs }: PollCase): string {
  return `${tags} tags/s each ${periodMs} ms`;
}

async function race(
  contender: Contender,
  { tags, periodMs }: PollCase,
  options: SectionOptions,
): Promise<Row> {
  const shape = shapeOf(tags, periodMs);
  const dir = join(options.dir, `${contender.id}-${tags}-${periodMs}`);
  mkdirSync(dir, { recursive: true });
  const windowMs = options.isQuick ? contender.quickWindowMs : contender.windowMs;
  const warmUpMs = Math.min(contender.warmUpMs, options.isQuick ? 12_000 : contender.warmUpMs);
  const plan = { windowMs, windows };
  await using plant = await startLoadPlantProcess(shape);
  const { ports } = plant;
  const originMs = await originOf(plant);
  const running = await contender.start({ shape, ports, originMs, dir });
  const count = async (): Promise<number> => (await plant.status()).floats * 2;
  const begin = async (): Promise<void> => {
    await begun(plant);
    await sleep(warmUpMs);
    await plant.reset();
  };
  const outcome = await measureWindows(running.pid, { ...plan, begin }, count).then(
    (measured) => ({ measured, failure: null }),
    (error: unknown) => ({ measured: null, failure: String(error) }),
  );
  const { jitter } = await plant.status();
  const checked = await running
    .finish()
    .catch((error: unknown): Checked => ({ checked: 0, wrong: 1, note: String(error) }));
  const { refused, badFrames, writeAttempts } = await plant.status();
  return {
    contender: contender.id,
    name: contender.name,
    ...{ tags, periodMs, jitter },
    checked,
    strange: refused + badFrames + writeAttempts,
    ...outcome,
    failure: checked.note ?? outcome.failure,
  };
}

/** Waits until the first values were read. */
async function begun(plant: LoadPlantProcess): Promise<void> {
  const untilMs = performance.now() + startMsMax;
  while ((await plant.status()).floats === 0) {
    if (performance.now() > untilMs) throw new Error(`no value within ${startMsMax / 1000} s`);
    await sleep(200);
  }
}

function caseTable(rows: readonly Row[], one: PollCase): string {
  const { tags, periodMs } = one;
  const floor = perMillion(rows, "libmodbus", one);
  const here = rows.filter((row) => row.tags === tags && row.periodMs === periodMs);
  const { ports, unitsPerPort, floatsPerUnit } = shapeOf(tags, periodMs);
  const lines = here.map((row) => [
    row.name,
    row.measured === null ? "failed" : spreadText(row.measured.cpuPerMillion),
    `${figure(perMillion(rows, row.contender, one) / floor)}x`,
    figure((row.measured?.perSecond.median ?? Number.NaN) / 1000),
    figure(row.measured?.corePercent.median ?? Number.NaN),
    figure(row.measured?.rssMb.median ?? Number.NaN),
    figure(row.measured?.rssPeakMb ?? Number.NaN),
    row.jitter === null ? "-" : `${ms(row.jitter.p50)}/${ms(row.jitter.p99)}/${ms(row.jitter.max)}`,
    row.checked.isUnchecked ? "no" : String(row.checked.checked),
    row.checked.isUnchecked ? "-" : String(row.checked.wrong),
  ]);
  return [
    `TCP poll, ${tags} tags/s = ${tags * 2} register values/s (${ports} ports x ${unitsPerPort} units x ${floatsPerUnit} float32, FC 3, each ${periodMs} ms)`,
    table(
      [
        ...["", "CPU s/M values", "to C", "k values/s", "% core", "RSS MB", "peak"],
        ...["jitter ms p50/p99/max", "checked", "wrong"],
      ],
      lines,
    ),
  ].join("\n");
}

function ms(value: number): string {
  return value.toFixed(value < 10 ? 1 : 0);
}

const notes = [
  "CPU s/M values: user + system of the process and its threads per 1,000,000 register values that the plant",
  "served meanwhile (a float32 is two); median (min-max) of the windows. The plant, the broker and the platform are",
  "processes of their own and not counted. Checked: the loops check what they decoded; for the whole agent the",
  "platform decoded every record it had received. The C loop and the naive loop keep newest values only: no",
  "quality, no limits, no journal, no upload. The agent judges four limits per point and keeps every reading.",
  "Jitter: by how much the time between two reads of a unit's first registers differs from the period, at the plant,",
  "whose own delays it holds. hazgate asks up to 32 blocks of a connection at once (inFlight), the loops one by one.",
].join("\n");

function find(rows: readonly Row[], contender: string, one: PollCase): Row | undefined {
  return rows.find(
    (row) => row.contender === contender && row.tags === one.tags && row.periodMs === one.periodMs,
  );
}

function perMillion(rows: readonly Row[], contender: string, one: PollCase): number {
  return find(rows, contender, one)?.measured?.cpuPerMillion.median ?? Number.NaN;
}

function verdicts(rows: readonly Row[]): Verdict[] {
  const at = (tags: number, periodMs = second): PollCase => ({ tags, periodMs });
  const ratio = (tags: number): number =>
    perMillion(rows, "path", at(tags)) / perMillion(rows, "libmodbus", at(tags));
  const agent50k = find(rows, "agent", at(50_000))?.measured;
  const agent100k = find(rows, "agent", at(100_000, 100))?.measured;
  return [
    { goal: goals.path10k, measured: ratio(10_000) },
    { goal: goals.path50k, measured: ratio(50_000) },
    { goal: goals.agent10k, measured: perMillion(rows, "agent", at(10_000)) },
    ...againstNodeRed(rows),
    { goal: goals.agent50k, measured: perMillion(rows, "agent", at(50_000)) },
    { goal: goals.agentRss50k, measured: agent50k?.rssPeakMb ?? Number.NaN },
    { goal: goals.agentCore100k, measured: agent100k?.corePercent.median ?? Number.NaN },
    { goal: goals.agentRss100k, measured: agent100k?.rssPeakMb ?? Number.NaN },
  ];
}

/** Only where Node-RED was measured in the same run. */
function againstNodeRed(rows: readonly Row[]): Verdict[] {
  const one = { tags: 10_000, periodMs: second };
  const peer = perMillion(rows, "node-red", one);
  if (!Number.isFinite(peer)) return [];
  return [{ goal: goals.agentToNodeRed, measured: perMillion(rows, "agent", one) / peer }];
}

/** A peer that cannot be run is a missing baseline, no fault of ours. */
function peerFailure({ name, checked, failure, ...one }: Row): string[] {
  return checked.isUnchecked && failure !== null ? [`${name} at ${caseText(one)}: ${failure}`] : [];
}

function wrongOf({ name, checked, strange, failure, ...one }: Row): string[] {
  if (checked.isUnchecked) return [];
  const where = `${name} at ${caseText(one)}`;
  return [
    ...(checked.wrong > 0 ? [`${where}: ${checked.wrong} of ${checked.checked} values wrong`] : []),
    ...(checked.checked === 0 ? [`${where}: nothing to check`] : []),
    ...(strange > 0 ? [`${where}: ${strange} requests outside the map`] : []),
    ...(failure === null ? [] : [`${where}: ${failure}`]),
  ];
}
