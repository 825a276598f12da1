/** When what is shown no longer deserves trust. Pure: the caller brings the times. */

/** Older data is veiled. */
export const freshMsMax = 5_000;

/** The box tells so often how old its newest reading is: by so much the word itself may be old. */
const beatMs = 1_000;

/** One look at the browser's two clocks. */
export interface Look {
  readonly wallMs: number;
  readonly monotonicMs: number;
}

/**
 * How long ago `heard` was, by the clock that says more: one stands still while a machine sleeps, the other may be
 * set back by a person.
 */
export function silentMs(heard: Look, now: Look): number {
  return Math.max(0, now.wallMs - heard.wallMs, now.monotonicMs - heard.monotonicMs);
}

/** How long the newest reading may be behind the box's clock: a plant that is polled slowly is not a dead one. */
export function readingMsMax(everyMs: readonly number[]): number {
  const fastest = everyMs.reduce((least, one) => Math.min(least, one), Number.POSITIVE_INFINITY);
  const slack = fastest * 2 + beatMs;
  return Number.isFinite(fastest) ? Math.max(freshMsMax - beatMs, slack) : freshMsMax - beatMs;
}

/**
 * A tab that was frozen gets what was sent meanwhile in one burst: old news with a fresh arrival. The least
 * difference ever seen between arrival and the sender's stamp is the two clocks' difference; what is above it is delay.
 */
export class Delay {
  #least: number = Number.POSITIVE_INFINITY;

  /** Delay of a heartbeat stamped `sentMs` by the box and met at `metMs` by the browser's monotonic clock. */
  of(sentMs: number, metMs: number): number {
    const difference = metMs - sentMs;
    this.#least = Math.min(this.#least, difference);
    return difference - this.#least;
  }
}
