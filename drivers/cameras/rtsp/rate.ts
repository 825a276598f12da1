/** How much one camera may send in a second, so that none takes the processor from the others. */

export interface RateLimits {
  readonly bytesPerS: number;
  /** Frames and messages together: many small ones cost more than their bytes. */
  readonly piecesPerS: number;
}

/** Counts in windows of one second, or longer ones when little comes. */
export class Rate {
  readonly #limits: RateLimits;
  #windowMs: number;
  #bytes = 0;
  #piecesBefore = 0;

  constructor(limits: RateLimits, nowMs: number) {
    this.#limits = limits;
    this.#windowMs = nowMs;
  }

  /** `pieces`: all so far. @returns what is too much, or null. */
  take(nowMs: number, bytes: number, pieces: number): string | null {
    if (nowMs - this.#windowMs >= 1000) {
      this.#windowMs = nowMs;
      this.#bytes = 0;
      this.#piecesBefore = pieces;
    }
    this.#bytes += bytes;
    const { bytesPerS, piecesPerS } = this.#limits;
    if (this.#bytes > bytesPerS) return `over ${bytesPerS} bytes in a second`;
    if (pieces - this.#piecesBefore > piecesPerS) return `over ${piecesPerS} packets in a second`;
    return null;
  }
}
