/** How long to wait before the next attempt to open a wire: doubling, with jitter, bounded (pure). */

export const backoffMs = { first: 500, most: 30_000 } as const;

/** A wait after `failures` attempts in a row failed (1 or more); `chance` is uniform in [0, 1). */
export function backoffAfter(failures: number, chance: number): number {
  const wholeMs = Math.min(backoffMs.most, backoffMs.first * 2 ** Math.min(failures - 1, 16));
  return wholeMs * (0.5 + 0.5 * chance);
}
