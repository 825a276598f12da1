/**
 * `npm run soak -- cameras --minutes 30 --cameras 16 --tags 1000`: cameras of 1080p25 beside a polled plant in one
 * agent, then the same without cameras. What it costs, whether memory stays flat, whether the polling suffers, and false
 * alarms. Cameras and plant are processes of their own; what they cost is told apart.
 */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sleep, startHelper } from "../bench/measure/child.ts";
import { usageOf } from "../bench/measure/cpu.ts";
import { loadAverage, watchStalls } from "../bench/measure/machine.ts";
import { figure } from "../bench/measure/spread.ts";
import { table } from "../bench/measure/table.ts";
import { type FieldShape, floatsPerRequest, originOf, shapeOf } from "../bench/poll/fieldShape.ts";
import { startLoadPlantProcess } from "../bench/poll/loadPlantProcess.ts";
import { polledSiteText } from "../bench/poll/polledSite.ts";
import { startRtspServer } from "../cameras/gst/rtspServer.ts";
import type { CamerasFigures } from "./camerasChild.ts";

export interface CamerasRun {
  readonly minutes: number;
  readonly cameras: number;
  readonly tags: number;
}

/** One encoded film in so many streams; further cameras look at the same streams, or the film would cost the most. */
const streamsMax = 16;
/** Views are learnt and rings full after a minute; until then memory rises as it must. */
const warmUpMs = { all: 75_000, perCamera: 500 } as const;
const bareWarmUpMs = 30_000;
const bareMsMax = 100_000;
const samples = 10;
/** Of the requests promised while the machine did not stand still: one under way when it does is late too. */
const pollsShareMin = 0.98;
/** More than this is a line that asks without end: what was late is asked once, not again and again. */
const pollsShareMax = 1.1;

interface Measured {
  readonly cameras: number;
  readonly seconds: number;
  /** Of one core: agent and decoders. */
  readonly corePercent: number;
  readonly filmCorePercent: number;
  readonly plantCorePercent: number;
  readonly rssMb: readonly number[];
  readonly rssDecodersMb: readonly number[];
  readonly requestsPerS: number;
  readonly requestsPerSPromised: number;
  readonly worstGapMs: number;
  /** No process of the machine ran: seen by one that does nothing. */
  readonly stalledS: number;
  readonly figures: CamerasFigures;
}

/** @returns whether every camera was well, none was told to be at fault, and the polling was as promised. */
export async function soakCameras(run: CamerasRun): Promise<boolean> {
  const streams = Array.from({ length: Math.min(run.cameras, streamsMax) }, (_, i) => `film${i}`);
  await using server = await startRtspServer({
    cameras: streams.map((name) => ({ name, size: "1080p" })),
  });
  const cameras = Array.from(
    { length: run.cameras },
    (_, i) => `  c${i}: { tanks: [T-1], rtsp: "${server.url(`film${i % streamsMax}`)}" }`,
  );
  const lines = ["tanks: { T-1: { name: T-1 } }", "cameras:", ...cameras];
  const plan = { shape: shapeOf(run.tags), filmPid: server.pid };
  const forMs = run.minutes * 60_000;
  const watched = await measure(lines.join("\n"), {
    ...{ ...plan, ...run, forMs },
    warmUpMs: warmUpMs.all + run.cameras * warmUpMs.perCamera,
  });
  const bare = await measure("", {
    ...{ ...plan, cameras: 0, warmUpMs: bareWarmUpMs },
    forMs: Math.min(forMs / 3, bareMsMax),
  });
  const faults = faultsOf(watched);
  process.stdout.write(`${JSON.stringify([watched, bare], null, 2)}\n`);
  process.stdout.write(`${report(run, watched, bare)}\n`);
  for (const fault of faults) process.stdout.write(`FAULT ${fault}\n`);
  process.stdout.write(`${faults.length === 0 ? "all well" : "NOT WELL"}\n`);
  return faults.length === 0;
}

function faultsOf({ figures, cameras, ...measured }: Measured): string[] {
  const { requestsPerS, requestsPerSPromised, seconds, stalledS } = measured;
  const share = (requestsPerS / requestsPerSPromised) * (seconds / (seconds - stalledS));
  return [
    ...figures.alarms.map((alarm) => `false alarm: ${alarm}`),
    ...(figures.on === cameras ? [] : [`${figures.on} of ${cameras} cameras are ON`]),
    ...(requestsPerS <= requestsPerSPromised * pollsShareMax
      ? []
      : [`${requestsPerS} requests a second where ${requestsPerSPromised} are due`]),
    ...(share >= pollsShareMin ? [] : [`${figure(share * 100)} % of the promised requests`]),
  ];
}

interface Plan {
  readonly shape: FieldShape;
  readonly filmPid: number;
  readonly cameras: number;
  readonly warmUpMs: number;
  readonly forMs: number;
}

async function measure(more: string, plan: Plan): Promise<Measured> {
  const dataDir = mkdtempSync(join(tmpdir(), "hazgate-cameras-"));
  await using plant = await startLoadPlantProcess(plan.shape);
  const originMs = await originOf(plant);
  const { shape } = plan;
  const { ports } = plant;
  const text = `${polledSiteText({ shape, ports, originMs, brokerUrl: null })}\n${more}\n`;
  const siteFile = join(dataDir, "site.yaml");
  writeFileSync(siteFile, text);
  const agent = startHelper("../soak/camerasChild.ts", { siteFile, dataDir });
  try {
    await sleep(plan.warmUpMs);
    const tree = (): number[] => [agent.pid, ...childrenOf(agent.pid)];
    const before = { agent: cpuOf(tree()), film: cpuOf([plan.filmPid]), plant: cpuOf([plant.pid]) };
    const startedMs = performance.now();
    await plant.reset();
    using stalls = watchStalls();
    const rssMb: number[] = [];
    const rssDecodersMb: number[] = [];
    for (let sample = 0; sample <= samples; sample += 1) {
      if (sample > 0) await sleep(plan.forMs / samples);
      rssMb.push(rssOf([agent.pid]));
      rssDecodersMb.push(rssOf(childrenOf(agent.pid)));
    }
    const passedS = (performance.now() - startedMs) / 1_000;
    const core = (cpuS: number): number => Math.round((cpuS / passedS) * 1_000) / 10;
    const { requests, worstGapMs } = await plant.status();
    return {
      cameras: plan.cameras,
      seconds: Math.round(passedS),
      corePercent: core(cpuOf(tree()) - before.agent),
      filmCorePercent: core(cpuOf([plan.filmPid]) - before.film),
      plantCorePercent: core(cpuOf([plant.pid]) - before.plant),
      ...{ rssMb, rssDecodersMb },
      requestsPerS: Math.round((requests / passedS) * 10) / 10,
      requestsPerSPromised: requestsIn(shape),
      worstGapMs: Math.round(Math.max(...worstGapMs)),
      stalledS: Math.round(stalls.stalls().totalMs / 100) / 10,
      figures: await agent.ask<CamerasFigures>("figures"),
    };
  } finally {
    await agent[Symbol.asyncDispose]();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

function report(run: CamerasRun, watched: Measured, bare: Measured): string {
  const row = (name: string, of: (one: Measured) => string | number): string[] => [
    name,
    ...[watched, bare].map((one) => String(of(one))),
  ];
  const perHour = (one: Measured): number => (one.corePercent / 100) * 3_600;
  return [
    table(
      [`${run.tags} tags a second`, `${run.cameras} cameras`, "without"],
      [
        row("measured, s", (one) => one.seconds),
        row("agent and decoders, % of a core", (one) => one.corePercent),
        row("agent, RSS MB, first", (one) => one.rssMb[0] ?? 0),
        row("agent, RSS MB, last", (one) => one.rssMb.at(-1) ?? 0),
        row("decoders, RSS MB, last", (one) => one.rssDecodersMb.at(-1) ?? 0),
        row("of the agent: V8 heap, MB", (one) => one.figures.heapMb),
        row("of the agent: buffers (video), MB", (one) => one.figures.buffersMb),
        row("requests a second", (one) => `${one.requestsPerS} of ${one.requestsPerSPromised}`),
        row("longest time between two, ms", (one) => one.worstGapMs),
        row("the machine itself stood still, s", (one) => one.stalledS),
        row("false alarms", (one) => one.figures.alarms.length),
      ],
    ),
    `cameras alone: ${figure((perHour(watched) - perHour(bare)) / run.cameras)} CPU s per camera-hour; ` +
      `all of the agent: ${figure(perHour(watched) / run.cameras)}`,
    `load average at the end ${loadAverage()}`,
    `beside it: film ${watched.filmCorePercent} % of a core, plant ${watched.plantCorePercent} %`,
  ].join("\n");
}

/** Each second every unit is read whole. */
function requestsIn({ ports, unitsPerPort, floatsPerUnit, tickMs }: FieldShape): number {
  const rounds = 1_000 / tickMs;
  return ports * unitsPerPort * Math.ceil(floatsPerUnit / floatsPerRequest) * rounds;
}

function cpuOf(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + usageOf(pid).cpuS, 0);
}

function rssOf(pids: readonly number[]): number {
  return Math.round(pids.reduce((sum, pid) => sum + usageOf(pid).rssMb, 0));
}

function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
  return text === "" ? [] : text.split(" ").map(Number);
}
