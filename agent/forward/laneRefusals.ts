/** Lanes whose records the broker refuses one after another rest for a while (pure). */

import type { Lane } from "../records.ts";

/** So many refusals in a row, none accepted between, and the lane rests. */
const inRowMax = 4;

export class LaneRefusals {
  readonly #lanes = new Map<Lane, { readonly inRow: number; readonly untilMs: number }>();
  readonly #restMs: number;

  constructor(restMs: number) {
    this.#restMs = restMs;
  }

  refused(lane: Lane, nowMs: number): void {
    const inRow = (this.#lanes.get(lane)?.inRow ?? 0) + 1;
    this.#lanes.set(lane, { inRow, untilMs: inRow >= inRowMax ? nowMs + this.#restMs : 0 });
  }

  accepted(lane: Lane): void {
    this.#lanes.delete(lane);
  }

  rests(lane: Lane, nowMs: number): boolean {
    return nowMs < (this.#lanes.get(lane)?.untilMs ?? 0);
  }

  /** Whether any lane was refused so often that it had to rest, and nothing of it was accepted since. */
  get isAny(): boolean {
    return [...this.#lanes.values()].some((lane) => lane.inRow >= inRowMax);
  }
}
