/** How far a value has fallen within a time, against the highest value in it. Pure. */

/** The window is kept in this many pieces: it is up to one piece longer than asked, never shorter. */
const pieces = 16;

export class FallWindow {
  readonly #pieceMs: number;
  readonly #numbers = new Float64Array(pieces + 1).fill(Number.NaN);
  readonly #highest = new Float64Array(pieces + 1);
  #latest = Number.NaN;

  constructor(withinMs: number) {
    this.#pieceMs = Math.max(1, withinMs / pieces);
  }

  /** NaN: no number now; what is remembered stays, so that a fall during a silence is seen after it. */
  take(value: number, nowMs: number): void {
    this.#latest = value;
    if (Number.isNaN(value)) return;
    const number = Math.floor(nowMs / this.#pieceMs);
    const i = number % this.#numbers.length;
    const isNew = this.#numbers[i] !== number;
    this.#numbers[i] = number;
    this.#highest[i] = isNew ? value : Math.max(value, this.#highest[i] ?? value);
  }

  /** The past is explained: falls count from the next value on. */
  forget(): void {
    this.#numbers.fill(Number.NaN);
  }

  /** 0 or more; NaN while there is no number. */
  fall(nowMs: number): number {
    const first = Math.floor(nowMs / this.#pieceMs) - pieces;
    let highest = this.#latest;
    for (const [i, number] of this.#numbers.entries()) {
      if (number >= first) highest = Math.max(highest, this.#highest[i] ?? highest);
    }
    return highest - this.#latest;
  }
}
