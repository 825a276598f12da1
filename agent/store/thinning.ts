/**
 * Which readings tell the most, when not all can stay (pure).
 *
 * Of each point there stay: the first and the last reading; both sides of every change of quality; one
 * reading of each interval; and of each window of ten minutes, and each quality in it, the lowest and the highest
 * value. Intervals and windows lie on the monotonic clock, not on where a record happens to begin, so thinning
 * again finds the same extremes.
 */

import { qualityCode } from "../../config/words/quality.ts";
import type { ReadingColumns } from "../wire/readingColumns.ts";
import type { DecodedPoint } from "../wire/readingsDecoder.ts";
import { type PointLabel, pointLabel } from "../wire/readingsEncoder.ts";

/** How often the readings of a record were thinned. Above the last there is only dropping them. */
export const thinningLevels = [1, 2] as const;
export type ThinningLevel = (typeof thinningLevels)[number];

/** One reading stays of each. */
export const intervalMsOf: Readonly<Record<ThinningLevel, number>> = { 1: 60_000, 2: 600_000 };
/** The extremes of each stay, at every level. */
const extremesMs = 600_000;

/** Readings of some points that stay, ready to be sealed again, and what does not stay. */
export interface Thinned {
  /** `points` are positions in `labels`. Sorted by monotonic time. */
  readonly kept: ReadingColumns;
  readonly labels: readonly PointLabel[];
  /** Readings that do not stay, by tag. */
  readonly dropped: ReadonlyMap<string, number>;
  readonly lost: number;
}

type Series = Pick<DecodedPoint, "monotonicMs" | "values" | "qualities">;

/** The points of one or more records whose times lie on one line (`isOneLine`), each record's in its own list. */
export function thinned(
  records: readonly (readonly DecodedPoint[])[],
  level: ThinningLevel,
): Thinned {
  const series = [...joined(records).values()];
  const dropped = new Map<string, number>();
  const kept: { readonly point: number; readonly reading: number }[] = [];
  let lost = 0;
  for (const [point, one] of series.entries()) {
    const stays = telling(one, intervalMsOf[level]);
    for (const reading of stays) kept.push({ point, reading });
    const gone = one.values.length - stays.length;
    if (gone === 0) continue;
    lost += gone;
    dropped.set(one.tag, (dropped.get(one.tag) ?? 0) + gone);
  }
  return {
    kept: columnsOf(series, kept),
    labels: series.map(({ tag, unit }) => pointLabel({ tag, unit, decimals: 0 })),
    dropped,
    lost,
  };
}

/** Positions of the readings that stay, ascending. The readings are sorted by monotonic time. */
export function telling(series: Series, intervalMs: number): readonly number[] {
  const { monotonicMs, qualities } = series;
  const stays = extremes(series);
  const last = qualities.length - 1;
  let interval = Number.NaN;
  for (const [i, quality] of qualities.entries()) {
    const here = Math.floor((monotonicMs[i] ?? 0) / intervalMs);
    const isTurn = quality !== qualities[i - 1] || quality !== qualities[i + 1];
    if (i === 0 || i === last || isTurn || here !== interval) stays.add(i);
    interval = here;
  }
  return [...stays].sort((a, b) => a - b);
}

/** Lowest and highest value of each window and quality; the first of several alike. */
function extremes({ monotonicMs, values, qualities }: Series): Set<number> {
  const stays = new Set<number>();
  const lowest = new Map<string, number>();
  const highest = new Map<string, number>();
  let window = Number.NaN;
  const closeWindow = (): void => {
    for (const i of lowest.values()) stays.add(i);
    for (const i of highest.values()) stays.add(i);
    lowest.clear();
    highest.clear();
  };
  for (const [i, value] of values.entries()) {
    const here = Math.floor((monotonicMs[i] ?? 0) / extremesMs);
    if (here !== window) closeWindow();
    window = here;
    const quality = qualities[i];
    if (value === null || quality === undefined) continue;
    const low = lowest.get(quality);
    if (low === undefined || value < (values[low] ?? 0)) lowest.set(quality, i);
    const high = highest.get(quality);
    if (high === undefined || value > (values[high] ?? 0)) highest.set(quality, i);
  }
  closeWindow();
  return stays;
}

/** The readings of each point, over all records, in the order of monotonic time. */
function joined(records: readonly (readonly DecodedPoint[])[]): ReadonlyMap<string, DecodedPoint> {
  const parts = new Map<string, DecodedPoint[]>();
  for (const record of records) {
    for (const point of record) {
      const key = `${point.tag}\u0000${point.unit}`;
      const before = parts.get(key);
      if (before === undefined) parts.set(key, [point]);
      else before.push(point);
    }
  }
  return new Map([...parts].map(([key, list]) => [key, inOrder(list)]));
}

function inOrder(parts: readonly DecodedPoint[]): DecodedPoint {
  const [first] = parts;
  const whole = {
    tag: first?.tag ?? "",
    unit: first?.unit ?? "",
    wallMs: parts.flatMap(({ wallMs }) => wallMs),
    monotonicMs: parts.flatMap(({ monotonicMs }) => monotonicMs),
    values: parts.flatMap(({ values }) => values),
    qualities: parts.flatMap(({ qualities }) => qualities),
  };
  const { monotonicMs } = whole;
  if (monotonicMs.every((ms, i) => i === 0 || ms >= (monotonicMs[i - 1] ?? 0))) return whole;
  const order = monotonicMs
    .map((_, i) => i)
    .sort((a, b) => (monotonicMs[a] ?? 0) - (monotonicMs[b] ?? 0));
  const sorted = <T>(column: readonly T[]): T[] => order.flatMap((i) => column.slice(i, i + 1));
  return {
    ...whole,
    wallMs: sorted(whole.wallMs),
    monotonicMs: sorted(whole.monotonicMs),
    values: sorted(whole.values),
    qualities: sorted(whole.qualities),
  };
}

function columnsOf(
  series: readonly DecodedPoint[],
  kept: { readonly point: number; readonly reading: number }[],
): ReadingColumns {
  const at = ({ point, reading }: (typeof kept)[number]): number =>
    series[point]?.monotonicMs[reading] ?? 0;
  kept.sort((a, b) => at(a) - at(b) || a.point - b.point || a.reading - b.reading);
  const wallMs: number[] = [];
  const monotonicMs: number[] = [];
  const counts: number[] = [];
  const points = new Uint32Array(kept.length);
  const values = new Float64Array(kept.length);
  const qualities = new Uint8Array(kept.length);
  for (const [i, { point, reading }] of kept.entries()) {
    const one = series[point];
    const ms = one?.monotonicMs[reading] ?? 0;
    if (ms !== monotonicMs.at(-1)) {
      wallMs.push(one?.wallMs[reading] ?? 0);
      monotonicMs.push(ms);
      counts.push(0);
    }
    counts[counts.length - 1] = (counts.at(-1) ?? 0) + 1;
    points[i] = point;
    values[i] = one?.values[reading] ?? Number.NaN;
    qualities[i] = qualityCode[one?.qualities[reading] ?? "good"];
  }
  return {
    wallMs: Float64Array.from(wallMs),
    monotonicMs: Float64Array.from(monotonicMs),
    counts: Uint32Array.from(counts),
    points,
    values,
    qualities,
  };
}
