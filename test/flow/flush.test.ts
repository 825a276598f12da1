import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkIoFor } from "../../agent/checkIo.ts";
import { audit as auditJournal } from "../../agent/commands/audit.ts";
import { startAgent } from "../../agent/compose.ts";
import { createRealClock } from "../../agent/realClock.ts";
import { startLoadPlant } from "../../agent/sim/plant/loadPlant.ts";
import { loadSiteFile } from "../../agent/sim/plant/loadSite.ts";
import { startPlatform } from "../../agent/sim/platform/platform.ts";
import { createLog } from "../../agent/watch/log.ts";
import { readSite } from "../../config/load.ts";
import { until } from "../soak/processes.ts";

test("a clean stop leaves nothing behind when the platform can be reached: made = held, to the reading", async () => {
  const dir = mkdtempSync(join(tmpdir(), "hazgate-flush-"));
  const clock = createRealClock();
  await using plant = await startLoadPlant({ ports: 2, unitsPerPort: 2, floatsPerUnit: 50, clock });
  await using platform = await startPlatform({ dataDir: join(dir, "platform"), clock });
  const text = loadSiteFile(plant, { uplinkUrl: platform.url, protocol: 4 });
  const read = readSite({ file: "load.yaml", text, io: checkIoFor("load.yaml") });
  if (!read.ok) return expect.fail(JSON.stringify(read.error));
  const log = createLog(
    () => {},
    () => clock.monotonicMs(),
  );
  const started = await startAgent({
    ...{ site: read.value.site, dataDir: dir, secrets: {}, clock, random: Math.random, log },
  });
  if (!started.ok) return expect.fail(started.error);
  const agent = started.value;
  await until("the uplink", () => agent.forwarder?.stats().uplink.isConnected === true);
  const accounted = (): number => agent.journal.account.made;
  await until("600 readings", () => accounted() >= 600);
  const fromMs = performance.now();
  await agent.stop();
  expect(performance.now() - fromMs).toBeLessThan(30_000);
  const audit = JSON.parse(
    auditJournal({ dataDir: dir, json: true, deep: true, lang: "en" }).stdout,
  );
  expect(audit).toMatchObject({ balance: 0, stored: 0, declaredLost: 0 });
  expect(audit.made).toBeGreaterThanOrEqual(600);
  expect(platform.counts().readings).toBe(audit.made);
  rmSync(dir, { recursive: true });
});
