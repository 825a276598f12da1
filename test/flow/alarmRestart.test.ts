import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Agent } from "../../agent/agent.ts";
import { checkIoFor } from "../../agent/checkIo.ts";
import { startAgent } from "../../agent/compose.ts";
import { openTransfers } from "../../agent/keptTransfers.ts";
import { alarmView } from "../../agent/page/view/alarmView.ts";
import { plantNames } from "../../agent/plantNames.ts";
import { createRealClock } from "../../agent/realClock.ts";
import { type Plant, startPlant } from "../../agent/sim/plant/plant.ts";
import { siteFile } from "../../agent/sim/plant/siteFile.ts";
import { statusBody } from "../../agent/status.ts";
import { createLog } from "../../agent/watch/log.ts";
import { readSite } from "../../config/load.ts";
import type { Site } from "../../config/site.ts";
import { postTarget, receiver } from "../announce/parts.ts";
import { FakeClock } from "../fakes/fakeClock.ts";
import { until } from "../soak/processes.ts";

const dir = mkdtempSync(join(tmpdir(), "hazgate-alarm-restart-"));
const clock = createRealClock();
const log = createLog(
  () => {},
  () => clock.monotonicMs(),
);
const said: string[] = [];
let plant: Plant;
let site: Site;
let robot: Awaited<ReturnType<typeof receiver>>;
let agent: Agent;

const still = `  rules:
    loading: { type: suppress, name: 装车时, when: [{ point: P-201, is: 1 }], alarms: ["H LSH-104"] }
`;

beforeAll(async () => {
  plant = await startPlant({ seed: 1, speed: 5, clock, dataDir: dir });
  const text = siteFile(plant, {
    ...{ uplinkUrl: "mqtt://127.0.0.1:9", protocol: 4, ack: "broker", lang: "zh", speed: 5 },
  }).replace("  rules:\n", still);
  const read = readSite({ file: "site.yaml", text, io: checkIoFor("site.yaml") });
  if (!read.ok) throw new Error(JSON.stringify(read.error));
  ({ site } = read.value);
  robot = await receiver((request, response) => {
    let body = "";
    request.on("data", (piece) => {
      body += piece;
    });
    request.on("end", () => {
      said.push(body);
      response.end("{}");
    });
  });
  agent = await started();
});

afterAll(async () => {
  await agent?.stop();
  await robot?.[Symbol.asyncDispose]();
  await plant?.[Symbol.asyncDispose]();
  rmSync(dir, { recursive: true });
});

async function started(): Promise<Agent> {
  const dataDir = join(dir, "agent");
  mkdirSync(dataDir, { recursive: true });
  const targets = [postTarget({ url: robot.url, events: ["raise", "escalate"] })];
  const begun = await startAgent({
    ...{ site, dataDir, clock, log, targets, secrets: {}, random: Math.random },
  });
  if (!begun.ok) throw new Error(begun.error);
  return begun.value;
}

const heldAlarm = () => agent.live.standing.find(({ source }) => source === "LSH-104");

test("what a rule holds back, and why, is the same after a restart; so is a declared transfer", async () => {
  await until("the loading pump runs and holds the alarm back", () => heldAlarm() !== undefined);
  const held = heldAlarm()?.detail;
  expect(held).toMatchObject({
    suppressedBy: "loading",
    suppressedWhy: { reason: "P-201 1 (= 1)", reasonZh: "P-201 1 (= 1)" },
  });
  const wallMs = clock.now().wallMs;
  const declared = { tank: "T-103", by: "王工", note: "倒罐", fromMs: wallMs };
  agent.transfers.declare({ ...declared, untilMs: wallMs + 3_600_000 });
  await agent.stop();
  agent = await started();
  // Before anything was read: what the journal and the data folder kept.
  expect(heldAlarm()?.detail).toMatchObject({
    suppressedBy: "loading",
    suppressedWhy: { reason: "P-201 1 (= 1)", at: { wallMs: held?.suppressedWhy?.at.wallMs } },
  });
  expect(agent.transfers.now()).toEqual([{ ...declared, untilMs: wallMs + 3_600_000 }]);
  expect(agent.transfers.isDeclared("T-103")).toBe(true);

  plant.start("overfill", { target: "T-104", amount: 100 });
  await until(
    "the switch trips while it is held back",
    () => heldAlarm()?.detail?.isActive === true,
  );
  const alarm = heldAlarm();
  if (alarm === undefined) throw new Error("it is gone");
  const view = alarmView(alarm, { site, names: plantNames(site) });
  expect(view).toMatchObject({
    ...{ state: "suppressed", suppressedBy: "loading" },
    suppressedWhy: { rules: ["装车时"], reason: "P-201 1 (= 1)" },
  });
});

test("the robot is told of a forecast in the reader's language, and not of what is held back", async () => {
  await until("the robot hears of the overfill", () => said.some((one) => one.includes("LT-104")));
  const told = said.find((one) => one.includes("LT-104") && one.includes("FORECAST"));
  expect(told).toMatch(/按 .*mm\/min 的速度, \d+ (秒|分钟)后到/u);
  expect(said.filter((one) => one.includes("LSH-104"))).toEqual([]);
});

test("what cannot be judged is in the status, by rule and by point", async () => {
  plant.start("dead-slave", { target: "plc-1" });
  await until("the sphere's rules are blind", () =>
    agent.unjudged().some(({ source }) => source === "rule/vote-T-105"),
  );
  const { unjudged } = statusBody(agent) as { unjudged: { total: number; first: unknown[] } };
  expect(unjudged.first).toContainEqual({
    source: "rule/vote-T-105",
    inputs: ["LT-105", "LT-105B", "LT-105C"],
  });
  expect(unjudged.first).toContainEqual({ source: "PT-105", inputs: ["PT-105"] });
  const names = agent.unjudged().map(({ source }) => source);
  expect(names).not.toContain("LT-105B");
  expect(unjudged.total).toBe(names.length);
});

test("a transfer ends by itself after a restart too, never later than declared, and a torn file is none", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "hazgate-transfers-"));
  const time = new FakeClock();
  const open = async (at: FakeClock) => await openTransfers({ dataDir, clock: at, log });
  const first = await open(time);
  const fromMs = time.now().wallMs;
  const one = { tank: "T-1", by: "王工", note: "", fromMs, untilMs: fromMs + 60_000 };
  first.declare(one);
  first.declare({ ...one, tank: "T-2", untilMs: fromMs + 400 * 86_400_000 });
  await first.settled();
  await time.advance(50_000);
  const second = await open(time);
  expect(second.now().map(({ tank }) => tank)).toEqual(["T-1", "T-2"]);
  await time.advance(11_000);
  expect(second.isDeclared("T-1")).toBe(false);
  // Another boot, and the wall clock was set back: the run of the box since then counts.
  const booted = new FakeClock();
  booted.stepWall(-86_400_000);
  await booted.advance(5_000);
  expect((await open(booted)).isDeclared("T-2")).toBe(true);
  await time.advance(86_400_000);
  expect((await open(time)).now()).toEqual([]);
  expect(second.end("T-2")).toBe(false);
  writeFileSync(join(dataDir, "transfers.json"), '{"v":1,"transfers":[{"ta');
  expect((await open(time)).now()).toEqual([]);
  rmSync(dataDir, { recursive: true });
});
