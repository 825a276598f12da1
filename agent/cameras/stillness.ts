/**
 * Whether pictures are copies of one picture (pure). A real sensor makes noise: two pictures of a still scene at night
 * are never equal, only pictures of a stopped camera are, or as good as equal when they were coded anew each time.
 */

import { difference, type GreyPicture } from "./greyPicture.ts";

export type Finding = "bad" | "good" | "unclear";

/** Less than 60 of 14,400 pixels differ by one level. */
const equalMax = 0.004;
/** A scene that is not known for a whole day may be this still and live: still scenes differ by 0.09 and more. */
const nearMax = 0.06;
/** Copies that were coded anew differ by up to 0.3 (measured at 3 Mbit/s): known to differ from a camera's own noise. */
const copyMax = 0.3;
const copyOfNoise = 0.3;
/** The stillest scene that falls to `nearMax` by stopping, and not by getting a little stiller. */
const dropOfNear = 3;
/** Nearly equal for so long without having been seen to stop: nothing real is so still. */
const longMs = 10 * 60_000;
const memory = 31;
const hourMs = 3_600_000;
/** A whole day and night. */
const hoursKnown = 24;

export class Stillness {
  #first: GreyPicture | null = null;
  #last: GreyPicture | null = null;
  /** Differences from picture to picture while the scene lived, newest last. */
  #differences: number[] = [];
  /** The least difference of each hour in which the scene lived, newest last. */
  #hours: { readonly hour: number; readonly least: number }[] = [];

  /** @param noise the least differences of the hours of an earlier life, newest last. */
  constructor(noise: readonly number[]) {
    // No hour of this life is below 0.
    this.#hours = noise.slice(-hoursKnown).map((least, i) => ({ hour: i - hoursKnown, least }));
  }

  /** The least difference of each hour, newest last; of a whole day and night at most. */
  get noise(): readonly number[] {
    return this.#hours.map(({ least }) => least);
  }

  judge(picture: GreyPicture): Finding {
    const first = this.#first ?? picture;
    const last = this.#last ?? picture;
    const isFirst = this.#last === null;
    this.#last = picture;
    this.#first = first;
    if (isFirst) return "unclear";
    const fromLast = difference(last, picture);
    const most = Math.max(fromLast, difference(first, picture));
    const near = this.#near;
    if (most > near) {
      this.#first = picture;
      this.#lived(fromLast, picture.takenAt.monotonicMs);
      return "good";
    }
    if (most <= equalMax || this.#usual >= dropOfNear * near) return "bad";
    return picture.takenAt.monotonicMs - first.takenAt.monotonicMs >= longMs ? "bad" : "unclear";
  }

  #lived(fromLast: number, nowMs: number): void {
    this.#differences = [...this.#differences, fromLast].slice(-memory);
    const hour = Math.floor(nowMs / hourMs);
    const newest = this.#hours.at(-1);
    if (newest?.hour === hour) {
      const least = Math.min(newest.least, fromLast);
      this.#hours[this.#hours.length - 1] = { hour, least };
    } else this.#hours = [...this.#hours, { hour, least: fromLast }].slice(-hoursKnown);
  }

  /** Up to here pictures may be copies. */
  get #near(): number {
    if (this.#hours.length < hoursKnown) return nearMax;
    const noise = Math.min(...this.#hours.map(({ least }) => least));
    return Math.max(nearMax, Math.min(copyMax, copyOfNoise * noise));
  }

  /** The median; 0 while too few are known. */
  get #usual(): number {
    const ordered = this.#differences.toSorted((a, b) => a - b);
    return ordered.length < 3 ? 0 : (ordered[Math.floor(ordered.length / 2)] ?? 0);
  }
}
