/** The small grey picture on which proof of life is judged. */

import type { Instant } from "../../config/words/time.ts";

/** Large enough for the structure of a view, so small that a look at it costs a millisecond. */
export const greyWidth = 160;
export const greyHeight = 90;
export const greyPixels: number = greyWidth * greyHeight;

/** A whole picture, scaled to 160 x 90 whatever its shape was; `grey` holds rows from the top, 0 black to 255 white. */
export interface GreyPicture {
  readonly takenAt: Instant;
  readonly grey: Uint8Array;
}

/** Mean absolute difference per pixel, in grey levels. */
export function difference(a: GreyPicture, b: GreyPicture): number {
  let sum = 0;
  for (let i = 0; i < greyPixels; i += 1) sum += Math.abs((a.grey[i] ?? 0) - (b.grey[i] ?? 0));
  return sum / greyPixels;
}
