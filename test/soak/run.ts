/** `npm run soak`: ten minutes of faults, then the books. `npm run soak -- --seconds 60 --seed 7 --keep`; `-- cameras`. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { soakCameras } from "./cameras.ts";
import { soak } from "./soak.ts";

const { values: given, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: "string", default: "600" },
    minutes: { type: "string", default: "30" },
    cameras: { type: "string", default: "16" },
    tags: { type: "string", default: "1000" },
    seed: { type: "string", default: "1" },
    keep: { type: "boolean", default: false },
  },
});
if (positionals[0] === "cameras") {
  const { minutes, cameras, tags } = given;
  const isWell = await soakCameras({
    ...{ minutes: Number(minutes), cameras: Number(cameras), tags: Number(tags) },
  });
  process.exit(isWell ? 0 : 1);
}
const startedMs = Date.now();
const say = (text: string): void => {
  const at = ((Date.now() - startedMs) / 1000).toFixed(1).padStart(6);
  process.stdout.write(`${at} s  ${text}\n`);
};

const dir = mkdtempSync(join(tmpdir(), "hazgate-soak-"));
const end = await soak({ dir, seconds: Number(given.seconds), seed: Number(given.seed), say });
say(`agent stopped with ${end.agentEnd} in ${end.stoppedInMs} ms; plant: ${end.plantEnd}`);
say(`audit exit ${end.auditCode}: ${end.audit}`);
process.stdout.write(`${JSON.stringify(end.figures, null, 2)}\n`);
for (const fault of end.faults) process.stdout.write(`FAULT ${fault}\n`);
const isWell = end.auditCode === "0" && end.agentEnd === "0" && end.faults.length === 0;
say(isWell ? "the books balance" : "THE BOOKS DO NOT BALANCE");
if (isWell && !given.keep) rmSync(dir, { recursive: true });
process.exitCode = isWell ? 0 : 1;
