/** The whole agent with its page, as a process of its own, so that its CPU is its own. Answers `address`. */

import { mkdirSync, readFileSync } from "node:fs";
import { startAgent } from "../../../agent/compose.ts";
import { openPage } from "../../../agent/page/openPage.ts";
import { createPasswords } from "../../../agent/page/server/passwords.ts";
import { openUsers } from "../../../agent/page/server/users.ts";
import { createRealClock } from "../../../agent/realClock.ts";
import { createLog } from "../../../agent/watch/log.ts";
import { readSite } from "../../../config/load.ts";
import { password } from "../../pageServer/harness.ts";
import { answer, settingsOf } from "../measure/child.ts";

export interface BoxSettings {
  readonly dataDir: string;
  readonly siteFile: string;
}

const { dataDir, siteFile } = settingsOf<BoxSettings>();
const clock = createRealClock();
mkdirSync(dataDir, { recursive: true });
const users = await openUsers(dataDir);
if (!users.ok) throw new Error(users.error);
const hash = (await createPasswords().hash(password)) ?? "";
const nowMs = clock.now().wallMs;
await users.value.add({ name: "admin", role: "admin", password: hash, nowMs });
const read = readSite({
  file: siteFile,
  text: readFileSync(siteFile, "utf8"),
  io: { fileMode: () => 0o600 },
});
if (!read.ok) throw new Error(JSON.stringify(read.error));
const { site } = read.value;
const log = createLog(
  () => {},
  () => clock.monotonicMs(),
);
const started = await startAgent({
  ...{ site, dataDir, secrets: {}, clock, random: Math.random, log },
});
if (!started.ok) throw new Error(started.error);
const agent = started.value;
const opened = await openPage({
  ...{ site, agent, dataDir, clock, log, file: siteFile, scenarios: null },
  pathOf: (name) => name,
});
if (!opened.ok) throw new Error(opened.error);
const page = opened.value;
answer({ address: () => page.server.address });
process.once("SIGTERM", () => void end());

async function end(): Promise<void> {
  await page[Symbol.asyncDispose]();
  await agent.stop("bench");
  process.exit(0);
}
