/** Shifts of eight hours by the plant's clock: 00, 08, 16. Pure. */

import { wallParts, wallToMs } from "../parts/zonedTime.ts";

export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

const shiftHours = 8;
const spanMsMax = 31 * 24 * 3_600_000;

/** The shift under way at `ms`, or the one that is `before` shifts earlier. */
export function shiftAt(ms: number, { zone, before }: { zone: string; before: number }): Span {
  const { year, month, day, hour } = wallParts(ms, zone);
  const start = hour - (hour % shiftHours) - before * shiftHours;
  const at = (hours: number) => wallToMs({ year, month, day, hour: hours, minute: 0 }, zone);
  return { fromMs: at(start), toMs: at(start + shiftHours) };
}

/** Whether the box makes a report of it. */
export function isSpan({ fromMs, toMs }: Span): boolean {
  return toMs > fromMs && toMs - fromMs <= spanMsMax;
}
