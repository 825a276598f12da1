/** Stamps of many blocks -> one monotonic time line with few anchors to the wall clock (pure). */

/** From `t` on, a reading's wall time is `wallMs` plus the ms that passed since `t`. */
export interface Anchor {
  /** Milliseconds since the body's `monotonicMs`. */
  readonly t: number;
  readonly wallMs: number;
}

export interface Timeline {
  readonly monotonicMs: number;
  readonly anchors: readonly Anchor[];
  /** Per block: milliseconds since `monotonicMs`. */
  readonly t: Float64Array;
}

/** A wall stamp may differ by less than this from the one read back: clocks slew, stamps are rounded. */
export const wallToleranceMs = 5;

/**
 * Blocks come in the order they were taken, or nearly. Monotonic times are rounded to 1 ms; where the
 * wall clock steps, a new anchor starts. Two blocks of the same millisecond on either side of a step
 * are kept apart by moving the later one on by 1 ms: no reading ever gets the wrong wall time.
 */
export function timelineOf(
  stamps: readonly { readonly wallMs: Float64Array; readonly monotonicMs: Float64Array }[],
  toleranceMs = wallToleranceMs,
): Timeline {
  const blocks = stamps.reduce((sum, part) => sum + part.wallMs.length, 0);
  const t = new Float64Array(blocks);
  const anchors: Anchor[] = [];
  let base = 0;
  let tMax = 0;
  let block = 0;
  for (const part of stamps) {
    for (let i = 0; i < part.wallMs.length; i += 1) {
      const wall = Math.round(part.wallMs[i] ?? 0);
      const monotonic = Math.round(part.monotonicMs[i] ?? 0);
      if (anchors.length === 0) {
        base = monotonic;
        anchors.push({ t: 0, wallMs: wall });
      }
      let at = monotonic - base;
      if (Math.abs(wall - wallAt(anchors, at)) >= toleranceMs) {
        at = block > 0 ? Math.max(at, tMax + 1) : at;
        anchors.push({ t: at, wallMs: wall });
      }
      tMax = Math.max(tMax, at);
      t[block] = at;
      block += 1;
    }
  }
  return { monotonicMs: base, anchors, t };
}

/** Wall time of `t` by the last anchor at or before it (the first, when `t` is before all). */
export function wallAt(anchors: readonly Anchor[], t: number): number {
  let index = anchors.length - 1;
  while (index > 0 && (anchors[index]?.t ?? 0) > t) index -= 1;
  const anchor = anchors[index];
  return anchor === undefined ? t : anchor.wallMs + (t - anchor.t);
}
