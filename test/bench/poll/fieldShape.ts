/**
 * The plant that everybody polls: the simulator's load plant, whose values tell which register they are and in
 * which second they were read. So a checker anywhere down the line sees another register's value, a torn float,
 * or an old value.
 */

import type { LoadPlantSize } from "../../../agent/sim/plant/loadPlant.ts";
import type { LoadPlantProcess } from "./loadPlantProcess.ts";

export interface FieldShape extends Required<LoadPlantSize> {
  /** Each float is read so often. */
  readonly periodMs: number;
}

/** 10 ports x 10 units, x 1 where there are few floats; a tick is a second. */
export function shapeOf(tagsPerS: number, periodMs = 1_000): FieldShape {
  const ports = 10;
  const floatsPerPort = Math.round((tagsPerS * periodMs) / 1_000 / ports);
  const unitsPerPort = floatsPerPort < 100 ? 1 : 10;
  const floatsPerUnit = Math.round(floatsPerPort / unitsPerPort);
  return { ports, unitsPerPort, floatsPerUnit, tickMs: 1_000, periodMs };
}

/** Whole floats in the largest legal request. */
export const floatsPerRequest = 62;
const ticks = 8192;
/** Seconds a value may be old when it arrives, or ahead of our estimate of the plant's clock. */
const ageMax = 3;
const aheadMax = 1;

/** Monotonic time of the plant's tick 0, at most a second late. */
export async function originOf(plant: LoadPlantProcess): Promise<number> {
  const { tick } = await plant.status();
  return machineMs() - tick * plant.size.tickMs;
}

/** The machine's monotonic clock: the same in every process. */
export function machineMs(): number {
  return Number(process.hrtime.bigint() / 1_000n) / 1_000;
}

/** The plant's tick at a monotonic time. */
export function tickAt(ms: number, originMs: number): number {
  return Math.max(0, Math.floor((ms - originMs) / 1_000)) % ticks;
}

/** Whether `value` is that register's, and fresh. */
export function isRight(value: number, identity: number, tick: number): boolean {
  const sent = value - identity * ticks;
  const age = (tick - sent + aheadMax + ticks) % ticks;
  return Number.isInteger(sent) && sent >= 0 && sent < ticks && age <= ageMax + aheadMax;
}
