/** Cameras: what it costs to take and keep the newest video of 16 of them, beside ffmpeg and the bare reading. */

import { readFileSync } from "node:fs";
import { type RtspServer, startRtspServer } from "../../cameras/gst/rtspServer.ts";
import { goals } from "../goals.ts";
import { type Program, type Subject, sleep, startNode, startProgram } from "../measure/child.ts";
import { usageOf } from "../measure/cpu.ts";
import { figure, type Spread, spreadOf, spreadText } from "../measure/spread.ts";
import { table } from "../measure/table.ts";
import type { Section, SectionReport } from "../section.ts";
import type { StreamsFigures, StreamsRun } from "./streamsChild.ts";
import type { WatchFigures, WatchRun } from "./watchChild.ts";

const cameraCount = 16;
const ringMs = 45_000;
/** 45 s of 3 Mbit/s, a group of pictures more, and something for scenes in motion. */
const ringBytes = 20 * 1024 * 1024;
const warmUpMs = 6_000;
/** The ring has gone round: before that its memory is touched for the first time, which costs once. */
const fullRingMs = ringMs + 5_000;
const windows = 3;

/** CPU seconds for an hour of one camera, and memory of all processes at the end. */
interface Cost {
  readonly cpuS: Spread;
  readonly rssMb: number;
}

export const camerasSection: Section = async (options) => {
  const windowMs = options.isQuick ? 8_000 : 20_000;
  const names = Array.from({ length: cameraCount }, (_, index) => `camera${index}`);
  const opened = await startRtspServer({
    cameras: names.map((name) => ({ name, size: "1080p" })),
  }).catch((error: unknown) => String(error));
  if (typeof opened === "string") return unable(opened);
  await using server = opened;
  const urls = names.map((name) => server.url(name));

  options.say("cameras: our client and rings");
  const ring = await measureNode(
    { urls, mode: "ring", ringBytes, ringMs },
    { windowMs, warmUpMs: options.isQuick ? warmUpMs : fullRingMs },
  );
  options.say("cameras: the whole watch");
  const watch = await measureWatch(
    { urls, ringBytes, ringMs },
    { windowMs: options.isQuick ? 12_000 : 20_000, warmUpMs: 25_000 },
  );
  options.say("cameras: one ffmpeg each, copying to nowhere");
  const ffmpeg = await measureFfmpeg(server, names, windowMs);
  options.say("cameras: bytes read and dropped");
  const floor = await measureNode(
    { urls, mode: "floor", ringBytes: 0, ringMs: 0 },
    { windowMs, warmUpMs },
  );
  return report({ ring, watch, ffmpeg, floor });
};

interface Plan {
  readonly windowMs: number;
  readonly warmUpMs: number;
}

async function measureNode(run: StreamsRun, plan: Plan) {
  const child: Subject = startNode("cameras/streamsChild.ts", run);
  try {
    const cost = await measure([child.pid], plan);
    return { cost, figures: (await child.finish()) as StreamsFigures };
  } finally {
    child.kill();
  }
}

/** With the decoder that it starts. */
async function measureWatch(run: WatchRun, plan: Plan) {
  const child: Subject = startNode("cameras/watchChild.ts", run);
  try {
    await sleep(plan.warmUpMs);
    const pids = [child.pid, ...childrenOf(child.pid)];
    const cost = await measure(pids, { ...plan, warmUpMs: 0 });
    return { cost, figures: (await child.finish()) as WatchFigures };
  } finally {
    child.kill();
  }
}

function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
  return text === "" ? [] : text.split(" ").map(Number);
}

/** @returns null when there is no ffmpeg that plays them. */
async function measureFfmpeg(
  server: RtspServer,
  names: readonly string[],
  windowMs: number,
): Promise<Cost | string> {
  const running: Program[] = [];
  try {
    for (const name of names) {
      const words = ["-v", "error", "-nostdin", "-rtsp_transport", "tcp", "-i", server.url(name)];
      running.push(startProgram("ffmpeg", [...words, "-c", "copy", "-f", "null", "-"]));
      await sleep(200);
    }
    const cost = await measure(
      running.map(({ pid }) => pid),
      { windowMs, warmUpMs },
    );
    const dead = running.find(({ hasEnded }) => hasEnded);
    return dead === undefined ? cost : dead.lastWords();
  } catch (error) {
    return String(error);
  } finally {
    await Promise.all(running.map((program) => program.stop()));
  }
}

async function measure(pids: readonly number[], plan: Plan): Promise<Cost> {
  await sleep(plan.warmUpMs);
  const cpuS = (): number => pids.reduce((sum, pid) => sum + usageOf(pid).cpuS, 0);
  const costs: number[] = [];
  for (let window = 0; window < windows; window += 1) {
    const [before, startedMs] = [cpuS(), performance.now()];
    await sleep(plan.windowMs);
    const hours = (performance.now() - startedMs) / 3_600_000;
    costs.push((cpuS() - before) / hours / cameraCount);
  }
  const rssMb = pids.reduce((sum, pid) => sum + usageOf(pid).rssMb, 0);
  return { cpuS: spreadOf(costs), rssMb };
}

function unable(reason: string): SectionReport {
  return {
    text: "not run",
    verdicts: [],
    wrong: [],
    missing: [`cameras: needs GStreamer's RTSP server and ffmpeg (${reason})`],
    figures: null,
  };
}

function report(parts: {
  readonly ring: { readonly cost: Cost; readonly figures: StreamsFigures };
  readonly watch: { readonly cost: Cost; readonly figures: WatchFigures };
  readonly ffmpeg: Cost | string;
  readonly floor: { readonly cost: Cost; readonly figures: StreamsFigures };
}): SectionReport {
  const { ring, watch, ffmpeg, floor } = parts;
  const { cameras } = ring.figures;
  const baseline = typeof ffmpeg === "string" ? null : ffmpeg;
  const row = (name: string, cost: Cost | null): string[] =>
    cost === null
      ? [name, "-", "-", "-"]
      : [
          name,
          spreadText(cost.cpuS),
          figure(cost.rssMb),
          figure(ring.cost.cpuS.median / cost.cpuS.median),
        ];
  const most = (of: (camera: (typeof cameras)[number]) => number): number =>
    Math.max(...cameras.map(of));
  const text = [
    `${cameraCount} cameras of 1080p25 H.264, about 3 Mbit/s, RTSP over TCP from GStreamer on loopback; its CPU is not counted`,
    table(
      ["", "CPU s per camera-hour", "RSS MB, all", "ours against it"],
      [
        row(
          `our client, ${ringMs / 1000} s ring of ${ringBytes / 1024 / 1024} MiB each`,
          ring.cost,
        ),
        row("the whole watch: ring, a key picture each 10 s, judgement, decoder", watch.cost),
        row("ffmpeg -c copy -f null, one each", baseline),
        row("floor: Node reads and drops", floor.cost),
      ],
    ),
    "",
    `Rings at the end: ${figure(most((one) => one.ringMs) / 1000)} s, at most ${figure(most((one) => one.ringBytes) / 1e6)} MB; ` +
      `longest time between two pictures ${figure(most((one) => one.gapMsMax))} ms.`,
  ].join("\n");
  return {
    text,
    verdicts: [
      { goal: goals.cameraCpu, measured: ring.cost.cpuS.median },
      { goal: goals.cameraWatchCpu, measured: watch.cost.cpuS.median },
      {
        goal: goals.cameraToFfmpeg,
        measured: ring.cost.cpuS.median / (baseline?.cpuS.median ?? Number.NaN),
      },
    ],
    wrong: [...wrongOf(ring.figures, floor.figures), ...wrongWatch(watch.figures)],
    missing: typeof ffmpeg === "string" ? [`cameras: ffmpeg did not play them (${ffmpeg})`] : [],
    figures: parts,
  };
}

function wrongOf(ring: StreamsFigures, floor: StreamsFigures): string[] {
  const wrong = ring.cameras.flatMap((camera, index) => {
    const { pictures, lostPackets, damagedPictures, ends, ringMs: heldMs } = camera;
    const faults = [
      ...ends,
      ...(lostPackets + damagedPictures > 0 ? [`${lostPackets} packets lost`] : []),
      // The ring and one group of pictures at most; less only when it ran for less.
      ...(heldMs < Math.min(ringMs, (pictures - 60) * 40) ? [`only ${heldMs} ms in its ring`] : []),
      ...(pictures < (warmUpMs / 1000) * 25 ? [`only ${pictures} pictures`] : []),
    ];
    return faults.map((fault) => `camera ${index}: ${fault}`);
  });
  return floor.floorBytes > 0 ? wrong : [...wrong, "cameras: the floor received nothing"];
}

function wrongWatch({ cameras }: WatchFigures): string[] {
  return cameras.flatMap(({ status, faults, hasPicture }, index) =>
    status === "ON" && faults.length === 0 && hasPicture
      ? []
      : [`watched camera ${index}: ${status} ${faults.join(", ")} picture ${hasPicture}`],
  );
}
