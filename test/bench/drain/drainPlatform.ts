/** The platform of the draining section as a process: takes, commits, acknowledges at once; then reads it all. */

import { readFileSync } from "node:fs";
import { createRealClock } from "../../../agent/realClock.ts";
import { startPlatform } from "../../../agent/sim/platform/platform.ts";
import { TankCheck } from "../journal/tankCheck.ts";
import { answer, settingsOf } from "../measure/child.ts";
import { type Backlog, backlogData, backlogStartMs } from "./backlog.ts";

export interface TlsFiles {
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;
}

export interface DrainFindings {
  readonly checked: number;
  readonly wrong: number;
  readonly alarms: number;
  readonly invalid: number;
  readonly duplicates: number;
  readonly holes: number;
}

const { dataDir, url, tls, backlog } = settingsOf<{
  dataDir: string;
  url: string;
  tls: TlsFiles;
  backlog: Backlog;
}>();
const platform = await startPlatform({
  dataDir,
  url,
  protocol: 5,
  groupMs: 0,
  clock: createRealClock(),
  tls: {
    ca: readFileSync(tls.caFile),
    cert: readFileSync(tls.certFile),
    key: readFileSync(tls.keyFile),
  },
});
await platform.ready;

function findings(): DrainFindings {
  const check = new TankCheck(backlogData(backlog), backlogStartMs);
  for (const page of platform.store.pages()) {
    for (const record of page) if (record.kind === "readings") check.take(record.bytes);
  }
  const { alarms, invalid, duplicates, holes } = platform.counts();
  return { checked: check.checked, wrong: check.wrong, alarms, invalid, duplicates, holes };
}

answer({ ready: () => true, findings });
