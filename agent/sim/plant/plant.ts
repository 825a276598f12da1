/** The simulated plant: physics behind real Modbus TCP servers, RTU slaves on a pseudo-terminal and behind a gateway. */

import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Result } from "../../../config/words/result.ts";
import type { Clock } from "../../../config/words/time.ts";
import { createDeviceImage } from "./deviceImage.ts";
import { devices, gatewayBaud, type LineId, serialBaud } from "./devices.ts";
import { type GatewaySlaves, startGatewaySlaves } from "./gatewaySlaves.ts";
import {
  type ActiveScenario,
  type Scenario,
  type ScenarioFault,
  type ScenarioOptions,
  scenarios,
} from "./scenarios.ts";
import { seededRandom } from "./seeded.ts";
import { type SerialSlaves, startSerialSlaves } from "./serialSlaves.ts";
import { startTcpSlaves, type TcpSlaves } from "./tcpSlaves.ts";
import type { Station } from "./wireFaults.ts";
import type { LineStats } from "./wireStats.ts";
import { createWorld, type ScriptLine, type Shown, type World } from "./world.ts";

export interface PlantOptions {
  /** Same seed, script and moments of asking: same values. */
  readonly seed: number;
  /** Seconds of plant time in a second of real time, > 0. */
  readonly speed: number;
  readonly clock: Clock;
  /** Interference on the wire, 0 <= x < 1; default: seeded. */
  readonly random?: () => number;
  /** Gets the symlink to the serial port. Made when missing. */
  readonly dataDir: string;
  /** First TCP port, the other lines take the next ones; 0 or none: any free ones. */
  readonly tcpPort?: number;
  /** Scenarios to switch by themselves, in plant time. */
  readonly script?: readonly ScriptLine[];
}

export interface PlantStats {
  readonly requests: number;
  readonly values: number;
  readonly writeAttempts: number;
  readonly lines: Readonly<Record<LineId, LineStats>>;
}

export interface Plant extends AsyncDisposable {
  readonly tcp: readonly { readonly id: LineId; readonly host: string; readonly port: number }[];
  readonly serial: readonly { readonly id: LineId; readonly path: string; readonly baud: number }[];
  /** RTU frames over TCP. */
  readonly gateways: readonly {
    readonly id: LineId;
    readonly host: string;
    readonly port: number;
    readonly baud: number;
  }[];
  readonly scenarios: readonly Scenario[];
  /** Takes effect on the wire at once. Starting again at the same target changes the amount. */
  start(name: string, options?: ScenarioOptions): Result<ActiveScenario, ScenarioFault>;
  /** At all its targets, or at one. @returns how many ended. */
  stop(name: string, target?: string): number;
  active(): readonly ActiveScenario[];
  /** What an instrument shows now, e.g. `shown("LT-101")`. */
  shown(tag: string): Shown;
  /** Seconds of plant time since the start. */
  timeS(): number;
  /** Requests that would have changed a device. All were refused. */
  writeAttempts(): number;
  stats(): PlantStats;
  resetStats(): void;
}

/** How often lines are looked after when nobody asks anything. */
const lookEveryMs = 200;
const strayBytesMax = 3;
const msPerS = 1000;

/** @throws when a port or pseudo-terminal cannot be had. Disposing twice is harmless. */
export async function startPlant(options: PlantOptions): Promise<Plant> {
  const { clock, seed, speed } = options;
  const random = options.random ?? seededRandom(seed);
  const dataDir = resolve(options.dataDir);
  mkdirSync(dataDir, { recursive: true });
  const world = createWorld({ seed, ...(options.script ? { script: options.script } : {}) });
  const startedMs = clock.monotonicMs();
  const timeS = (): number => ((clock.monotonicMs() - startedMs) * speed) / msPerS;
  const now = (): World => {
    world.advanceTo(timeS());
    return world;
  };
  const shown = (tag: string): Shown => now().shown(tag);

  await using cleanup = new AsyncDisposableStack();
  const port = options.tcpPort ?? 0;
  const stationsOf = (line: LineId): readonly Station[] => stations(line, shown, now);
  const portAfter = (offset: number): number => (port === 0 ? 0 : port + offset);
  const farm = cleanup.use(await startTcpSlaves({ stations: stationsOf("farm-tcp"), clock, port }));
  const sphere = cleanup.use(
    await startTcpSlaves({ stations: stationsOf("sphere-tcp"), clock, port: portAfter(1) }),
  );
  const yard = cleanup.use(
    await startGatewaySlaves({
      ...{ stations: stationsOf("yard-gw"), clock, port: portAfter(2), baud: gatewayBaud },
    }),
  );
  const noise = (): number => now().find("noisy-line", "field-485")?.amount ?? 0;
  const field = cleanup.use(
    startSerialSlaves({
      stations: stationsOf("field-485"),
      clock,
      baud: serialBaud,
      link: join(dataDir, "field-485"),
      errorRate: noise,
      random,
    }),
  );
  const stop = new AbortController();
  const links = createLinks({ farm, sphere, field, yard, world });
  const looking = lookAfter();
  cleanup.defer(async () => {
    stop.abort();
    await looking;
  });
  const owned = cleanup.move();

  const stats = (): PlantStats =>
    statsOf({
      "farm-tcp": farm.stats(),
      "sphere-tcp": sphere.stats(),
      "field-485": field.stats(),
      "yard-gw": yard.stats(),
    });

  return {
    tcp: [
      { id: "farm-tcp", host: farm.host, port: farm.port },
      { id: "sphere-tcp", host: sphere.host, port: sphere.port },
    ],
    serial: [{ id: "field-485", path: field.path, baud: field.baud }],
    gateways: [{ id: "yard-gw", host: yard.host, port: yard.port, baud: yard.baud }],
    scenarios,
    start(name, given) {
      const started = now().start(name, given);
      links.update();
      return started;
    },
    stop(name, target) {
      const ended = now().stop(name, target);
      links.update();
      return ended;
    },
    active: () => now().active(),
    shown,
    timeS,
    writeAttempts: () => stats().writeAttempts,
    stats,
    resetStats() {
      for (const line of [farm, sphere, field, yard]) line.resetStats();
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };

  async function lookAfter(): Promise<void> {
    while (!stop.signal.aborted) {
      now();
      links.update();
      const strays = random() < noise() * 10 ? 1 + Math.floor(random() * strayBytesMax) : 0;
      if (strays > 0) field.disturb(Uint8Array.from({ length: strays }, () => random() * 256));
      await clock.sleep(lookEveryMs, stop.signal);
    }
    await links.settled();
  }
}

function statsOf(lines: PlantStats["lines"]): PlantStats {
  const sum = (pick: (line: LineStats) => number): number =>
    Object.values(lines).reduce((total, line) => total + pick(line), 0);
  return {
    requests: sum((line) => line.requests),
    values: sum((line) => line.values),
    writeAttempts: sum((line) => line.writeAttempts),
    lines,
  };
}

/** The stations of a line: each device's registers, in the mood that the scenarios give it. */
function stations(line: LineId, shown: (tag: string) => Shown, now: () => World): Station[] {
  return devices
    .filter((device) => device.line === line)
    .map((device) => ({
      unit: device.unit,
      turnaroundMs: device.turnaroundMs,
      slave: createDeviceImage(device, shown),
      mood() {
        const world = now();
        const slow = world.find("slow-slave", device.id)?.amount ?? 0;
        const late = world.find("late-replies", device.id)?.amount ?? 0;
        return {
          isDead: world.find("dead-slave", device.id) !== undefined,
          isBusy: world.find("busy-slave", device.id) !== undefined,
          delayMs: Math.max(slow, late),
        };
      },
    }));
}

/** Takes lines down and brings them back as the scenario `line-down` says; one change at a time. */
function createLinks(plant: {
  readonly farm: TcpSlaves;
  readonly sphere: TcpSlaves;
  readonly field: SerialSlaves;
  readonly yard: GatewaySlaves;
  readonly world: World;
}): { update(): void; settled(): Promise<void> } {
  let last: Promise<void> = Promise.resolve();
  let isUpdating = false;
  const follow = async (): Promise<void> => {
    const isDown = (line: LineId): boolean => plant.world.find("line-down", line) !== undefined;
    for (const [id, line] of [
      ["farm-tcp", plant.farm],
      ["sphere-tcp", plant.sphere],
      ["field-485", plant.field],
      ["yard-gw", plant.yard],
    ] as const) {
      await (isDown(id) ? line.goDown() : line.comeUp());
    }
    isUpdating = false;
  };
  return {
    update() {
      if (isUpdating) return;
      isUpdating = true;
      last = follow();
    },
    settled: () => last,
  };
}
