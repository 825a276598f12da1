/** The band of values at which a point has nothing to tell. Pure. */

import type { Limit } from "./limit.ts";

/** A good value strictly between these passes no limit. Empty (NaN): every value must be looked at. */
export interface Quiet {
  readonly low: number;
  readonly high: number;
}

export const neverQuiet: Quiet = { low: Number.NaN, high: Number.NaN };

export function quietBand(limits: readonly Limit[]): Quiet {
  if (limits.some((limit) => limit.type === "RATE")) return neverQuiet;
  const at = (isHigh: boolean): number[] =>
    limits.filter((limit) => limit.isHigh === isHigh).map((limit) => limit.at);
  return { low: Math.max(-Infinity, ...at(false)), high: Math.min(Infinity, ...at(true)) };
}
