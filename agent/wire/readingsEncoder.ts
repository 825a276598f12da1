/** Sorted readings -> the `readings` body as JSON bytes: columns, one point after another (pure). */

import { qualities as qualityNames } from "../../config/words/quality.ts";
import { invariant } from "../../config/words/result.ts";
import type { ByteWriter } from "./byteWriter.ts";
import { wallAt } from "./timeline.ts";
import type { Segment, SortedReadings } from "./transpose.ts";

/** What the encoder must know of a point, made once by `pointLabel`. */
export interface PointLabel {
  /** Tag and unit as JSON bytes. */
  readonly tag: Uint8Array;
  readonly unit: Uint8Array;
  /** Tried first, never trusted. */
  readonly decimals: number;
}

export function pointLabel(point: {
  readonly tag: string;
  readonly unit: string;
  readonly decimals: number | null;
}): PointLabel {
  return {
    tag: bytesOf(JSON.stringify(point.tag)),
    unit: bytesOf(JSON.stringify(point.unit)),
    decimals: point.decimals ?? 0,
  };
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
const placesBytes = [0, 1, 2, 3, 4, 5, 6].map((places) => bytesOf(String(places)));
/** In place of decimals: the values stand as they are. */
const asTheyAre = 255;
const qualityBytes = qualityNames.map((name) => bytesOf(`"${name}"`));
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
  const times = shareTimes(sorted, segments);
  const summary = summarise(sorted, segments, times.distinct);
  const { monotonicMs, anchors } = sorted.timeline;
  const labels = segments.map(({ point }) => labelOf(point));
  const scales = scalesOf(sorted.values, segments, labels);
  out.text(
    `{"readings":${summary.readings},"from":${summary.fromWallMs},"to":${summary.toWallMs}` +
      `,"monotonicMs":${monotonicMs},"anchors":${JSON.stringify(anchors)},"times":`,
  );
  writeTimes(out, sorted, times.distinct);
  out.text(',"points":{"p":[');
  writeWords(
    out,
    labels.map(({ tag }) => tag),
  );
  out.text('],"u":[');
  writeWords(
    out,
    labels.map(({ unit }) => unit),
  );
  out.text('],"t":[');
  writeNumbers(out, times.of);
  out.text('],"d":[');
  writeWords(
    out,
    Array.from(scales.places, (places) => placesBytes[places] ?? nul),
  );
  out.text('],"b":[');
  writeNumbers(out, scales.bases);
  out.text('],"v":[');
  for (const [i, segment] of segments.entries()) {
    if (i > 0) out.byte(comma);
    const scale = { factor: powers[scales.places[i] ?? 0] ?? null, base: scales.bases[i] ?? 0 };
    writeValues(out, sorted.values, { segment, ...scale });
  }
  out.text('],"q":[');
  for (const [i, segment] of segments.entries()) {
    if (i > 0) out.byte(comma);
    writeQualities(out, sorted.qualities, segment);
  }
  out.text("]}}");
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
    // Neighbours are mostly read together.
    const last = of[index - 1];
    const beside = last === undefined ? undefined : distinct[last];
    if (last !== undefined && beside !== undefined && sameBlocks(sorted.blocks, segment, beside)) {
      of[index] = last;
      continue;
    }
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

function writeWords(out: ByteWriter, words: readonly Uint8Array[]): void {
  for (let i = 0; i < words.length; i += 1) {
    if (i > 0) out.byte(comma);
    out.copy(words[i] ?? nul);
  }
}

function writeNumbers(out: ByteWriter, numbers: Uint32Array | Float64Array): void {
  for (let i = 0; i < numbers.length; i += 1) {
    if (i > 0) out.byte(comma);
    out.number(numbers[i] ?? 0);
  }
}

/** With a factor, values as small integers: value = (base + integer) / factor, exactly. */
function writeValues(
  out: ByteWriter,
  values: Float64Array,
  options: { readonly segment: Segment; readonly factor: number | null; readonly base: number },
): void {
  const { segment, factor, base } = options;
  const { from, to } = segment;
  out.byte(open);
  if (factor !== null) out.scaledColumn(values, { from, to, factor, base });
  else {
    for (let i = from; i < to; i += 1) {
      const value = values[i] ?? Number.NaN;
      if (i > from) out.byte(comma);
      if (Number.isFinite(value)) out.number(value);
      else out.copy(nul);
    }
  }
  out.byte(close);
}

/**
 * Per segment the fewest decimals, from the point's own on, that keep every value exactly, and the
 * smallest scaled value, so that what is written needs no sign and few digits.
 */
function scalesOf(
  values: Float64Array,
  segments: readonly Segment[],
  labels: readonly PointLabel[],
): { readonly places: Uint8Array; readonly bases: Float64Array } {
  const places = new Uint8Array(segments.length).fill(asTheyAre);
  const bases = new Float64Array(segments.length);
  for (const [i, segment] of segments.entries()) {
    const first = Math.min(labels[i]?.decimals ?? 0, decimalsMax);
    for (let tried = first; tried <= decimalsMax; tried += 1) {
      const base = baseOf(values, segment, powers[tried] ?? 1);
      if (base === null) continue;
      places[i] = tried;
      bases[i] = base;
      break;
    }
  }
  return { places, bases };
}

/** The smallest scaled value (0 when there is no number); null when one is not exact. */
function baseOf(values: Float64Array, { from, to }: Segment, factor: number): number | null {
  let base = Number.POSITIVE_INFINITY;
  for (let i = from; i < to; i += 1) {
    const value = values[i] ?? Number.NaN;
    if (!Number.isFinite(value)) continue;
    const scaled = Math.round(value * factor);
    // Half the range, so that the difference of two scaled values is exact as well.
    if (scaled / factor !== value || Math.abs(scaled) >= scaledMax / 2) return null;
    if (scaled < base) base = scaled;
  }
  return base === Number.POSITIVE_INFINITY ? 0 : base;
}

/** One word when all are the same, else runs. */
function writeQualities(out: ByteWriter, codes: Uint8Array, { from, to }: Segment): void {
  const quality = (code: number | undefined): void => {
    const bytes = qualityBytes[code ?? -1];
    invariant(bytes !== undefined, "a quality code is out of range");
    out.copy(bytes);
  };
  const runEnd = (start: number): number => {
    let end = start;
    while (end < to && codes[end] === codes[start]) end += 1;
    return end;
  };
  if (runEnd(from) === to) {
    quality(codes[from]);
    return;
  }
  out.byte(open);
  for (let start = from; start < to; start = runEnd(start)) {
    if (start > from) out.byte(comma);
    out.byte(open);
    quality(codes[start]);
    out.byte(comma);
    out.number(runEnd(start) - start);
    out.byte(close);
  }
  out.byte(close);
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
