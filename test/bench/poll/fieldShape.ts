/**
 * The plant that everybody polls: ports x units x float32. Each value tells which register it is (10 bits)
 * and in which second it was read (13 bits), exact in a float32: a checker anywhere down the line sees another
 * register's value, a torn float, or an old value.
 */

export interface FieldShape {
  readonly ports: number;
  /** Units per port, ids from 1. */
  readonly units: number;
  /** float32 values per unit, from holding register 0. */
  readonly floats: number;
}

/** 10 ports x 10 units. */
export function shapeOf(tags: number): FieldShape {
  return { ports: 10, units: 10, floats: Math.round(tags / 100) };
}

export const ticks = 8192;
/** Whole floats in the largest legal request. */
export const floatsPerRequest = 62;
/** A value may be this many seconds old when it arrives: a loaded machine stalls. */
const ageMax = 3;

/** The same hash is in baselines/libmodbusLoop.c. `port` from 0, `unit` from 1. */
export function identityOf(port: number, unit: number, index: number): number {
  return Math.imul((port * 256 + unit) * 4096 + index + 1, 0x9e3779b1) >>> 22;
}

export function tickAt(wallMs: number): number {
  return Math.floor(wallMs / 1000) % ticks;
}

/** Whether `value` is that register's, read at most a few seconds before `tick`. */
export function isRight(value: number, identity: number, tick: number): boolean {
  const sent = value - identity * ticks;
  const age = (tick - sent + ticks) % ticks;
  return sent >= 0 && sent < ticks && age <= ageMax;
}

/** Tags are numbered over ports, units and floats: "P3U10F499". */
export function tagOf(port: number, unit: number, index: number): string {
  return `P${port}U${unit}F${index}`;
}

export function identityOfTag(tag: string): number {
  const [, port = "", unit = "", index = ""] = /^P(\d+)U(\d+)F(\d+)$/.exec(tag) ?? [];
  return identityOf(Number(port), Number(unit), Number(index));
}
