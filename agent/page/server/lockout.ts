/**
 * After failed logins the next try waits, longer each time: per name, per address, and per both together. A name's own
 * lock does not hold for an address from which that name has logged in before: a stranger who guesses at it must not
 * keep the officer from acknowledging. Unknown names are treated alike, so that a lock tells nothing. Pure.
 */

import type { MonotonicMs } from "../../../config/words/time.ts";

interface Bucket {
  fails: number;
  untilMs: number;
  lastMs: number;
}

/** Failures without a delay, by what they are counted for. */
const free = { pair: 4, name: 9, address: 19 } as const;
const delayMsFirst = 5_000;
const delayMsMax = 15 * 60_000;
/** A bucket is forgotten after so long without a failure. */
const forgetMs = 60 * 60_000;
/** Most buckets; beyond it the one longest without a failure goes. */
const bucketsMax = 10_000;
/** Most addresses remembered as a name's own. */
const knownMax = 1_000;

export interface Attempt {
  readonly name: string;
  readonly address: string;
}

export interface Lockout {
  /** How long this attempt must still wait; 0: it may be tried. */
  waitMs(attempt: Attempt, nowMs: MonotonicMs): number;
  failed(attempt: Attempt, nowMs: MonotonicMs): void;
  succeeded(attempt: Attempt): void;
  /** Whether strangers' addresses are kept out of this name. */
  isLocked(name: string, nowMs: MonotonicMs): boolean;
  /** By a person. */
  unlock(name: string): void;
}

export function createLockout(): Lockout {
  const buckets = new Map<string, Bucket>();
  const known = new Set<string>();
  const keys = ({ name, address }: Attempt): readonly [string, keyof typeof free][] => [
    [pairKey(name, address), "pair"],
    [nameKey(name), "name"],
    [`a ${address}`, "address"],
  ];

  function failIn(key: string, freeFails: number, nowMs: number): void {
    const before = buckets.get(key);
    const fails = before === undefined || nowMs - before.lastMs > forgetMs ? 1 : before.fails + 1;
    const over = fails - freeFails;
    const delayMs =
      over <= 0 ? 0 : Math.min(delayMsMax, delayMsFirst * 2 ** Math.min(20, over - 1));
    buckets.delete(key);
    buckets.set(key, { fails, untilMs: nowMs + delayMs, lastMs: nowMs });
    const oldest = buckets.keys().next();
    if (buckets.size > bucketsMax && oldest.done !== true) buckets.delete(oldest.value);
  }

  return {
    waitMs(attempt, nowMs) {
      const isKnown = known.has(pairKey(attempt.name, attempt.address));
      const waits = keys(attempt).map(([key, kind]) =>
        kind === "name" && isKnown ? 0 : (buckets.get(key)?.untilMs ?? 0) - nowMs,
      );
      return Math.max(0, ...waits);
    },
    failed(attempt, nowMs) {
      for (const [key, kind] of keys(attempt)) failIn(key, free[kind], nowMs);
    },
    succeeded(attempt) {
      const pair = pairKey(attempt.name, attempt.address);
      buckets.delete(pair);
      buckets.delete(nameKey(attempt.name));
      known.delete(pair);
      known.add(pair);
      const oldest = known.values().next();
      if (known.size > knownMax && oldest.done !== true) known.delete(oldest.value);
    },
    isLocked: (name, nowMs) => (buckets.get(nameKey(name))?.untilMs ?? 0) > nowMs,
    unlock(name) {
      buckets.delete(nameKey(name));
      const prefix = pairKey(name, "");
      for (const key of buckets.keys()) if (key.startsWith(prefix)) buckets.delete(key);
    },
  };
}

function nameKey(name: string): string {
  return `n ${folded(name)}`;
}
function pairKey(name: string, address: string): string {
  return `p ${folded(name)} ${address}`;
}

/** A stranger's name is no longer than a user's may be. */
function folded(name: string): string {
  return JSON.stringify(name.slice(0, 40).toLowerCase());
}
