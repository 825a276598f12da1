/** One picture after the other of one camera, while somebody sees it; the one before is given back. */

import { after } from "./browserClock.ts";
import { fetchPicture, type Picture } from "./pictureQueue.ts";

export class PictureFeed {
  readonly #path: string;
  /** 0: the first picture stays. */
  readonly #everyMs: number;
  readonly #onPicture: (picture: Picture | null) => void;
  #shown: Picture | null = null;
  #isOver = false;
  #isSeen = false;
  #isAsking = false;
  #stop: () => void = () => {};

  constructor(options: {
    readonly path: string;
    readonly everyMs: number;
    readonly onPicture: (picture: Picture | null) => void;
  }) {
    this.#path = options.path;
    this.#everyMs = options.everyMs;
    this.#onPicture = options.onPicture;
  }

  isSeen(isSeen: boolean): void {
    this.#isSeen = isSeen;
    if (isSeen) this.ask();
  }

  /** Now, unless nobody sees it or an answer is on its way. */
  ask(): void {
    this.#stop();
    if (this.#isOver || this.#isAsking || !this.#isSeen) return;
    if (document.visibilityState === "visible") void this.#next();
  }

  end(): void {
    this.#isOver = true;
    this.#stop();
    this.#show(null);
  }

  async #next(): Promise<void> {
    this.#isAsking = true;
    const next = await fetchPicture(this.#path);
    this.#isAsking = false;
    if (this.#isOver) {
      if (next !== null) URL.revokeObjectURL(next.url);
      return;
    }
    // No answer: the old one stays, and its age tells.
    if (next !== null) this.#show(next);
    if (this.#everyMs > 0) this.#stop = after(this.#everyMs, () => this.ask());
  }

  #show(next: Picture | null): void {
    if (this.#shown !== null) URL.revokeObjectURL(this.#shown.url);
    this.#shown = next;
    this.#onPicture(next);
  }
}
