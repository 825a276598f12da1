/** The whole box over the simulated plant, with its page: as `hazgate demo` starts it, in this process. */

import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Agent } from "../../agent/agent.ts";
import type { AlarmEvent } from "../../agent/alarmRecords.ts";
import { checkIoFor } from "../../agent/checkIo.ts";
import { startAgent } from "../../agent/compose.ts";
import { type OpenedPage, openPage } from "../../agent/page/openPage.ts";
import { createPasswords } from "../../agent/page/server/passwords.ts";
import { openUsers } from "../../agent/page/server/users.ts";
import { createRealClock } from "../../agent/realClock.ts";
import { type Plant, startPlant } from "../../agent/sim/plant/plant.ts";
import { siteFile } from "../../agent/sim/plant/siteFile.ts";
import { openHistory } from "../../agent/store/historyReader.ts";
import { createLog } from "../../agent/watch/log.ts";
import { readSite } from "../../config/load.ts";
import { password } from "../pageServer/harness.ts";

export interface RealPlant extends AsyncDisposable {
  readonly plant: Plant;
  readonly dataDir: string;
  readonly address: string;
  readonly agent: Agent;
  /** Every alarm record that the journal holds, with its number, as a second process reads it. */
  journalAlarms(): JournalAlarm[];
  /** Ends the agent and its page, and starts both again over the same folder. */
  restart(): Promise<void>;
}

interface JournalAlarm {
  readonly seq: number;
  readonly event: AlarmEvent;
}

export async function realPlant(): Promise<RealPlant> {
  const clock = createRealClock();
  const dir = await mkdtemp(join(tmpdir(), "hazgate-real-"));
  const dataDir = join(dir, "agent");
  await mkdir(dataDir);
  const users = await openUsers(dataDir);
  if (!users.ok) throw new Error(users.error);
  const hashed = (await createPasswords().hash(password)) ?? "";
  for (const role of ["viewer", "officer", "admin"] as const) {
    await users.value.add({ name: role, role, password: hashed, nowMs: clock.now().wallMs });
  }
  const plant = await startPlant({ seed: 7, speed: 5, clock, dataDir: dir, tcpPort: 0 });
  const text = siteFile(plant, {
    ...{ uplinkUrl: "mqtt://127.0.0.1:1", protocol: 4, ack: "broker", lang: "zh" },
    page: "127.0.0.1:0",
  });
  const log = createLog(
    () => {},
    () => clock.monotonicMs(),
  );
  let running = await start();
  return {
    plant,
    dataDir,
    get address() {
      return running.page.server.address;
    },
    get agent() {
      return running.agent;
    },
    journalAlarms: () => alarmsIn(join(dataDir, "journal.db")),
    async restart() {
      await end();
      running = await start();
    },
    async [Symbol.asyncDispose]() {
      await end();
      await plant[Symbol.asyncDispose]();
      await rm(dir, { recursive: true, force: true });
    },
  };

  async function start(): Promise<{ readonly agent: Agent; readonly page: OpenedPage }> {
    const file = join(dir, "site.yaml");
    const read = readSite({ file, text, io: checkIoFor(file) });
    if (!read.ok) throw new Error(JSON.stringify(read.error));
    const { site } = read.value;
    const started = await startAgent({
      ...{ site, dataDir, secrets: {}, clock, random: Math.random, log },
    });
    if (!started.ok) throw new Error(started.error);
    const agent = started.value;
    const opened = await openPage({
      ...{ site, agent, dataDir, clock, log, file, scenarios: null },
      pathOf: (name) => join(dir, name),
    });
    if (!opened.ok) throw new Error(opened.error);
    return { agent, page: opened.value };
  }

  async function end(): Promise<void> {
    await running.page[Symbol.asyncDispose]();
    await running.agent.stop("test");
  }
}

function alarmsIn(file: string): JournalAlarm[] {
  const opened = openHistory(file);
  if (!opened.ok) throw new Error(opened.error.message);
  using history = opened.value;
  const selected = history.select({
    ...{ kind: "alarm", fromWallMs: Number.NEGATIVE_INFINITY, toWallMs: Number.POSITIVE_INFINITY },
  });
  if (!selected.ok) throw new Error(selected.error);
  return [...selected.value.pieces()].map((piece) => {
    if (piece.kind !== "record") throw new Error(`the journal holds a piece "${piece.kind}"`);
    return { seq: piece.envelope.seq, event: piece.envelope.body as unknown as AlarmEvent };
  });
}
