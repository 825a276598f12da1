/** A plant for one test: real clock, own data folder, standing still unless told otherwise. */

import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { client as clients } from "jsmodbus";
import { createRealClock } from "../../agent/realClock.ts";
import { type Plant, type PlantOptions, startPlant } from "../../agent/sim/plant/plant.ts";

/** So slow that no step of plant time passes during a test: values stand still. */
export const standingStill = 1e-6;

export async function runningPlant(
  options: Partial<PlantOptions> = {},
): Promise<{ plant: Plant; dataDir: string } & AsyncDisposable> {
  const dataDir = mkdtempSync(join(tmpdir(), "hazgate-plant-"));
  const plant = await startPlant({
    seed: 7,
    speed: standingStill,
    clock: createRealClock(),
    dataDir,
    ...options,
  });
  return {
    plant,
    dataDir,
    async [Symbol.asyncDispose]() {
      await plant[Symbol.asyncDispose]();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** A connection of the independent client jsmodbus. */
export async function tcpClient(
  { host, port }: { host: string; port: number },
  { unit, timeoutMs = 5_000 }: { unit: number; timeoutMs?: number },
): Promise<{ client: InstanceType<typeof clients.TCP>; isClosed: () => boolean } & Disposable> {
  const socket = connect(port, host);
  let isClosed = false;
  socket.on("error", () => {});
  socket.on("close", () => {
    isClosed = true;
  });
  const client = new clients.TCP(socket, unit, timeoutMs);
  await new Promise<void>((resolve, reject) => {
    socket.once("connect", () => resolve());
    socket.once("error", reject);
  });
  return { client, isClosed: () => isClosed, [Symbol.dispose]: () => void socket.destroy() };
}

export function tcpLine(plant: Plant, id: string): { host: string; port: number } {
  const line = plant.tcp.find((one) => one.id === id);
  if (line === undefined) throw new Error(`no line ${id}`);
  return line;
}

/** Waits for something that the world outside must do first. */
export async function until(
  isSo: () => boolean | Promise<boolean>,
  waitMs = 60_000,
): Promise<void> {
  const end = Date.now() + waitMs;
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error("waited in vain");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
