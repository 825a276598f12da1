/** When each picture of a clip is to be shown: the camera's own times, held against the times of arrival (pure). */

import type { RingPicture } from "./ring.ts";

export interface ClipTimes {
  /** From the clip's begin, one for each picture. */
  readonly atMs: readonly number[];
  /** What one picture lasts here. */
  readonly usualMs: number;
}

/** The camera's clock and ours differ so much between two pictures: the camera's was set. */
const jumpMs = 2_000;
const defaultMs = 40;
const stepMsMin = 1;

/**
 * Real times: what was missing stays missing. A picture may lie before the one sent earlier (B pictures), never before
 * a key picture sent earlier.
 */
export function clipTimes(pictures: readonly RingPicture[]): ClipTimes {
  const atMs: number[] = [];
  const steps: number[] = [];
  let floorMs = 0;
  let latestMs = 0;
  pictures.forEach((picture, index) => {
    const before = pictures[index - 1];
    const beforeMs = atMs[index - 1];
    if (before === undefined || beforeMs === undefined) {
      atMs.push(0);
      return;
    }
    const step = stepMs(before, picture);
    const lowest = picture.isKey ? latestMs + stepMsMin : floorMs + stepMsMin;
    const moment = Math.max(lowest, beforeMs + step);
    if (picture.isKey) floorMs = moment;
    latestMs = Math.max(latestMs, moment);
    atMs.push(moment);
    if (step > 0) steps.push(step);
  });
  return { atMs, usualMs: median(steps) ?? defaultMs };
}

function stepMs(before: RingPicture, picture: RingPicture): number {
  const arrivedMs = picture.arrivedAt.monotonicMs - before.arrivedAt.monotonicMs;
  const streamMs = picture.streamMs - before.streamMs;
  if (Math.abs(streamMs - arrivedMs) > jumpMs) return Math.max(stepMsMin, arrivedMs);
  return streamMs === 0 ? stepMsMin : streamMs;
}

function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? null;
}
