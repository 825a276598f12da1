/**
 * From monotonic times to true times: what the box tells once it knows the time, and how to read it. Pure.
 * True times never come from the stamps made meanwhile, so it does not matter how often those jumped.
 */

/** The true time at one monotonic time. */
export interface Anchor {
  readonly monotonicMs: number;
  readonly wallMs: number;
}

/** The machine slept for `ms` between these monotonic times: its monotonic clock stood still. */
export interface Sleep {
  readonly fromMonotonicMs: number;
  readonly toMonotonicMs: number;
  readonly ms: number;
}

/**
 * `known`: at least one anchor, in order. Each sleep gets an anchor on either side, counted back from the
 * next anchor that is known.
 */
export function placingAnchors(
  known: readonly Anchor[],
  sleeps: readonly Sleep[],
): readonly Anchor[] {
  let anchors = [...known];
  for (const { fromMonotonicMs, toMonotonicMs, ms } of sleeps.toReversed()) {
    const after = anchors.filter((anchor) => anchor.monotonicMs >= toMonotonicMs);
    const [next] = after;
    if (next === undefined) continue;
    const afterMs = next.wallMs - (next.monotonicMs - toMonotonicMs);
    const beforeMs = afterMs - ms - (toMonotonicMs - fromMonotonicMs);
    anchors = [
      ...anchors.filter((anchor) => anchor.monotonicMs <= fromMonotonicMs),
      { monotonicMs: fromMonotonicMs, wallMs: beforeMs },
      { monotonicMs: toMonotonicMs, wallMs: afterMs },
      ...after,
    ];
  }
  return anchors.map(rounded);
}

/**
 * Along a straight line between two anchors, and at the pace of the monotonic clock before the first and
 * after the last.
 */
export function placedWallMs(anchors: readonly Anchor[], monotonicMs: number): number {
  const after = anchors.findIndex((anchor) => anchor.monotonicMs >= monotonicMs);
  const next = anchors[after === -1 ? anchors.length - 1 : after];
  const before = anchors[after - 1];
  if (next === undefined) return Number.NaN;
  if (before === undefined) return next.wallMs + (monotonicMs - next.monotonicMs);
  const share = (monotonicMs - before.monotonicMs) / (next.monotonicMs - before.monotonicMs);
  return before.wallMs + share * (next.wallMs - before.wallMs);
}

function rounded({ monotonicMs, wallMs }: Anchor): Anchor {
  return { monotonicMs: Math.round(monotonicMs), wallMs: Math.round(wallMs) };
}
