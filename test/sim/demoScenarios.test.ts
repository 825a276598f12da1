import { join } from "node:path";
import mqtt from "mqtt";
import { expect, test } from "vitest";
import { demoScenarios } from "../../agent/commands/demoScenarios.ts";
import { createRealClock } from "../../agent/realClock.ts";
import type { CameraFault } from "../../agent/sim/cameras/simCamera.ts";
import { startPlant } from "../../agent/sim/plant/plant.ts";
import { startPlatform } from "../../agent/sim/platform/platform.ts";
import { scratchFolder } from "../store/scratchJournal.ts";
import { until } from "./runningPlant.ts";

test("what the page's bar offers can be started and stopped, a failed broker too", async () => {
  const dataDir = scratchFolder();
  const clock = createRealClock();
  await using plant = await startPlant({ seed: 1, speed: 1, clock, dataDir });
  await using platform = await startPlatform({ dataDir: join(dataDir, "platform"), clock });
  const faults: (CameraFault | null)[] = [];
  const cameras = { set: (_: string, fault: CameraFault | null) => faults.push(fault) > 0 };
  const scenarios = demoScenarios(plant, platform, cameras);
  const isRunning = (name: string) => scenarios.list().find((one) => one.name === name)?.isRunning;

  expect(await scenarios.start("gas-leak")).toBe(true);
  expect(isRunning("gas-leak")).toBe(true);
  expect(await scenarios.stop("gas-leak")).toBe(true);
  expect(isRunning("gas-leak")).toBe(false);
  expect(await scenarios.start("no-such-trouble")).toBe(false);

  expect(await scenarios.start("camera-frozen")).toBe(true);
  expect(await scenarios.start("camera-dead")).toBe(true);
  expect([isRunning("camera-frozen"), isRunning("camera-dead")]).toEqual([false, true]);
  // Its picture is no matter of the other trouble's end.
  await scenarios.stop("camera-frozen");
  await scenarios.stop("camera-dead");
  expect(faults).toEqual(["frozen", "dead", null]);

  const client = mqtt.connect(platform.url, { protocolVersion: 4, reconnectPeriod: 50 });
  await until(() => client.connected);
  expect(await scenarios.start("broker-down")).toBe(true);
  expect(isRunning("broker-down")).toBe(true);
  await until(() => !client.connected);
  expect(await scenarios.stop("broker-down")).toBe(true);
  await until(() => client.connected);
  expect(isRunning("broker-down")).toBe(false);
  await client.endAsync(true);
});
