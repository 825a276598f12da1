/** Readings of many instants as plain columns: how they travel to the journal and wait in it. */

import type { ReadingBlock } from "../records.ts";

/** Block `i` is the next `counts[i]` readings, all of the instant `wallMs[i]`/`monotonicMs[i]`. */
export interface ReadingColumns {
  readonly wallMs: Float64Array;
  readonly monotonicMs: Float64Array;
  readonly counts: Uint32Array;
  /** Per reading: the point's number. Whose numbering it is, the holder says. */
  readonly points: Uint32Array;
  /** Per reading: the value, NaN when there is none. */
  readonly values: Float64Array;
  /** Per reading: a code of config/words/quality.ts. */
  readonly qualities: Uint8Array;
}

/** Collects blocks by copying them: the caller's arrays are free again at once. */
export class ColumnsBuilder {
  #wallMs = new Float64Array(64);
  #monotonicMs = new Float64Array(64);
  #counts = new Uint32Array(64);
  #points = new Uint32Array(4096);
  #values = new Float64Array(4096);
  #qualities = new Uint8Array(4096);
  #blocks = 0;
  #readings = 0;

  get readings(): number {
    return this.#readings;
  }

  append(block: ReadingBlock): void {
    const size = block.points.length;
    if (size === 0) return;
    this.#room(size);
    this.#wallMs[this.#blocks] = block.takenAt.wallMs;
    this.#monotonicMs[this.#blocks] = block.takenAt.monotonicMs;
    this.#counts[this.#blocks] = size;
    this.#points.set(block.points, this.#readings);
    this.#values.set(block.values, this.#readings);
    this.#qualities.set(block.qualities, this.#readings);
    this.#blocks += 1;
    this.#readings += size;
  }

  /** What was collected, in arrays of exactly that size, owned by the caller; the builder is empty after. */
  take(): ReadingColumns {
    const columns = {
      wallMs: this.#wallMs.slice(0, this.#blocks),
      monotonicMs: this.#monotonicMs.slice(0, this.#blocks),
      counts: this.#counts.slice(0, this.#blocks),
      points: this.#points.slice(0, this.#readings),
      values: this.#values.slice(0, this.#readings),
      qualities: this.#qualities.slice(0, this.#readings),
    };
    this.#blocks = 0;
    this.#readings = 0;
    return columns;
  }

  #room(more: number): void {
    if (this.#blocks === this.#counts.length) {
      this.#wallMs = grown(this.#wallMs, new Float64Array(this.#blocks * 2));
      this.#monotonicMs = grown(this.#monotonicMs, new Float64Array(this.#blocks * 2));
      this.#counts = grown(this.#counts, new Uint32Array(this.#blocks * 2));
    }
    const needed = this.#readings + more;
    if (needed <= this.#points.length) return;
    const size = Math.max(needed, this.#points.length * 2);
    this.#points = grown(this.#points, new Uint32Array(size));
    this.#values = grown(this.#values, new Float64Array(size));
    this.#qualities = grown(this.#qualities, new Uint8Array(size));
  }
}

export function columnsOfBlock(block: ReadingBlock): ReadingColumns {
  const builder = new ColumnsBuilder();
  builder.append(block);
  return builder.take();
}

function grown<T extends Float64Array | Uint32Array | Uint8Array>(from: T, into: T): T {
  into.set(from);
  return into;
}
