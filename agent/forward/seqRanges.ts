/** Sequence numbers and ranges of them (pure). */

import type { SeqRange } from "../records.ts";

/** Fewest ranges that name exactly these numbers, ascending. */
export function rangesOf(seqs: Iterable<number>): SeqRange[] {
  const sorted = [...new Set(seqs)].sort((a, b) => a - b);
  const ranges: { from: number; to: number }[] = [];
  for (const seq of sorted) {
    const last = ranges.at(-1);
    if (last !== undefined && seq === last.to + 1) last.to = seq;
    else ranges.push({ from: seq, to: seq });
  }
  return ranges;
}
