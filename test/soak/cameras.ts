/**
 * `npm run soak -- cameras --minutes 30`: 16 cameras of 1080p25 beside 1,000 tags in one agent, then the same
 * without cameras. What it costs, whether memory stays flat, whether the polling suffers, and false alarms.
 */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sleep, startHelper } from "../bench/measure/child.ts";
import { usageOf } from "../bench/measure/cpu.ts";
import { originOf, shapeOf } from "../bench/poll/fieldShape.ts";
import { startLoadPlantProcess } from "../bench/poll/loadPlantProcess.ts";
import { polledSiteText } from "../bench/poll/polledSite.ts";
import { startRtspServer } from "../cameras/gst/rtspServer.ts";
import type { CamerasFigures } from "./camerasChild.ts";

const cameraCount = 16;
/** Rings are full after a minute; until then memory rises as it must. */
const warmUpMs = 75_000;
const samples = 10;

/** @returns whether every camera was well and none was told to be at fault. */
export async function soakCameras(minutes: number): Promise<boolean> {
  const names = Array.from({ length: cameraCount }, (_, i) => `c${i}`);
  await using server = await startRtspServer({
    cameras: names.map((name) => ({ name, size: "1080p" })),
  });
  const cameras = names.map((name) => `  ${name}: { tanks: [T-1], rtsp: "${server.url(name)}" }`);
  const lines = ["tanks: { T-1: { name: T-1 } }", "cameras:", ...cameras];
  const watched = await measure(lines.join("\n"), minutes * 60_000, warmUpMs);
  const bare = await measure("", Math.min(minutes * 60_000, 300_000) / 3, 10_000);
  const isWell = watched.alarms.length === 0 && watched.on === cameraCount;
  process.stdout.write(`${JSON.stringify([watched, bare], null, 2)}\n`);
  process.stdout.write(`${isWell ? "every camera well, no false alarm" : "CAMERAS AT FAULT"}\n`);
  return isWell;
}

async function measure(more: string, forMs: number, beforeMs: number) {
  const dataDir = mkdtempSync(join(tmpdir(), "hazgate-cameras-"));
  await using plant = await startLoadPlantProcess(shapeOf(1_000));
  const originMs = await originOf(plant);
  const { size: shape, ports } = plant;
  const text = `${polledSiteText({ shape, ports, originMs, brokerUrl: null })}\n${more}\n`;
  const siteFile = join(dataDir, "site.yaml");
  writeFileSync(siteFile, text);
  const agent = startHelper("../soak/camerasChild.ts", { siteFile, dataDir });
  try {
    await sleep(beforeMs);
    const pids = [agent.pid, ...childrenOf(agent.pid)];
    const cpu = (): number => pids.reduce((sum, pid) => sum + usageOf(pid).cpuS, 0);
    const [cpuS, startedMs] = [cpu(), performance.now()];
    await plant.reset();
    const rssMb: number[] = [];
    const rssDecoderMb: number[] = [];
    for (let sample = 0; sample <= samples; sample += 1) {
      if (sample > 0) await sleep(forMs / samples);
      rssMb.push(Math.round(usageOf(agent.pid).rssMb));
      rssDecoderMb.push(
        Math.round(pids.slice(1).reduce((sum, pid) => sum + usageOf(pid).rssMb, 0)),
      );
    }
    const passedS = (performance.now() - startedMs) / 1_000;
    const { requests, worstGapMs } = await plant.status();
    return {
      cameras: more === "" ? 0 : cameraCount,
      seconds: Math.round(passedS),
      corePercent: Math.round(((cpu() - cpuS) / passedS) * 1_000) / 10,
      rssMb,
      rssDecoderMb,
      requestsPerS: Math.round((requests / passedS) * 10) / 10,
      worstGapMs: Math.round(Math.max(...worstGapMs)),
      ...(await agent.ask<CamerasFigures>("figures")),
    };
  } finally {
    await agent[Symbol.asyncDispose]();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
  return text === "" ? [] : text.split(" ").map(Number);
}
