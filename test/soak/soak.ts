/**
 * The simulated plant with a dead slave, a broker killed and restarted three times, the agent killed with SIGKILL
 * three times, each a process of its own; then the books of both sides.
 */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadSite } from "../../config/load.ts";
import type { Site } from "../../config/site.ts";
import { type Books, compareBooks } from "./books.ts";
import { freePort, hazgate, type Running, sleep, start, stop, until } from "./processes.ts";

export interface SoakResult extends Books {
  /** What `hazgate audit --deep --json` printed, and its exit code. */
  readonly audit: string;
  readonly auditCode: string;
  readonly agentEnd: string;
  readonly stoppedInMs: number;
  /** What the plant said at its end: how many write requests it saw. */
  readonly plantEnd: string;
}

type Step = readonly [share: number, what: string, act: () => Promise<void> | void];

/** @param options.dir an empty folder for everything, logs included. */
export async function soak(options: {
  readonly dir: string;
  readonly seconds: number;
  readonly seed: number;
  readonly say: (text: string) => void;
}): Promise<SoakResult> {
  const { dir, seconds, say } = options;
  const logs = join(dir, "logs");
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

  const plantWords = ["--data", dir, "--seed", String(options.seed), "--speed", "10"];
  const plant = hazgate("plant", logs, "sim", "plant", ...plantWords, "--uplink", url);
  await until("the plant's site file", () => plant.output().includes("site.yaml"));
  let broker = startBroker();
  await sleep(500);
  const platformWords = ["--url", url, "--data", platformData, "--json"];
  const platform = hazgate("platform", logs, "sim", "platform", ...platformWords);
  await until("the platform", () => platform.output().includes("records"));
  let agent = startAgent();
  const startedMs = Date.now();
  say(`running for ${seconds} s, everything in ${dir}`);

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
    [0.1, "gas leaks", () => void plant.child.stdin?.write("start gas-leak\n")],
    [0.15, "broker killed", () => restartBroker(longest / 3)],
    [0.27, "agent killed (SIGKILL)", () => killAgent(2)],
    [0.4, "broker killed", () => restartBroker(longest)],
    [0.5, "agent killed (SIGKILL)", () => killAgent(longest / 5)],
    [0.62, "broker killed", () => restartBroker(longest / 2)],
    [0.64, "agent killed (SIGKILL) while the broker is down or just back", () => killAgent(1)],
  ];
  for (const [share, what, act] of steps) {
    await sleep(Math.max(0, startedMs + share * seconds * 1000 - Date.now()));
    say(what);
    await act();
  }
  await sleep(Math.max(0, startedMs + seconds * 1000 - Date.now()));

  const stopMs = Date.now();
  const agentEnd = await stop(agent);
  const stoppedInMs = Date.now() - stopMs;
  await sleep(1_500);
  await stop(platform);
  await stop(plant);
  await stop(broker);
  const audit = hazgate("audit", logs, "audit", "--data", agentData, "--deep", "--json");
  const auditCode = await audit.ended;
  const books = compareBooks({
    site: siteOf(site),
    journalDir: agentData,
    platformDir: platformData,
  });
  const plantEnd = plant.output().trim().split("\n").at(-1) ?? "";
  return { ...books, audit: audit.output().trim(), auditCode, agentEnd, stoppedInMs, plantEnd };
}

function siteOf(file: string): Site {
  const read = loadSite({ file, text: readFileSync(file, "utf8") });
  if (!read.ok) throw new Error("the site file of the simulated plant is faulty");
  return read.value.site;
}
