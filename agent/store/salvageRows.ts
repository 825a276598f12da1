/** Open rows name points by number: from the numbers of one journal to those of another (pure). */

import type { ReadingColumns } from "../wire/readingColumns.ts";
import type { StoredPoint } from "./pointTable.ts";

type Points = () => readonly StoredPoint[];

/** Number there -> number here, of every point that both know. */
export function numbersOf(
  there: { readonly points: Points },
  here: { readonly points: { readonly all: Points } },
): ReadonlyMap<number, number> {
  const key = (tag: string, unit: string, decimals: number | null): string =>
    JSON.stringify([tag, unit, decimals]);
  const known = new Map(
    here.points.all().map((one) => [key(one.tag, one.unit, one.decimals), one.number]),
  );
  const numbers = new Map<number, number>();
  for (const { number, tag, unit, decimals } of there.points()) {
    const now = known.get(key(tag, unit, decimals));
    if (now !== undefined) numbers.set(number, now);
  }
  return numbers;
}

/** Null: it names a point that nobody knows. */
export function renumbered(
  columns: ReadingColumns,
  numbers: ReadonlyMap<number, number>,
): ReadingColumns | null {
  const points = new Uint32Array(columns.points.length);
  for (const [i, number] of columns.points.entries()) {
    const now = numbers.get(number);
    if (now === undefined) return null;
    points[i] = now;
  }
  return { ...columns, points };
}
