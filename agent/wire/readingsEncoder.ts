/** Sorted readings -> the `readings` body as JSON bytes: columns, one point after another (pure). */

import { qualities as qualityNames } from "../../config/words/quality.ts";
import { invariant } from "../../config/words/result.ts";
import type { ByteWriter } from "./byteWriter.ts";
import { wallAt } from "./timeline.ts";
import type { Segment, SortedReadings } from "./transpose.ts";

/** What the encoder must know of a point, made once by `pointLabel`. */
export interface PointLabel {
  /** `{"p":TAG,"u":UNIT,"t":` as bytes. */
  readonly head: Uint8Array;
  /** Tried first, never trusted. */
  readonly decimals: number;
}

export function pointLabel(point: {
  readonly tag: string;
  readonly unit: string;
  readonly decimals: number | null;
}): PointLabel {
  const head = `{"p":${JSON.stringify(point.tag)},"u":${JSON.stringify(point.unit)},"t":`;
  return { head: bytesOf(head), decimals: point.decimals ?? 0 };
}

export interface BodySummary {
  readonly readings: number;
  readonly fromWallMs: number;
  readonly toWallMs: number;
}

const comma = 44;
const open = 91;
const close = 93;
const nul = bytesOf("null");
const valuesKey = bytesOf(',"v":[');
const decimalsKey = bytesOf(',"d":');
const runsKey = bytesOf(',"q":[');
const allOf = qualityNames.map((name) => bytesOf(`,"q":"${name}"`));
const powers = [1, 10, 100, 1e3, 1e4, 1e5, 1e6];
const decimalsMax = powers.length - 1;
/** Scaled values stay exact integers below this. */
const scaledMax = 2 ** 53;

/** Appends the body of these segments (at least one) to `out`. Lossless for every finite double. */
export function writeReadingsBody(
  out: ByteWriter,
  sorted: SortedReadings,
  options: {
    readonly segments: readonly Segment[];
    readonly labelOf: (point: number) => PointLabel;
  },
): BodySummary {
  const { segments, labelOf } = options;
  const columns = shareTimes(sorted, segments);
  const summary = summarise(sorted, segments, columns.distinct);
  const { monotonicMs, anchors } = sorted.timeline;
  out.text(
    `{"readings":${summary.readings},"from":${summary.fromWallMs},"to":${summary.toWallMs}` +
      `,"monotonicMs":${monotonicMs},"anchors":${JSON.stringify(anchors)},"times":`,
  );
  writeTimes(out, sorted, columns.distinct);
  out.text(',"points":[');
  for (const [index, segment] of segments.entries()) {
    const { head, decimals } = labelOf(segment.point);
    if (index > 0) out.byte(comma);
    out.copy(head);
    out.number(columns.of[index] ?? 0);
    writeValues(out, sorted.values, { segment, decimals });
    writeQualities(out, sorted.qualities, segment);
    out.byte(125);
  }
  out.text("]}");
  return summary;
}

/** Points read in the same requests share one time column. */
function shareTimes(
  sorted: SortedReadings,
  segments: readonly Segment[],
): { readonly distinct: readonly Segment[]; readonly of: Uint32Array } {
  const distinct: Segment[] = [];
  const byHash = new Map<number, number[]>();
  const of = new Uint32Array(segments.length);
  for (const [index, segment] of segments.entries()) {
    const hash = hashOf(sorted.blocks, segment);
    const candidates = byHash.get(hash) ?? [];
    const same = candidates.find((candidate) => {
      const other = distinct[candidate];
      return other !== undefined && sameBlocks(sorted.blocks, segment, other);
    });
    of[index] = same ?? distinct.length;
    if (same !== undefined) continue;
    candidates.push(distinct.length);
    byHash.set(hash, candidates);
    distinct.push(segment);
  }
  return { distinct, of };
}

function hashOf(blocks: Uint32Array, { from, to }: Segment): number {
  let hash = to - from;
  for (let i = from; i < to; i += 1) hash = (Math.imul(hash, 31) + (blocks[i] ?? 0)) | 0;
  return hash;
}

function sameBlocks(blocks: Uint32Array, a: Segment, b: Segment): boolean {
  if (a.to - a.from !== b.to - b.from) return false;
  for (let i = a.from, j = b.from; i < a.to; i += 1, j += 1) {
    if (blocks[i] !== blocks[j]) return false;
  }
  return true;
}

function summarise(
  { timeline, blocks }: SortedReadings,
  segments: readonly Segment[],
  distinct: readonly Segment[],
): BodySummary {
  let fromWallMs = Number.POSITIVE_INFINITY;
  let toWallMs = Number.NEGATIVE_INFINITY;
  for (const { from, to } of distinct) {
    for (let i = from; i < to; i += 1) {
      const wall = wallAt(timeline.anchors, timeline.t[blocks[i] ?? 0] ?? 0);
      if (wall < fromWallMs) fromWallMs = wall;
      if (wall > toWallMs) toWallMs = wall;
    }
  }
  const readings = segments.reduce((sum, { from, to }) => sum + to - from, 0);
  return { readings, fromWallMs, toWallMs };
}

function writeTimes(
  out: ByteWriter,
  { timeline, blocks }: SortedReadings,
  distinct: readonly Segment[],
): void {
  out.byte(open);
  for (const [column, { from, to }] of distinct.entries()) {
    if (column > 0) out.byte(comma);
    out.byte(open);
    let last = 0;
    for (let i = from; i < to; i += 1) {
      const t = timeline.t[blocks[i] ?? 0] ?? 0;
      if (i > from) out.byte(comma);
      out.number(t - last);
      last = t;
    }
    out.byte(close);
  }
  out.byte(close);
}

function writeValues(
  out: ByteWriter,
  values: Float64Array,
  { segment, decimals }: { readonly segment: Segment; readonly decimals: number },
): void {
  const { from, to } = segment;
  const places = decimalsOf(values, segment, decimals);
  const factor = places === null ? 1 : (powers[places] ?? 1);
  if (places !== null) {
    out.copy(decimalsKey);
    out.number(places);
  }
  out.copy(valuesKey);
  let last = 0;
  for (let i = from; i < to; i += 1) {
    const value = values[i] ?? Number.NaN;
    if (i > from) out.byte(comma);
    if (!Number.isFinite(value)) out.copy(nul);
    else if (places === null) out.number(value);
    else {
      const scaled = Math.round(value * factor);
      out.number(scaled - last);
      last = scaled;
    }
  }
  out.byte(close);
}

/**
 * The fewest decimals, `first` or more, with which every value of the segment is an exact scaled
 * integer; null when there is none, and the values must be written as they are.
 */
function decimalsOf(values: Float64Array, segment: Segment, first: number): number | null {
  for (let places = Math.min(first, decimalsMax); places <= decimalsMax; places += 1) {
    if (areExact(values, segment, powers[places] ?? 1)) return places;
  }
  return null;
}

function areExact(values: Float64Array, { from, to }: Segment, factor: number): boolean {
  for (let i = from; i < to; i += 1) {
    const value = values[i] ?? Number.NaN;
    if (!Number.isFinite(value)) continue;
    const scaled = Math.round(value * factor);
    // Half the range, so that the difference of two scaled values is exact as well.
    if (scaled / factor !== value || Math.abs(scaled) >= scaledMax / 2) return false;
  }
  return true;
}

/** One word when all are the same, else runs. */
function writeQualities(out: ByteWriter, codes: Uint8Array, { from, to }: Segment): void {
  let run = from;
  while (run < to && codes[run] === codes[from]) run += 1;
  if (run === to) {
    const all = allOf[codes[from] ?? 0];
    invariant(all !== undefined, "a quality code is out of range");
    out.copy(all);
    return;
  }
  out.copy(runsKey);
  for (let start = from; start < to; ) {
    let end = start;
    while (end < to && codes[end] === codes[start]) end += 1;
    if (start > from) out.byte(comma);
    out.text(`["${qualityNames[codes[start] ?? 0] ?? ""}",${end - start}]`);
    start = end;
  }
  out.byte(close);
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
