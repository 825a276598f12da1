/** The `readings` body -> readings, point by point (pure). The other half of readingsEncoder.ts. */

import type { Quality } from "../../config/words/quality.ts";
import { fail, ok, type Result } from "../../config/words/result.ts";
import { type ReadingsBody, readingsBodySchema } from "./envelope.ts";
import { wallAt } from "./timeline.ts";

/** All arrays have one entry per reading, in the order the readings were taken. */
export interface DecodedPoint {
  readonly tag: string;
  readonly unit: string;
  readonly wallMs: readonly number[];
  readonly monotonicMs: readonly number[];
  readonly values: readonly (number | null)[];
  readonly qualities: readonly Quality[];
}

/** Fails with a sentence when the body breaks its own promises (counts, columns, order of size). */
export function decodeReadings(body: unknown): Result<readonly DecodedPoint[], string> {
  const parsed = readingsBodySchema.safeParse(body);
  if (!parsed.success) return fail(parsed.error.message);
  const { data } = parsed;
  const columns = data.times.map(summed);
  const points: DecodedPoint[] = [];
  let readings = 0;
  for (const point of data.points) {
    const column = columns[point.t];
    const qualities = unfold(point.q, point.v.length);
    if (column?.length !== point.v.length) return fail(`${point.p}: times and values differ`);
    if (qualities.length !== point.v.length) return fail(`${point.p}: qualities and values differ`);
    readings += point.v.length;
    points.push({
      tag: point.p,
      unit: point.u,
      wallMs: column.map((t) => wallAt(data.anchors, t)),
      monotonicMs: column.map((t) => data.monotonicMs + t),
      values: point.d === undefined ? point.v : unscaled(point.v, 10 ** point.d),
      qualities,
    });
  }
  if (readings !== data.readings) return fail(`${data.readings} announced, ${readings} held`);
  return ok(points);
}

function summed(deltas: readonly number[]): number[] {
  let sum = 0;
  return deltas.map((delta) => {
    sum += delta;
    return sum;
  });
}

function unscaled(deltas: readonly (number | null)[], factor: number): (number | null)[] {
  let sum = 0;
  return deltas.map((delta) => {
    if (delta === null) return null;
    sum += delta;
    return sum / factor;
  });
}

function unfold(q: ReadingsBody["points"][number]["q"], count: number): Quality[] {
  if (typeof q === "string") return new Array<Quality>(count).fill(q);
  const qualities: Quality[] = [];
  for (const [quality, run] of q) {
    // A run may not claim more than there is: the caller sees the difference in length.
    for (let i = 0; i < run && qualities.length <= count; i += 1) qualities.push(quality);
  }
  return qualities;
}
