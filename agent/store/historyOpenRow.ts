/** The readings of a second that is not sealed yet, point by point as in a record. */

import { type Quality, qualities } from "../../config/words/quality.ts";
import type { DecodedPoint } from "../wire/readingsDecoder.ts";
import { soundRow } from "./openRows.ts";
import type { StoredPoint } from "./pointTable.ts";

export interface OpenRowBytes {
  readonly readings: number;
  readonly crc: number;
  readonly bytes: Uint8Array;
}

/** Null when the row is damaged. */
export function openRowPoints(
  row: OpenRowBytes,
  stored: readonly StoredPoint[],
): readonly DecodedPoint[] | null {
  const columns = soundRow(row);
  if (columns === null) return null;
  const labels = new Map(stored.map((point) => [point.number, point]));
  const points = new Map<number, OpenPoint>();
  let reading = 0;
  for (const [block, count] of columns.counts.entries()) {
    const wallMs = Math.round(columns.wallMs[block] ?? 0);
    const monotonicMs = Math.round(columns.monotonicMs[block] ?? 0);
    for (const end = reading + count; reading < end; reading += 1) {
      const number = columns.points[reading] ?? 0;
      const point = points.get(number) ?? newPoint(labels.get(number), number);
      points.set(number, point);
      const value = columns.values[reading] ?? Number.NaN;
      point.wallMs.push(wallMs);
      point.monotonicMs.push(monotonicMs);
      point.values.push(Number.isFinite(value) ? value : null);
      point.qualities.push(qualities[columns.qualities[reading] ?? 0] ?? "uncertain");
    }
  }
  return [...points.values()];
}

/** A `DecodedPoint` that still grows. */
interface OpenPoint extends DecodedPoint {
  readonly wallMs: number[];
  readonly monotonicMs: number[];
  readonly values: (number | null)[];
  readonly qualities: Quality[];
}

function newPoint(label: StoredPoint | undefined, number: number): OpenPoint {
  const { tag = `#${number}`, unit = "" } = label ?? {};
  return { tag, unit, wallMs: [], monotonicMs: [], values: [], qualities: [] };
}
