/**
 * Folds the stream of readings into what the page is told: the newest of each point. Routine ones go once a second;
 * a change of quality, and points whose alarm stands, go with the next quarter of a second. Pure.
 */

import type { ReadingBlock } from "../../records.ts";
import type { ReadingsView } from "../protocol/live.ts";

export interface ReadingsCollector {
  take(block: ReadingBlock): void;
  /** Points that people watch now: their readings are urgent. */
  watch(points: ReadonlySet<number>): void;
  /** What has come since; `urgentOnly`: only the urgent ones. Null: nothing. */
  collect(urgentOnly: boolean): ReadingsView | null;
}

const dues = { none: 0, routine: 1, urgent: 2 } as const;

export function createReadingsCollector(
  size: number,
  decimals: readonly (number | null)[],
): ReadingsCollector {
  const values = new Float64Array(size).fill(Number.NaN);
  const qualities = new Uint8Array(size);
  const takenMs = new Float64Array(size);
  const due = new Uint8Array(size);
  const isKnown = new Uint8Array(size);
  let watched: ReadonlySet<number> = new Set();
  let urgent = 0;
  let routine = 0;

  function owe(point: number, what: number): void {
    const before = due[point] ?? dues.none;
    if (what === before) return;
    due[point] = what;
    if (before === dues.routine) routine -= 1;
    if (what === dues.urgent) urgent += 1;
    else routine += 1;
  }

  return {
    take(block) {
      const wallMs = Math.round(block.takenAt.wallMs);
      for (let i = 0; i < block.points.length; i += 1) {
        const point = block.points[i] ?? 0;
        const quality = block.qualities[i] ?? 0;
        const isUrgent = isKnown[point] === 0 || quality !== qualities[point] || watched.has(point);
        isKnown[point] = 1;
        values[point] = block.values[i] ?? Number.NaN;
        qualities[point] = quality;
        takenMs[point] = wallMs;
        owe(point, isUrgent ? dues.urgent : (due[point] ?? dues.none) || dues.routine);
      }
    },
    watch(points) {
      watched = points;
    },
    collect(urgentOnly) {
      if (urgent === 0 && (urgentOnly || routine === 0)) return null;
      const least = urgentOnly ? dues.urgent : dues.routine;
      const points: number[] = [];
      for (let point = 0; point < size; point += 1) {
        if ((due[point] ?? 0) < least) continue;
        points.push(point);
        due[point] = dues.none;
      }
      urgent = 0;
      if (!urgentOnly) routine = 0;
      return {
        points,
        values: points.map((point) => shown(values[point], decimals[point] ?? null)),
        qualities: points.map((point) => qualities[point] ?? 0),
        takenMs: points.map((point) => takenMs[point] ?? 0),
      };
    },
  };
}

/** As many digits as the point has, or as a person reads. */
function shown(value: number | undefined, decimals: number | null): number | null {
  if (value === undefined || !Number.isFinite(value)) return null;
  return decimals === null ? Number(value.toPrecision(6)) : Number(value.toFixed(decimals));
}
