/** The whole agent as a process of its own, which counts what its cameras are said to have. */

import { readFileSync } from "node:fs";
import { startAgent } from "../../agent/compose.ts";
import { createRealClock } from "../../agent/realClock.ts";
import { createLog } from "../../agent/watch/log.ts";
import { readSite } from "../../config/load.ts";
import { answer, settingsOf } from "../bench/measure/child.ts";

export interface CamerasFigures {
  readonly on: number;
  readonly withPicture: number;
  /** Times a camera went from well to a fault. */
  readonly alarms: readonly string[];
  /** Of this process, in MB (10^6 bytes): V8's heap, and what lies outside it, video most of all. */
  readonly heapMb: number;
  readonly buffersMb: number;
}

const given = settingsOf<{ readonly siteFile: string; readonly dataDir: string }>();
const { siteFile, dataDir } = given;
const text = readFileSync(siteFile, "utf8");
const clock = createRealClock();
const read = readSite({ file: siteFile, text, io: { fileMode: () => null } });
if (!read.ok) throw new Error(JSON.stringify(read.error));
const agent = await startAgent({
  ...{ site: read.value.site, dataDir, secrets: {}, clock, random: Math.random },
  log: createLog(
    () => {},
    () => clock.monotonicMs(),
  ),
});
if (!agent.ok) throw new Error(agent.error);
const { cameras } = agent.value;
const alarms: string[] = [];
const before = new Map<string, string>();
setInterval(() => {
  for (const { id, faults, trouble } of cameras.health()) {
    const fault = faults[0] ?? "";
    if (fault !== "" && before.get(id) !== fault) alarms.push(`${id} ${fault}: ${trouble}`);
    before.set(id, fault);
  }
}, 1_000);
answer({
  figures: (): CamerasFigures => {
    const all = cameras.health();
    const { heapTotal, external } = process.memoryUsage();
    return {
      ...{ heapMb: Math.round(heapTotal / 1e6), buffersMb: Math.round(external / 1e6) },
      on: all.filter(({ status }) => status === "ON").length,
      withPicture: all.filter(({ lastPictureAt }) => lastPictureAt !== null).length,
      alarms,
    };
  },
});
process.on("SIGTERM", () => void agent.value.stop().then(() => process.exit(0)));
