/**
 * `npm run soak`: the simulated plant with a dead slave, a broker killed and restarted three times, the agent killed
 * with SIGKILL three times; then the books. Ten minutes by default: `npm run soak -- --seconds 60 --seed 7`.
 */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { loadSite } from "../../config/load.ts";
import type { Site } from "../../config/site.ts";
import { type Books, compareBooks } from "./books.ts";
import { freePort, hazgate, type Running, sleep, start, stop, until } from "./processes.ts";

const { values: given } = parseArgs({
  options: {
    seconds: { type: "string", default: "600" },
    seed: { type: "string", default: "1" },
    keep: { type: "boolean", default: false },
  },
});
const seconds = Number(given.seconds);
const dir = mkdtempSync(join(tmpdir(), "hazgate-soak-"));
const logs = join(dir, "logs");
const startedMs = Date.now();
const say = (text: string): void => {
  const at = ((Date.now() - startedMs) / 1000).toFixed(1).padStart(6);
  process.stdout.write(`${at} s  ${text}\n`);
};

const mqttPort = await freePort();
const brokerConfig = join(dir, "mosquitto.conf");
writeFileSync(
  brokerConfig,
  `listener ${mqttPort} 127.0.0.1\nallow_anonymous true\nset_tcp_nodelay true\nmax_inflight_messages 1000\n`,
);
const url = `mqtt://127.0.0.1:${mqttPort}`;
const site = join(dir, "site.yaml");
const agentData = join(dir, "agent");
const platformData = join(dir, "platform");

const startBroker = (): Running => start("broker", logs, ["mosquitto", "-c", brokerConfig]);
const startAgent = (): Running =>
  hazgate("agent", logs, "run", "--plain", "--config", site, "--data", agentData);

const plant = hazgate(
  "plant",
  logs,
  "sim",
  "plant",
  "--data",
  dir,
  "--seed",
  given.seed,
  "--speed",
  "10",
  "--uplink",
  url,
);
await until("the plant's site file", () => plant.output().includes("site.yaml"));
let broker = startBroker();
await sleep(500);
const platform = hazgate(
  "platform",
  logs,
  "sim",
  "platform",
  "--url",
  url,
  "--data",
  platformData,
  "--json",
);
await until("the platform", () => platform.output().includes("records"));
let agent = startAgent();
say(`running for ${seconds} s, everything in ${dir}`);

type Step = readonly [share: number, what: string, act: () => Promise<void> | void];
const restartBroker = async (downS: number): Promise<void> => {
  await stop(broker, "SIGKILL");
  await sleep(downS * 1000);
  broker = startBroker();
};
const killAgent = async (downS: number): Promise<void> => {
  const how = await stop(agent, "SIGKILL");
  if (how !== "SIGKILL") throw new Error(`the agent had ended by itself: ${how}`);
  await sleep(downS * 1000);
  agent = startAgent();
};
const longest = Math.min(45, seconds / 15);
const steps: readonly Step[] = [
  [0.05, "a slave dies for good", () => void plant.child.stdin?.write("start dead-slave\n")],
  [0.15, "broker killed", () => restartBroker(longest / 3)],
  [0.27, "agent killed (SIGKILL)", () => killAgent(2)],
  [0.4, "broker killed", () => restartBroker(longest)],
  [0.5, "agent killed (SIGKILL) while the backlog drains", () => killAgent(longest / 5)],
  [0.62, "broker killed", () => restartBroker(longest / 2)],
  [0.68, "agent killed (SIGKILL)", () => killAgent(1)],
];
for (const [share, what, act] of steps) {
  await sleep(Math.max(0, startedMs + share * seconds * 1000 - Date.now()));
  say(what);
  await act();
}
await sleep(Math.max(0, startedMs + seconds * 1000 - Date.now()));

const stopMs = Date.now();
const agentEnd = await stop(agent);
say(`agent stopped with ${agentEnd} in ${Date.now() - stopMs} ms`);
await sleep(1_500);
await stop(platform);
await stop(plant);
await stop(broker);

const audit = hazgate("audit", logs, "audit", "--data", agentData, "--deep", "--json");
const auditCode = await audit.ended;
say(`audit exit ${auditCode}: ${audit.output().trim()}`);
const books: Books = compareBooks({
  site: siteOf(site),
  journalDir: agentData,
  platformDir: platformData,
});
process.stdout.write(`${JSON.stringify(books.figures, null, 2)}\n`);
for (const fault of books.faults) process.stdout.write(`FAULT ${fault}\n`);
const isWell = auditCode === "0" && agentEnd === "0" && books.faults.length === 0;
say(isWell ? "the books balance" : "THE BOOKS DO NOT BALANCE");
if (isWell && !given.keep) rmSync(dir, { recursive: true });
process.exitCode = isWell ? 0 : 1;

function siteOf(file: string): Site {
  const read = loadSite({ file, text: readFileSync(file, "utf8") });
  if (!read.ok) throw new Error("the site file of the simulated plant is faulty");
  return read.value.site;
}
