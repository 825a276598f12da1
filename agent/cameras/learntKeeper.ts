/** When what was learnt of one camera is written: soon after its view is known, then rarely, and at the end. */

import type { Clock } from "../../config/words/time.ts";
import { writeLearnt } from "./learntFile.ts";
import type { Learnt } from "./pictureJudge.ts";

/** Light is followed within minutes: hours are near enough, and a flash lives long. */
const writeEveryMs = 6 * 3_600_000;

export class LearntKeeper {
  readonly #options: {
    readonly file: string;
    readonly camera: string;
    readonly clock: Clock;
    readonly learnt: () => Learnt;
  };
  #hasView: boolean;
  #writtenMs: number;
  #writing: Promise<unknown> = Promise.resolve();

  /** `hasView`: the file holds one. */
  constructor(options: {
    readonly file: string;
    readonly camera: string;
    readonly clock: Clock;
    readonly learnt: () => Learnt;
    readonly hasView: boolean;
  }) {
    this.#options = options;
    this.#hasView = options.hasView;
    this.#writtenMs = options.clock.monotonicMs();
  }

  /** Writes if it is time to. @returns one sentence when that failed. */
  async keepIfDue(): Promise<string | null> {
    const { clock, learnt } = this.#options;
    const isOld = clock.monotonicMs() - this.#writtenMs >= writeEveryMs;
    const isNew = !this.#hasView && learnt().view !== null;
    return isOld || isNew ? await this.keep() : null;
  }

  /** Writes now. One write at a time, each with what is known when its turn comes. */
  keep(): Promise<string | null> {
    const mine = this.#writing.then(() => this.#write());
    this.#writing = mine;
    return mine;
  }

  async #write(): Promise<string | null> {
    const { file, camera, clock } = this.#options;
    const learnt = this.#options.learnt();
    // A camera that showed nothing in this life has nothing to add to the file.
    if (learnt.view === null && learnt.noise.length === 0 && !this.#hasView) return null;
    this.#writtenMs = clock.monotonicMs();
    const trouble = await writeLearnt(file, camera, learnt);
    if (trouble === null) this.#hasView = learnt.view !== null;
    return trouble;
  }
}
