/** Readings waiting in memory for the next commit: bounded; what does not fit is counted, not forgotten. */

import { type Instant, monotonicMs, wallMs } from "../../config/words/time.ts";
import type { ReadingColumns } from "../wire/readingColumns.ts";

/** Readings dropped in memory, to be declared lost. Keys of `points`: as in the dropped columns. */
export interface Drops {
  readonly from: Instant;
  readonly to: Instant;
  readonly lost: number;
  readonly points: ReadonlyMap<number, number>;
}

export type DropReason = "journal-overload" | "disk-full" | "disk-error";

export interface Dropped {
  readonly reason: DropReason;
  readonly drops: Drops;
}

export class PendingReadings {
  readonly #readingsMax: number;
  #parts: ReadingColumns[] = [];
  #readings = 0;
  readonly #drops = new Map<DropReason, Drops>();

  constructor(readingsMax: number) {
    this.#readingsMax = readingsMax;
  }

  get parts(): readonly ReadingColumns[] {
    return this.#parts;
  }
  get readings(): number {
    return this.#readings;
  }
  /** For each reason at most one. */
  get drops(): readonly Dropped[] {
    return [...this.#drops].map(([reason, drops]) => ({ reason, drops }));
  }

  /** Beyond the bound, the oldest parts go: what comes next is worth more than what was. */
  add(part: ReadingColumns, reason: DropReason): void {
    this.#parts.push(part);
    this.#readings += part.points.length;
    while (this.#readings > this.#readingsMax && this.#parts.length > 1) {
      const oldest = this.#parts.shift();
      if (oldest === undefined) return;
      this.#readings -= oldest.points.length;
      this.drop(dropsOf(oldest), reason);
    }
  }

  drop(drops: Drops, reason: DropReason): void {
    this.#drops.set(reason, mergedDrops(this.#drops.get(reason) ?? null, drops));
  }

  /** After the commit that stored it all. */
  clear(): void {
    this.#parts = [];
    this.#readings = 0;
    this.#drops.clear();
  }
}

/** All readings of these columns (at least one) as lost. */
export function dropsOf(columns: ReadingColumns): Drops {
  const points = new Map<number, number>();
  for (const point of columns.points) points.set(point, (points.get(point) ?? 0) + 1);
  const last = columns.counts.length - 1;
  const instant = (block: number): Instant => ({
    wallMs: wallMs(columns.wallMs[block] ?? 0),
    monotonicMs: monotonicMs(columns.monotonicMs[block] ?? 0),
  });
  return { from: instant(0), to: instant(last), lost: columns.points.length, points };
}

export function mergedDrops(a: Drops | null, b: Drops): Drops {
  if (a === null) return b;
  const points = new Map(a.points);
  for (const [point, lost] of b.points) points.set(point, (points.get(point) ?? 0) + lost);
  const isEarlier = b.from.monotonicMs < a.from.monotonicMs;
  const isLater = b.to.monotonicMs > a.to.monotonicMs;
  return {
    from: isEarlier ? b.from : a.from,
    to: isLater ? b.to : a.to,
    lost: a.lost + b.lost,
    points,
  };
}
