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

/** Fails with a sentence when the body breaks its own promises about counts and columns. */
export function decodeReadings(body: unknown): Result<readonly DecodedPoint[], string> {
  const parsed = readingsBodySchema.safeParse(body);
  if (!parsed.success) return fail(parsed.error.message);
  const { data } = parsed;
  const { p, u, t, d, b, v, q } = data.points;
  if ([u, t, d, b, v, q].some((column) => column.length !== p.length)) {
    return fail("the columns of points differ in length");
  }
  const times = data.times.map(summed);
  const points: DecodedPoint[] = [];
  let readings = 0;
  for (const [i, tag] of p.entries()) {
    const values = v[i] ?? [];
    const column = times[t[i] ?? -1];
    const qualities = unfold(q[i] ?? [], values.length);
    if (column?.length !== values.length) return fail(`${tag}: times and values differ`);
    if (qualities.length !== values.length) return fail(`${tag}: qualities and values differ`);
    readings += values.length;
    points.push({
      tag,
      unit: u[i] ?? "",
      wallMs: column.map((at) => wallAt(data.anchors, at)),
      monotonicMs: column.map((at) => data.monotonicMs + at),
      values: unscaled(values, d[i] ?? null, b[i] ?? 0),
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

function unscaled(
  values: readonly (number | null)[],
  places: number | null,
  base: number,
): readonly (number | null)[] {
  if (places === null) return values;
  const factor = 10 ** places;
  return values.map((value) => (value === null ? null : (base + value) / factor));
}

function unfold(q: ReadingsBody["points"]["q"][number], count: number): Quality[] {
  if (typeof q === "string") return new Array<Quality>(count).fill(q);
  const qualities: Quality[] = [];
  for (const [quality, run] of q) {
    // A run may not claim more than there is: the caller sees the difference in length.
    for (let i = 0; i < run && qualities.length <= count; i += 1) qualities.push(quality);
  }
  return qualities;
}
