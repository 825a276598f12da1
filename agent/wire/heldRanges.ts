/** A set of sequence numbers as few ranges: what is held, and where the holes are (pure). */

import type { SeqRange } from "../records.ts";

export class HeldRanges {
  /** Ascending, apart from one another by at least one missing number. */
  readonly #ranges: { from: number; to: number }[] = [];

  get ranges(): readonly SeqRange[] {
    return this.#ranges;
  }

  add(seq: number): void {
    const at = this.#firstFrom(seq + 1);
    const before = this.#ranges[at - 1];
    const after = this.#ranges[at];
    if (before !== undefined && seq <= before.to) return;
    const joinsBefore = before !== undefined && before.to + 1 === seq;
    const joinsAfter = after !== undefined && after.from - 1 === seq;
    if (joinsBefore && joinsAfter) {
      before.to = after.to;
      this.#ranges.splice(at, 1);
    } else if (joinsBefore) before.to = seq;
    else if (joinsAfter) after.from = seq;
    else this.#ranges.splice(at, 0, { from: seq, to: seq });
  }

  addRange({ from, to }: SeqRange): void {
    if (to < from) return;
    const first = this.#firstFrom(from);
    const before = this.#ranges[first - 1];
    const start = before !== undefined && before.to >= from - 1 ? first - 1 : first;
    let end = start;
    let joined = { from, to };
    for (let next = this.#ranges[end]; next !== undefined && next.from <= to + 1; ) {
      joined = { from: Math.min(joined.from, next.from), to: Math.max(joined.to, next.to) };
      end += 1;
      next = this.#ranges[end];
    }
    this.#ranges.splice(start, end - start, joined);
  }

  has(seq: number): boolean {
    return this.around(seq) !== null;
  }

  /** The parts of `range` that are not held. */
  missingIn(range: SeqRange): SeqRange[] {
    const parts: SeqRange[] = [];
    let next = range.from;
    for (let at = Math.max(0, this.#firstFrom(range.from) - 1); at < this.#ranges.length; at += 1) {
      const { from, to } = this.#ranges[at] ?? range;
      if (from > range.to) break;
      if (to < next) continue;
      if (from > next) parts.push({ from: next, to: from - 1 });
      next = to + 1;
    }
    if (next <= range.to) parts.push({ from: next, to: range.to });
    return parts;
  }

  /** The whole range that holds `seq`, or null. */
  around(seq: number): SeqRange | null {
    const range = this.#ranges[this.#firstFrom(seq + 1) - 1];
    return range !== undefined && seq <= range.to ? range : null;
  }

  /** Numbers that are missing below the highest held, counted from 1. */
  holes(): SeqRange[] {
    const holes: SeqRange[] = [];
    let next = 1;
    for (const { from, to } of this.#ranges) {
      if (from > next) holes.push({ from: next, to: from - 1 });
      next = to + 1;
    }
    return holes;
  }

  /** Position of the first range that begins at or after `seq`. */
  #firstFrom(seq: number): number {
    let low = 0;
    let high = this.#ranges.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#ranges[middle]?.from ?? 0) < seq) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
