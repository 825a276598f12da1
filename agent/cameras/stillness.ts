/**
 * Whether pictures are copies of one picture (pure). A real sensor makes noise: two pictures of a still scene at night
 * are never equal, only pictures of a stopped camera are, or as good as equal when they were coded anew each time.
 */

import { difference, type GreyPicture } from "./greyPicture.ts";

export type Finding = "bad" | "good" | "unclear";

/** Less than 60 of 14,400 pixels differ by one level. */
const equalMax = 0.004;
/** Copies that were coded anew each time differ by up to 0.05 (measured); still scenes by 0.09 and more. */
const nearMax = 0.06;
/** The stillest scene that falls to `nearMax` by stopping, and not by getting a little stiller. */
const dropFrom = 3 * nearMax;
/** Nearly equal for so long without having been seen to stop: nothing real is so still. */
const longMs = 10 * 60_000;
const memory = 31;

export class Stillness {
  #first: GreyPicture | null = null;
  #last: GreyPicture | null = null;
  /** Differences from picture to picture while the scene lived, newest last. */
  #differences: number[] = [];

  judge(picture: GreyPicture): Finding {
    const first = this.#first ?? picture;
    const last = this.#last ?? picture;
    const isFirst = this.#last === null;
    this.#last = picture;
    this.#first = first;
    if (isFirst) return "unclear";
    const fromLast = difference(last, picture);
    const most = Math.max(fromLast, difference(first, picture));
    if (most > nearMax) {
      this.#first = picture;
      this.#differences = [...this.#differences, fromLast].slice(-memory);
      return "good";
    }
    if (most <= equalMax || this.#usual >= dropFrom) return "bad";
    return picture.takenAt.monotonicMs - first.takenAt.monotonicMs >= longMs ? "bad" : "unclear";
  }

  /** The median; 0 while too few are known. */
  get #usual(): number {
    const ordered = this.#differences.toSorted((a, b) => a - b);
    return ordered.length < 3 ? 0 : (ordered[Math.floor(ordered.length / 2)] ?? 0);
  }
}
