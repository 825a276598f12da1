/**
 * Folds readings into the finest buckets as they pass, on the agent's thread: a few array writes a reading. A bucket
 * that is over waits in a chunk until it is handed over (pure).
 */

import type { ReadingBlock } from "../records.ts";
import { levelMs, worseQuality } from "./trendBuckets.ts";
import { type Chunk, ChunkBuilder, room } from "./trendChunk.ts";
import { stepMsMin } from "./trendOnline.ts";

/** Wall time that was skipped (from < to) or lived twice (to < from). */
export interface ClockStep {
  readonly fromMs: number;
  readonly toMs: number;
}

export class TrendCollector {
  readonly #open: Omit<Chunk, "point">;
  readonly #out = new ChunkBuilder();
  /** Of each point's newest reading, by the monotonic clock. */
  readonly #takenMs: Float64Array;
  readonly #newest: Uint8Array;
  #offsetMs = Number.NaN;
  #steps: ClockStep[] = [];

  constructor(points: number) {
    this.#open = room(points);
    this.#takenMs = new Float64Array(points).fill(Number.NEGATIVE_INFINITY);
    this.#newest = new Uint8Array(points);
  }

  take(block: ReadingBlock): void {
    const { points, values, qualities } = block;
    const { wallMs, monotonicMs } = block.takenAt;
    this.#watchClock(wallMs - monotonicMs, wallMs);
    const start = Math.floor(wallMs / levelMs[0]) * levelMs[0];
    for (let i = 0; i < points.length; i += 1) {
      const point = points[i] ?? 0;
      const quality = qualities[i] ?? 0;
      this.#takenMs[point] = monotonicMs;
      this.#newest[point] = quality;
      this.#fold(point, { start, value: values[i] ?? Number.NaN, quality });
    }
  }

  #fold(point: number, reading: { start: number; value: number; quality: number }): void {
    const { start, value, quality } = reading;
    const open = this.#open;
    if (open.count[point] === 0 || open.startMs[point] !== start) {
      if (open.count[point] !== 0) this.#out.add(point, open);
      open.startMs[point] = start;
      open.min[point] = value;
      open.max[point] = value;
      open.last[point] = value;
      open.quality[point] = quality;
      open.count[point] = 1;
      return;
    }
    if (!Number.isNaN(value)) {
      // Turned round, so that any number takes the place of NaN.
      if (!((open.min[point] ?? 0) <= value)) open.min[point] = value;
      if (!((open.max[point] ?? 0) >= value)) open.max[point] = value;
      open.last[point] = value;
    }
    if (quality !== open.quality[point]) {
      open.quality[point] = worseQuality(open.quality[point] ?? 0, quality);
    }
    open.count[point] = (open.count[point] ?? 0) + 1;
  }

  /** Buckets that are over by the wall clock, or all of them; null: none. */
  handOver(overBeforeMs: number): Chunk | null {
    const { count, startMs } = this.#open;
    for (let point = 0; point < count.length; point += 1) {
      if (count[point] === 0 || (startMs[point] ?? 0) + levelMs[0] > overBeforeMs) continue;
      this.#out.add(point, this.#open);
      count[point] = 0;
    }
    return this.#out.length === 0 ? null : this.#out.take();
  }

  takeSteps(): readonly ClockStep[] {
    const steps = this.#steps;
    this.#steps = [];
    return steps;
  }

  /** 0..1: of the points, those whose newest reading is good and not older than each may be. */
  goodShare(nowMonotonicMs: number, ageMsMax: Float64Array): number {
    let good = 0;
    for (let point = 0; point < ageMsMax.length; point += 1) {
      const ageMs = nowMonotonicMs - (this.#takenMs[point] ?? 0);
      if (this.#newest[point] === 0 && ageMs <= (ageMsMax[point] ?? 0)) good += 1;
    }
    return ageMsMax.length === 0 ? 0 : good / ageMsMax.length;
  }

  #watchClock(offsetMs: number, wallMs: number): void {
    const stepMs = offsetMs - this.#offsetMs;
    // Slewing is followed; the first block only sets it.
    if (Number.isNaN(stepMs) || stepMs !== 0) this.#offsetMs = offsetMs;
    if (Math.abs(stepMs) >= stepMsMin) this.#steps.push({ fromMs: wallMs - stepMs, toMs: wallMs });
  }
}
