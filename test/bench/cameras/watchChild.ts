/** One process that watches all cameras as the agent does: streams, rings, key pictures, judgement. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openCameras } from "../../../agent/cameraField.ts";
import { VideoRing } from "../../../agent/cameras/ring.ts";
import { createRealClock } from "../../../agent/realClock.ts";
import { createLog } from "../../../agent/watch/log.ts";
import { readSite } from "../../../config/load.ts";
import { settingsOf } from "../measure/child.ts";

export interface WatchRun {
  readonly urls: readonly string[];
  readonly ringBytes: number;
  readonly ringMs: number;
}

export interface WatchFigures {
  readonly cameras: readonly {
    readonly status: string;
    readonly faults: readonly string[];
    readonly hasPicture: boolean;
  }[];
}

const run = settingsOf<WatchRun>();
const clock = createRealClock();
const stop = new AbortController();
const dataDir = mkdtempSync(join(tmpdir(), "hazgate-watch-"));
const cameras = run.urls.map((url, i) => `  c${i}: { rtsp: "${url}", pictureEvery: 10s }`);
const text = `site: { id: s, name: s }\nbuses: {}\ndevices: {}\npoints: {}\ncameras:\n${cameras.join("\n")}\n`;
const read = readSite({ file: "site.yaml", text, io: { fileMode: () => null } });
if (!read.ok) throw new Error(JSON.stringify(read.error));
const field = await openCameras({
  options: {
    ...{ site: read.value.site, dataDir, clock, random: Math.random },
    log: createLog(
      () => {},
      () => clock.monotonicMs(),
    ),
  },
  standing: [],
  onCondition: () => {},
  note: () => {},
  earsOf() {
    const ring = new VideoRing({ bytesMax: run.ringBytes, keepMs: run.ringMs });
    return { onFormat: ring.setFormat.bind(ring), onPicture: ring.put.bind(ring) };
  },
});
void field.run(stop.signal);

process.on("SIGTERM", () => {
  const figures: WatchFigures = {
    cameras: field.health().map(({ status, faults, lastPictureAt }) => {
      return { status, faults, hasPicture: lastPictureAt !== null };
    }),
  };
  rmSync(dataDir, { recursive: true });
  process.stdout.write(`${JSON.stringify(figures)}\n`, () => process.exit(0));
});
