/** Between positions in the agent's point list and the permanent numbers of the journal's points. */

import { invariant } from "../../config/words/result.ts";
import type { PointHead } from "../records.ts";
import type { ReadingColumns } from "../wire/readingColumns.ts";
import { type PointLabel, pointLabel } from "../wire/readingsEncoder.ts";
import type { PointTable } from "./pointTable.ts";

export interface PointNumbers {
  /** Position -> permanent number, in place. @throws BugError for a position that is not listed. */
  toNumbers(columns: ReadingColumns): void;
  /** The same counts by permanent number. */
  numbered(counts: ReadonlyMap<number, number>): ReadonlyMap<number, number>;
  labelOf(point: number): PointLabel;
  tagOf(point: number): string;
}

export function createPointNumbers(table: PointTable, heads: readonly PointHead[]): PointNumbers {
  const numbers = table.number(heads);
  const tags: string[] = [];
  const labels: PointLabel[] = [];
  for (const point of table.all()) {
    tags[point.number] = point.tag;
    labels[point.number] = pointLabel(point);
  }
  return {
    toNumbers({ points }) {
      for (let i = 0; i < points.length; i += 1) {
        const number = numbers[points[i] ?? -1];
        invariant(number !== undefined, "a reading of a point that is not listed");
        points[i] = number;
      }
    },
    numbered: (counts) =>
      new Map(
        [...counts].map(([position, count]) => {
          const number = numbers[position];
          invariant(number !== undefined, "a reading of a point that is not listed");
          return [number, count];
        }),
      ),
    labelOf(point) {
      const label = labels[point];
      invariant(label !== undefined, `point number ${point} is unknown`);
      return label;
    },
    tagOf: (point) => tags[point] ?? `#${point}`,
  };
}
