/** How long to wait before the next attempt to connect (pure). */

export interface BackoffLimits {
  readonly firstMs: number;
  readonly maxMs: number;
}

/**
 * The last, with the connect time-out on top, still within 60 s of the network's return. The first is long enough
 * that the boxes of a region, which all lose a broker that restarts in the same moment, are spread over seconds.
 */
export const defaultBackoff: BackoffLimits = { firstMs: 4_000, maxMs: 30_000 };

/** A connection that lived at least this long ends a row of failures. */
export const steadyMs = 30_000;

/**
 * Doubles with each failure in a row (from 1), up to the maximum, and takes a random half off,
 * so that the boxes of a region do not all return in the same second. `random` is in [0, 1).
 */
export function backoffMs(failures: number, random: number, limits: BackoffLimits): number {
  const fullMs = Math.min(limits.maxMs, limits.firstMs * 2 ** Math.min(failures - 1, 30));
  return fullMs * (0.5 + random / 2);
}
