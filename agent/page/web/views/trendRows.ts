/** A trend as rows, for those who read figures: the same buckets, put together to a readable number. Pure. */

import type { TrendSeries, TrendView } from "../../protocol/history.ts";
import type { PointView } from "../../protocol/site.ts";

export interface TrendCell {
  readonly min: number | null;
  readonly max: number | null;
  readonly last: number | null;
  /** Worst of the row, as a code. */
  readonly quality: number;
}

export interface TrendRow {
  readonly atMs: number;
  /** One a point; null: no reading of it in this row. */
  readonly cells: readonly (TrendCell | null)[];
}

/** Newest first. `rowsMax` bounds how many; each row then covers several buckets. */
export function trendRows(
  points: readonly PointView[],
  view: TrendView,
  rowsMax: number,
): { readonly stepMs: number; readonly rows: readonly TrendRow[] } {
  const spanMs = Math.max(1, view.toMs - view.fromMs);
  const stepMs =
    Math.max(1, view.bucketMs) * Math.max(1, Math.ceil(spanMs / view.bucketMs / rowsMax));
  const rows = new Map<number, (TrendCell | null)[]>();
  for (const [at, point] of points.entries()) {
    const series = view.series.find((one) => one.tag === point.tag);
    for (const [index, startMs] of (series?.startMs ?? []).entries()) {
      const rowMs = Math.floor(startMs / stepMs) * stepMs;
      const cells = rows.get(rowMs) ?? points.map(() => null);
      if (series) cells[at] = merged(cells[at] ?? null, series, index);
      rows.set(rowMs, cells);
    }
  }
  const sorted = [...rows].sort(([a], [b]) => b - a);
  return { stepMs, rows: sorted.map(([atMs, cells]) => ({ atMs, cells })) };
}

function merged(cell: TrendCell | null, series: TrendSeries, index: number): TrendCell {
  const min = series.min[index] ?? null;
  const max = series.max[index] ?? null;
  const last = series.last[index] ?? null;
  const quality = series.quality[index] ?? 0;
  if (!cell) return { min, max, last, quality };
  return {
    min: bound(cell.min, min, Math.min),
    max: bound(cell.max, max, Math.max),
    last: last ?? cell.last,
    quality: Math.max(cell.quality, quality),
  };
}

function bound(
  a: number | null,
  b: number | null,
  pick: (a: number, b: number) => number,
): number | null {
  if (a === null) return b;
  return b === null ? a : pick(a, b);
}
