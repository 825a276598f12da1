/** The newest readings of each point that a camera belongs to, in memory: what an alarm's evidence shows of before it. */

import { qualities } from "../../config/words/quality.ts";
import type { ReadingBlock } from "../records.ts";

/** Readings kept of one point: two minutes at four a second. */
const readingsMax = 480;

interface Ring {
  readonly atMs: Float64Array;
  readonly wallMs: Float64Array;
  readonly values: Float64Array;
  readonly codes: Uint8Array;
  next: number;
  count: number;
}

/** One point's readings of a span, as columns. */
export interface ReadingsOf {
  readonly point: string;
  readonly unit: string;
  readonly monotonicMs: readonly number[];
  readonly wallMs: readonly number[];
  /** Null: quality says that there is none. */
  readonly values: readonly (number | null)[];
  readonly qualities: readonly string[];
}

export interface MemoryPoint {
  readonly id: string;
  readonly unit: string;
  /** In the agent's point list. */
  readonly position: number;
}

export class ReadingMemory {
  readonly #points: readonly MemoryPoint[];
  readonly #rings = new Map<number, Ring>();

  constructor(points: readonly MemoryPoint[]) {
    this.#points = points;
    for (const { position } of points) {
      this.#rings.set(position, {
        atMs: new Float64Array(readingsMax),
        wallMs: new Float64Array(readingsMax),
        values: new Float64Array(readingsMax),
        codes: new Uint8Array(readingsMax),
        ...{ next: 0, count: 0 },
      });
    }
  }

  take({ takenAt, points, values, qualities: codes }: ReadingBlock): void {
    for (let i = 0; i < points.length; i += 1) {
      const ring = this.#rings.get(points[i] ?? -1);
      if (ring === undefined) continue;
      ring.atMs[ring.next] = takenAt.monotonicMs;
      ring.wallMs[ring.next] = takenAt.wallMs;
      ring.values[ring.next] = values[i] ?? Number.NaN;
      ring.codes[ring.next] = codes[i] ?? 0;
      ring.next = (ring.next + 1) % readingsMax;
      ring.count = Math.min(readingsMax, ring.count + 1);
    }
  }

  /** What is left of the span, of these points. Unknown points are left out. */
  between(ids: ReadonlySet<string>, fromMs: number, toMs: number): readonly ReadingsOf[] {
    return this.#points
      .filter(({ id }) => ids.has(id))
      .map(({ id, unit, position }) => ({
        ...{ point: id, unit },
        ...columns(this.#rings.get(position), fromMs, toMs),
      }));
  }
}

function columns(ring: Ring | undefined, fromMs: number, toMs: number) {
  const out = {
    monotonicMs: [] as number[],
    wallMs: [] as number[],
    values: [] as (number | null)[],
    qualities: [] as string[],
  };
  for (let i = 0; ring !== undefined && i < ring.count; i += 1) {
    const slot = (ring.next - ring.count + i + readingsMax) % readingsMax;
    const atMs = ring.atMs[slot] ?? 0;
    if (atMs < fromMs || atMs > toMs) continue;
    const value = ring.values[slot] ?? Number.NaN;
    out.monotonicMs.push(atMs);
    out.wallMs.push(ring.wallMs[slot] ?? 0);
    out.values.push(Number.isFinite(value) ? value : null);
    out.qualities.push(qualities[ring.codes[slot] ?? 0] ?? "uncertain");
  }
  return out;
}
