/** What the slaves of one line have seen: per unit, and of the line as a whole. */

import type { Clock } from "../../../config/words/time.ts";

export interface UnitStats {
  readonly requests: number;
  readonly values: number;
  /** Longest time between two answered reads, ms; 0 before the second one. */
  readonly worstGapMs: number;
}

export interface LineStats {
  readonly units: Readonly<Record<number, UnitStats>>;
  readonly requests: number;
  readonly values: number;
  readonly writeAttempts: number;
  /** Frames for nobody, damaged, or not of the protocol. */
  readonly badFrames: number;
  /** Requests that began less than 3.5 characters after the last byte on the line; serial only. */
  readonly silenceViolations: number;
  /** Bytes not handed over because nobody took them; serial only. */
  readonly droppedBytes: number;
  /** By how much our own timers rang late, in all: a real wire would not have taken this time; serial only. */
  readonly lateMs: number;
}

type Count = "writeAttempts" | "badFrames" | "silenceViolations" | "droppedBytes" | "lateMs";

export interface WireStats {
  /** An answered read. */
  answered(unit: number, values: number): void;
  add(count: Count, by?: number): void;
  read(): LineStats;
  /** Begins anew: counts and worst gaps, except for the write attempts. */
  reset(): void;
}

export function createWireStats(clock: Clock): WireStats {
  const units = new Map<
    number,
    { requests: number; values: number; worst: number; last: number }
  >();
  const counts = {
    ...{ writeAttempts: 0, badFrames: 0, silenceViolations: 0, droppedBytes: 0, lateMs: 0 },
  };
  return {
    answered(unit, values) {
      const now = clock.monotonicMs();
      const known = units.get(unit);
      if (known === undefined) {
        units.set(unit, { requests: 1, values, worst: 0, last: now });
        return;
      }
      known.requests += 1;
      known.values += values;
      known.worst = Math.max(known.worst, now - known.last);
      known.last = now;
    },
    add(count, by = 1) {
      counts[count] += by;
    },
    read() {
      const perUnit: Record<number, UnitStats> = {};
      let requests = 0;
      let values = 0;
      for (const [unit, one] of units) {
        perUnit[unit] = { requests: one.requests, values: one.values, worstGapMs: one.worst };
        requests += one.requests;
        values += one.values;
      }
      return { units: perUnit, requests, values, ...counts };
    },
    reset() {
      units.clear();
      counts.badFrames = 0;
      counts.silenceViolations = 0;
      counts.droppedBytes = 0;
      counts.lateMs = 0;
    },
  };
}
