/** A span of monotonic time whose stamps may be wrong, and what was learnt meanwhile about the true time. */

import type { Instant } from "../../config/words/time.ts";
import { type Anchor, placedWallMs, placingAnchors, type Sleep } from "./placing.ts";

/** Body of the event that ends a span: how the platform places what was stamped in it. */
export interface Placing {
  /** To be added to a stamp made at the beginning of the span. */
  readonly offsetMs: number;
  readonly fromMonotonicMs: number;
  readonly toMonotonicMs: number;
  readonly anchors: readonly Anchor[];
}

/** Beyond these the oldest are forgotten: an event must stay small. */
const anchorsMax = 100;
const sleepsMax = 20;
/** An anchor this close to the line between its neighbours tells nothing new. */
const anchorMsMin = 200;

export class DoubtfulSpan {
  readonly #from: Instant;
  #anchors: Anchor[] = [];
  #sleeps: Sleep[] = [];

  /** `offsetMs`: what the source said of the clock while it could still be trusted; null: nothing. */
  constructor(from: Instant, offsetMs: number | null) {
    this.#from = from;
    if (offsetMs !== null) this.#anchors.push(anchorAt(from, offsetMs));
  }

  /** The source says how wrong the clock is, though it is still too wrong to be trusted. */
  learn(at: Instant, offsetMs: number): void {
    const anchor = anchorAt(at, offsetMs);
    const [before, last] = this.#anchors.slice(-2);
    // A clock that is slewed moves along a line: its two ends say it all.
    const isOnLine =
      before !== undefined && last !== undefined && leadsBy([before, anchor], last) < anchorMsMin;
    const kept = isOnLine ? this.#anchors.slice(0, -1) : this.#anchors;
    this.#anchors = [...kept, anchor].slice(-anchorsMax);
  }

  slept(sleep: Sleep): void {
    this.#sleeps = [...this.#sleeps, sleep].slice(-sleepsMax);
  }

  /** The clock is right again, but for `offsetMs`. */
  end(at: Instant, offsetMs: number): Placing {
    const anchors = placingAnchors([...this.#anchors, anchorAt(at, offsetMs)], this.#sleeps);
    const from = this.#from;
    return {
      offsetMs: Math.round(placedWallMs(anchors, from.monotonicMs) - from.wallMs),
      fromMonotonicMs: Math.floor(from.monotonicMs),
      toMonotonicMs: Math.ceil(at.monotonicMs),
      anchors,
    };
  }
}

function anchorAt({ monotonicMs, wallMs }: Instant, offsetMs: number): Anchor {
  return { monotonicMs, wallMs: wallMs + offsetMs };
}

function leadsBy(line: readonly Anchor[], { monotonicMs, wallMs }: Anchor): number {
  return Math.abs(placedWallMs(line, monotonicMs) - wallMs);
}
