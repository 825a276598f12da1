/** Columns in the order readings came -> one point after another (pure). */

import type { ReadingColumns } from "./readingColumns.ts";
import { type Timeline, timelineOf, wallToleranceMs } from "./timeline.ts";

/** Readings `from` (inclusive) to `to` (exclusive) of the sorted columns: all of one point. */
export interface Segment {
  readonly point: number;
  readonly from: number;
  readonly to: number;
}

export interface SortedReadings {
  readonly timeline: Timeline;
  readonly segments: readonly Segment[];
  /** Per reading: position of its block in `timeline.t`. */
  readonly blocks: Uint32Array;
  readonly values: Float64Array;
  readonly qualities: Uint8Array;
}

/**
 * Keeps the order of each point's readings. `segmentMax` bounds one segment's readings. A wall stamp may come out
 * differently by less than `toleranceMs`; 1: exactly as it is, for what was rounded already.
 */
export function sortByPoint(
  parts: readonly ReadingColumns[],
  segmentMax: number,
  toleranceMs: number = wallToleranceMs,
): SortedReadings {
  const { starts, readings } = countPoints(parts);
  const blocks = new Uint32Array(readings);
  const values = new Float64Array(readings);
  const qualities = new Uint8Array(readings);
  const next = starts.slice();
  let block = 0;
  for (const part of parts) {
    const { counts, points, values: partValues, qualities: partQualities } = part;
    let reading = 0;
    for (let i = 0; i < counts.length; i += 1) {
      for (const end = reading + (counts[i] ?? 0); reading < end; reading += 1) {
        const point = points[reading] ?? 0;
        const place = next[point] ?? 0;
        next[point] = place + 1;
        blocks[place] = block;
        values[place] = partValues[reading] ?? Number.NaN;
        qualities[place] = partQualities[reading] ?? 0;
      }
      block += 1;
    }
  }
  const segments = segmentsOf(starts, segmentMax);
  return { timeline: timelineOf(parts, toleranceMs), segments, blocks, values, qualities };
}

function segmentsOf(starts: Uint32Array, segmentMax: number): readonly Segment[] {
  const segments: Segment[] = [];
  for (let point = 0; point + 1 < starts.length; point += 1) {
    const end = starts[point + 1] ?? 0;
    for (let from = starts[point] ?? 0; from < end; from += segmentMax) {
      segments.push({ point, from, to: Math.min(end, from + segmentMax) });
    }
  }
  return segments;
}

/** `starts[p]`: how many readings belong to points before `p`; one entry more than points. */
function countPoints(parts: readonly ReadingColumns[]): {
  readonly starts: Uint32Array;
  readonly readings: number;
} {
  let highest = -1;
  for (const { points } of parts) {
    for (let i = 0; i < points.length; i += 1) highest = Math.max(highest, points[i] ?? 0);
  }
  const starts = new Uint32Array(highest + 2);
  for (const { points } of parts) {
    for (let i = 0; i < points.length; i += 1) {
      const next = (points[i] ?? 0) + 1;
      starts[next] = (starts[next] ?? 0) + 1;
    }
  }
  for (let point = 0; point <= highest; point += 1) {
    starts[point + 1] = (starts[point + 1] ?? 0) + (starts[point] ?? 0);
  }
  return { starts, readings: starts[highest + 1] ?? 0 };
}
