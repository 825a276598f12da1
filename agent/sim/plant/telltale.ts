/**
 * Values that tell on themselves: a float32 holding which register it is (10 bits) and when it was read
 * (13 bits of ticks), exactly. A checker sees another register's value, a torn float or an old one. Pure.
 */

const tickCount = 8192;
const identityCount = 1024;
/** Spreads neighbours far apart, so that a shifted answer shows. */
const spread = 2_654_435_761;

/** @param index number of the float among all of the load plant, from 0. */
export function identityOf(index: number): number {
  return Math.imul(index + 1, spread) >>> 22;
}

/** @param tick any whole number >= 0; only its lowest 13 bits are told. */
export function telltale(identity: number, tick: number): number {
  return identity * tickCount + (tick % tickCount);
}

export interface Told {
  readonly identity: number;
  readonly tick: number;
}

/** Null when the number cannot have come from here. */
export function told(value: number): Told | null {
  if (!Number.isInteger(value) || value < 0 || value >= identityCount * tickCount) return null;
  return { identity: Math.floor(value / tickCount), tick: value % tickCount };
}

/** Ticks from `tick` to `laterTick`, both told, less than one round apart. */
export function ticksBetween(tick: number, laterTick: number): number {
  return (laterTick - tick + tickCount) % tickCount;
}

/** Largest value there is, for the range of a point. */
export const telltaleMax = identityCount * tickCount - 1;
