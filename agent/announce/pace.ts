/**
 * How often messages may go (pure). A few at once, then evenly: after a burst the next red alarm waits for seconds
 * and not for the rest of a minute.
 */

export interface Pace {
  /** How many may go now. */
  freeAt(nowMs: number): number;
  /** How long until one may go; 0: now. */
  waitMs(nowMs: number): number;
  /** An attempt was made, whether or not it succeeded. */
  spend(nowMs: number): void;
}

const minuteMs = 60_000;

/** Never more than `perMinute` (from 1) within any minute. */
export function createPace(perMinute: number): Pace {
  const burst = Math.max(1, Math.floor(perMinute / 3));
  const perMs = Math.max(1, perMinute - burst) / minuteMs;
  let saved = burst;
  let atMs = Number.NEGATIVE_INFINITY;
  const refill = (nowMs: number): void => {
    if (nowMs <= atMs) return;
    saved = Math.min(burst, saved + (nowMs - atMs) * perMs);
    atMs = nowMs;
  };
  return {
    freeAt(nowMs) {
      refill(nowMs);
      return Math.max(0, Math.floor(saved + 1e-9));
    },
    waitMs(nowMs) {
      refill(nowMs);
      return saved + 1e-9 >= 1 ? 0 : Math.max(1, Math.ceil((1 - saved) / perMs));
    },
    spend(nowMs) {
      refill(nowMs);
      saved -= 1;
    },
  };
}
