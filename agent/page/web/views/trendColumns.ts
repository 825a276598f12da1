/** Turns the box's trend columns into what the chart draws: gaps stay gaps, bad quality becomes spans. Pure. */

import type { TrendSeries, TrendView } from "../../protocol/history.ts";
import type { LimitView, PointView } from "../../protocol/site.ts";

/** One line of the chart: `mark` (1 to 8) stands beside it wherever it is named. */
export interface Pen {
  readonly mark: number;
  readonly point: PointView;
  readonly series: TrendSeries;
}

/** All pens of one unit share one panel and one axis. */
export interface PanelPens {
  readonly unit: string;
  readonly pens: readonly Pen[];
}

/** A time without good readings. */
export interface TroubleSpan {
  readonly fromMs: number;
  readonly toMs: number;
  readonly code: number;
}

/** null breaks the line; undefined says nothing about this line at this time. */
export type Cell = number | null | undefined;

const goodCode = 0;

/** Panels in the order in which their first point was chosen. */
export function panels(view: TrendView, points: readonly PointView[]): readonly PanelPens[] {
  const byUnit = new Map<string, Pen[]>();
  for (const [at, point] of points.entries()) {
    const series = view.series.find((one) => one.tag === point.tag);
    if (!series) continue;
    const pens = byUnit.get(point.unit) ?? [];
    pens.push({ mark: at + 1, point, series });
    byUnit.set(point.unit, pens);
  }
  return [...byUnit].map(([unit, pens]) => ({ unit, pens }));
}

/** Times in seconds, then min, max and last of each pen, on one common column of times. */
export function alignedColumns(pens: readonly Pen[], view: TrendView): [number[], ...Cell[][]] {
  const broken = pens.map((pen) => withBreaks(pen, view));
  const times = [...new Set(broken.flatMap((one) => one.map((row) => row.atMs)))];
  times.sort((a, b) => a - b);
  const position = new Map(times.map((atMs, index) => [atMs, index]));
  const columns = broken.flatMap((rows) => {
    const min: Cell[] = new Array(times.length).fill(undefined);
    const max: Cell[] = new Array(times.length).fill(undefined);
    const last: Cell[] = new Array(times.length).fill(undefined);
    for (const row of rows) {
      const at = position.get(row.atMs) ?? 0;
      min[at] = row.min;
      max[at] = row.max;
      last[at] = row.last;
    }
    return [min, max, last];
  });
  return [times.map((ms) => ms / 1000), ...columns];
}

interface Row {
  readonly atMs: number;
  readonly min: number | null;
  readonly max: number | null;
  readonly last: number | null;
}

/** The buckets of one pen, with an empty row in every hole: no line may cross what was not measured. */
function withBreaks({ point, series }: Pen, view: TrendView): readonly Row[] {
  const rows: Row[] = [];
  const reachMs = holeMs(point, view);
  for (const [index, atMs] of series.startMs.entries()) {
    const before = series.startMs[index - 1];
    if (before !== undefined && (atMs - before > reachMs || isCut(before, atMs, view.gaps)))
      rows.push({ atMs: (before + atMs) / 2, min: null, max: null, last: null });
    rows.push({
      atMs,
      min: series.min[index] ?? null,
      max: series.max[index] ?? null,
      last: series.last[index] ?? null,
    });
  }
  return rows;
}

/** Each due reading is made, also from a dead device: more than three periods without one is a hole. */
function holeMs(point: PointView, view: TrendView): number {
  return 3 * point.everyMs + view.bucketMs;
}

function isCut(fromMs: number, toMs: number, gaps: TrendView["gaps"]): boolean {
  return gaps.some((gap) => gap.toMs > fromMs && gap.fromMs < toMs && gap.toMs > gap.fromMs);
}

/** Neighbouring buckets of one quality, together; good ones are left out. */
export function troubleSpans({ point, series }: Pen, view: TrendView): readonly TroubleSpan[] {
  const spans: TroubleSpan[] = [];
  const reachMs = holeMs(point, view);
  for (const [index, fromMs] of series.startMs.entries()) {
    const code = series.quality[index] ?? goodCode;
    if (code === goodCode) continue;
    const next = series.startMs[index + 1];
    const isNear = next !== undefined && next - fromMs <= reachMs;
    const toMs = isNear ? next : fromMs + Math.max(view.bucketMs, point.everyMs);
    const open = spans.at(-1);
    if (open && open.code === code && fromMs - open.toMs <= reachMs)
      spans[spans.length - 1] = { ...open, toMs };
    else spans.push({ fromMs, toMs, code });
  }
  return spans;
}

const highTypes: readonly string[] = ["H", "HH", "GAS1", "GAS2", "GAS3", "O2-HIGH"];
const lowTypes: readonly string[] = ["L", "LL", "O2-LOW"];

export interface LimitLine extends LimitView {
  /** Marks of the pens it belongs to. */
  readonly marks: readonly number[];
  /** Readings in view have passed it: only then it is drawn in its colour. */
  readonly isPassed: boolean;
}

/** Limits that are values on the axis; equal ones of several pens are drawn once. */
export function limitLines(pens: readonly Pen[]): readonly LimitLine[] {
  const lines = new Map<string, LimitLine>();
  for (const { mark, point, series } of pens)
    for (const limit of point.limits) {
      if (!highTypes.includes(limit.type) && !lowTypes.includes(limit.type)) continue;
      const key = `${limit.type} ${limit.at} ${limit.priority}`;
      const known = lines.get(key);
      lines.set(key, {
        ...limit,
        marks: [...(known?.marks ?? []), mark],
        isPassed: (known?.isPassed ?? false) || isPassed(limit, series),
      });
    }
  return [...lines.values()];
}

function isPassed(limit: LimitView, series: TrendSeries): boolean {
  return highTypes.includes(limit.type)
    ? series.max.some((value) => value !== null && value >= limit.at)
    : series.min.some((value) => value !== null && value <= limit.at);
}

/** Lowest and highest of all the pens' numbers in view; undefined: there is none. */
export function extent(pens: readonly Pen[]): readonly [number, number] | undefined {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const { series } of pens) {
    for (const value of series.min) if (value !== null && value < low) low = value;
    for (const value of series.max) if (value !== null && value > high) high = value;
  }
  return low <= high ? [low, high] : undefined;
}

/** Position of the bucket that holds `atMs`, or of the last one before it within `reachMs`; -1: none. */
export function bucketAt(series: TrendSeries, atMs: number, reachMs: number): number {
  let low = 0;
  let high = series.startMs.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((series.startMs[middle] ?? 0) <= atMs) low = middle + 1;
    else high = middle;
  }
  const found = low - 1;
  const startMs = series.startMs[found];
  return startMs !== undefined && atMs - startMs <= reachMs ? found : -1;
}
