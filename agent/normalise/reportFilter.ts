/** Report by exception: which readings become records. Alarm evaluation has seen them all before. Pure state. */

import type { Point } from "../../config/site.ts";
import type { ReadingBlock } from "../records.ts";

type Report = NonNullable<Point["report"]>;

export interface ReportFilter {
  /**
   * The readings of the block worth a record: all of points without `report`; of the others those whose quality
   * changed, whose value moved by more than the deadband (and `min` has passed), or whose `max` has passed.
   * `keepAll`: the block belongs to an alarm and is kept whole. Returns the block itself when all stay.
   */
  filter(block: ReadingBlock, keepAll: boolean): ReadingBlock;
}

/** `reports[position]` belongs to the point at that position of the agent's point list. */
export function createReportFilter(reports: readonly (Report | undefined)[]): ReportFilter {
  const lastValue = new Float64Array(reports.length);
  const lastQuality = new Uint8Array(reports.length).fill(255);
  const lastMs = new Float64Array(reports.length);

  const isWorth = (position: number, value: number, quality: number, nowMs: number): boolean => {
    const report = reports[position];
    if (report === undefined || lastQuality[position] !== quality) return true;
    const elapsedMs = nowMs - (lastMs[position] ?? 0);
    if (elapsedMs >= report.max) return true;
    const moved = Math.abs(value - (lastValue[position] ?? Number.NaN));
    return moved > report.deadband && elapsedMs >= report.min;
  };

  return {
    filter(block, keepAll) {
      const nowMs = block.takenAt.monotonicMs;
      const kept: number[] = [];
      for (let i = 0; i < block.points.length; i += 1) {
        const position = block.points[i] ?? 0;
        const value = block.values[i] ?? Number.NaN;
        const quality = block.qualities[i] ?? 0;
        if (!keepAll && !isWorth(position, value, quality, nowMs)) continue;
        lastValue[position] = value;
        lastQuality[position] = quality;
        lastMs[position] = nowMs;
        kept.push(i);
      }
      return kept.length === block.points.length ? block : select(block, kept);
    },
  };
}

function select(block: ReadingBlock, kept: readonly number[]): ReadingBlock {
  return {
    takenAt: block.takenAt,
    points: Uint32Array.from(kept, (i) => block.points[i] ?? 0),
    values: Float64Array.from(kept, (i) => block.values[i] ?? Number.NaN),
    qualities: Uint8Array.from(kept, (i) => block.qualities[i] ?? 0),
  };
}
