/** A whole agent as a process of its own, a field that it polls, and a switch whose alarms are timed from outside. */

import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { createRealClock } from "../../agent/realClock.ts";
import { type LoadPlant, startLoadPlant } from "../../agent/sim/plant/loadPlant.ts";
import { loadSiteFile } from "../../agent/sim/plant/loadSite.ts";
import { tcpFrame } from "../fakes/modbusFrames.ts";
import { ModbusTcpDevice } from "../fakes/modbusTcpDevice.ts";
import { sleep, until } from "../soak/processes.ts";

const door = new URL("../../agent/hazgate.mjs", import.meta.url).pathname;
export const clock = createRealClock();

const size = { ports: 2, unitsPerPort: 10, floatsPerUnit: 100 };
/** The switch is read this often; everything else once a second. */
const switchEveryMs = 100;
/** An alarm that is not told within this is missing. */
const alarmMsMax = 20_000;
const startMsMax = 60_000;
const settleMs = 3_000;
const [open, closed] = [100, 900];

/** How polling and alarms fared for some time. */
export interface Phase {
  readonly seconds: number;
  readonly pollsPerSecond: number;
  /** Longest time between two reads of one unit. */
  readonly worstGapMs: number;
  readonly alarms: number;
  /** Of these, told before the disk had them. */
  readonly unstored: number;
  /** From the change of the register to the line on the agent's stdout. */
  readonly alarmP50Ms: number;
  readonly alarmP95Ms: number;
  readonly alarmMaxMs: number;
  /** Largest seen. */
  readonly rssMiB: number;
}

export interface Rig extends AsyncDisposable {
  readonly dataDir: string;
  readonly site: string;
  /** Alarm transitions of the switch told so far. */
  readonly told: number;
  /** And of the box itself. */
  readonly selfTold: number;
  /** Readings that the field has handed out to the agent. */
  readonly read: () => number;
  /** Most of them that may be on their way when the agent is stopped. */
  readonly round: number;
  /** Lets some time pass, throws the switch meanwhile, and says how it was. */
  phase(seconds: number, random: () => number): Promise<Phase>;
  /** Lets the whole agent stand still. */
  freeze(ms: number): Promise<void>;
  /** Ends the agent by SIGTERM: the exit code. */
  stop(): Promise<number | null>;
}

export async function startRig(options: {
  /** An empty folder, but for what `prepare` puts into `agent` below it. */
  readonly dir: string;
  readonly uplinkUrl?: string;
  readonly environment?: Readonly<Record<string, string>>;
}): Promise<Rig> {
  const { dir, uplinkUrl, environment = {} } = options;
  await using cleanup = new AsyncDisposableStack();
  const plant = cleanup.use(await startLoadPlant({ ...size, clock }));
  const device = cleanup.use(await ModbusTcpDevice.start());
  let value = open;
  device.behave = ({ request, send }) => {
    const word = [value >> 8, value & 0xff];
    send(tcpFrame(request.transactionId, request.unit, request.functionCode, 2, ...word));
  };
  const site = join(dir, "site.yaml");
  writeFileSync(site, siteText(plant, device.port, uplinkUrl));
  const dataDir = join(dir, "agent");
  mkdirSync(dataDir, { recursive: true });
  const agent = spawn(
    process.execPath,
    [door, "run", "--plain", "--config", site, "--data", dataDir],
    { env: { ...process.env, LANG: "C", LC_ALL: "C", ...environment } },
  );
  cleanup.defer(() => void agent.kill("SIGKILL"));
  const heard = listen(agent);
  const wait = async (what: string, isTrue: () => boolean, ms: number): Promise<void> => {
    await until(what, () => isTrue() || agent.exitCode !== null, ms).catch(() => {});
    if (!isTrue()) throw new Error(`no ${what} within ${ms} ms:\n${heard.lastLines()}`);
  };
  await wait("readings", () => plant.status().requests > 40 && heard.isStarted(), startMsMax);
  // The first round comes all at once: no measure for what follows.
  await sleep(settleMs);
  const owned = cleanup.move();
  let before = { floats: 0, told: 0 };

  const phase: Rig["phase"] = async (seconds, random) => {
    before = { floats: before.floats + plant.status().floats, told: heard.told.length };
    plant.reset();
    const fromMs = clock.monotonicMs();
    const latencies: number[] = [];
    let rssMiB = 0;
    while (clock.monotonicMs() - fromMs < seconds * 1_000) {
      await sleep(switchEveryMs + 2 * switchEveryMs * random());
      const tellings = heard.told.length;
      value = value === open ? closed : open;
      const flippedMs = clock.monotonicMs();
      await wait("alarm", () => heard.told.length > tellings, alarmMsMax);
      latencies.push((heard.told.at(-1)?.atMs ?? 0) - flippedMs);
      rssMiB = Math.max(rssMiB, rssOf(agent));
    }
    const { requests, worstGap } = plant.status();
    const took = (clock.monotonicMs() - fromMs) / 1_000;
    const sorted = latencies.toSorted((a, b) => a - b);
    const at = (share: number): number =>
      Math.round(sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN);
    return {
      seconds: Math.round(took),
      pollsPerSecond: Math.round(requests / took),
      worstGapMs: Math.round(worstGap?.ms ?? Number.NaN),
      alarms: latencies.length,
      unstored: heard.told.slice(before.told).filter(({ isStored }) => !isStored).length,
      alarmP50Ms: at(0.5),
      alarmP95Ms: at(0.95),
      alarmMaxMs: at(1),
      rssMiB,
    };
  };

  return {
    dataDir,
    site,
    get selfTold() {
      return heard.selfTold();
    },
    get told() {
      return heard.told.length;
    },
    read: () => before.floats + plant.status().floats + device.requests.length,
    round: size.ports * size.unitsPerPort * size.floatsPerUnit + 1,
    phase,
    async freeze(ms) {
      agent.kill("SIGSTOP");
      await sleep(ms);
      agent.kill("SIGCONT");
    },
    async stop() {
      const ended = new Promise<number | null>((resolve) => agent.once("exit", resolve));
      agent.kill("SIGTERM");
      return await ended;
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** The load plant's points, and the switch, beyond its limit half of the time. */
function siteText(plant: LoadPlant, port: number, uplinkUrl: string | undefined): string {
  const text = loadSiteFile(plant, {
    ...(uplinkUrl === undefined ? {} : { uplinkUrl, protocol: 4, ack: "platform" }),
    every: "1s",
  });
  const bus = `  sw: { type: modbus-tcp, host: 127.0.0.1, port: ${port} }\n`;
  const point =
    `  SW-1: { device: sw1, register: { address: 0 }, kind: level, unit: mm, range: [0, 1000], ` +
    `every: ${switchEveryMs}ms, limits: { hh: 500 } }\n`;
  return text
    .replace("devices:\n", `${bus}devices:\n  sw1: { bus: sw, unit: 1 }\n`)
    .replace("points:\n", `points:\n${point}`);
}

interface Telling {
  readonly atMs: number;
  readonly isStored: boolean;
}

/** Alarm transitions of the switch, as the agent prints them. */
function listen(agent: ChildProcess) {
  const told: Telling[] = [];
  const last: string[] = [];
  let isStarted = false;
  const { stdout, stderr } = agent;
  if (stdout === null || stderr === null) throw new Error("the agent has no output");
  let selfTold = 0;
  createInterface(stdout).on("line", (line) => {
    // The box tells of its own stall as well.
    if (/ box\/\w+ SELF\b/.test(line)) selfTold += 1;
    if (!line.includes("SW-1 HH")) return;
    told.push({ atMs: clock.monotonicMs(), isStored: !line.includes("not yet stored") });
  });
  createInterface(stderr).on("line", (line) => {
    isStarted ||= line.includes('"started"');
    last.push(line);
    if (last.length > 20) last.shift();
  });
  return {
    told,
    selfTold: () => selfTold,
    isStarted: () => isStarted,
    lastLines: () => last.join("\n"),
  };
}

function rssOf({ pid }: ChildProcess): number {
  const [, kib = "0"] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Math.round(Number(kib) / 1_024);
}
