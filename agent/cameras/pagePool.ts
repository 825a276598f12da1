/**
 * Memory for the video of all cameras, in pages of one size: never more than a bound in all, and of that a part that is
 * each camera's own, so that one that sends too much takes nothing from another.
 */

export interface PageSource {
  readonly pageBytes: number;
  /** Null: its own part is used up, and nothing is left that is nobody's. The page holds whatever it held. */
  take(): Buffer | null;
  /** A page that `take` gave, and that is not used any more. */
  give(page: Buffer): void;
}

/** Small enough that a ring's half-filled ends waste little, large enough that pages are rarely taken. */
export const pageBytes = 256 * 1024;
/** Pages that wait for their next use; beyond that they are given back, as after an alarm. */
const spareMax = 32;

export class PagePool {
  readonly #pageBytes: number;
  readonly #pagesMax: number;
  readonly #spare: Buffer[] = [];
  /** What is in use, and where a part of one's own is not used up, that part. */
  #claimed = 0;
  #used = 0;

  constructor(options: { readonly bytesMax: number; readonly pageBytes?: number }) {
    this.#pageBytes = options.pageBytes ?? pageBytes;
    this.#pagesMax = Math.floor(options.bytesMax / this.#pageBytes);
  }

  /** Pages in use by anybody, in bytes. */
  get usedBytes(): number {
    return this.#used * this.#pageBytes;
  }

  /** `ownBytes` are always there for it, as far as the bound still has them. */
  source(ownBytes: number): PageSource {
    const wanted = Math.ceil(ownBytes / this.#pageBytes);
    const own = Math.max(0, Math.min(wanted, this.#pagesMax - this.#claimed));
    this.#claimed += own;
    let used = 0;
    return {
      pageBytes: this.#pageBytes,
      take: () => {
        if (used >= own) {
          if (this.#claimed >= this.#pagesMax) return null;
          this.#claimed += 1;
        }
        used += 1;
        this.#used += 1;
        return this.#spare.pop() ?? Buffer.allocUnsafeSlow(this.#pageBytes);
      },
      give: (page) => {
        used -= 1;
        this.#used -= 1;
        if (used >= own) this.#claimed -= 1;
        if (this.#spare.length < spareMax) this.#spare.push(page);
      },
    };
  }
}
