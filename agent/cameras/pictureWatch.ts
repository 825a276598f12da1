/** The pictures of one camera in time -> which faults of its picture stand (pure). */

import { FaultTimer } from "./faultTimer.ts";
import type { GreyPicture } from "./greyPicture.ts";
import { type PictureFault, PictureJudge, pictureFaults } from "./pictureJudge.ts";

/** After how long each fault is told, in ms; null: it is not looked for. */
export type PictureChecks = Readonly<Record<PictureFault, number | null>>;

export class PictureWatch {
  readonly #judge = new PictureJudge();
  readonly #timers: ReadonlyMap<PictureFault, FaultTimer>;
  #lastMs: number;

  constructor(checks: PictureChecks, nowMs: number) {
    this.#lastMs = nowMs;
    this.#timers = new Map(
      pictureFaults.flatMap((fault) => {
        const afterMs = checks[fault];
        return afterMs === null ? [] : [[fault, new FaultTimer(afterMs, nowMs)] as const];
      }),
    );
  }

  /** Each picture once, in their order. */
  take(picture: GreyPicture): void {
    const findings = this.#judge.judge(picture);
    const nowMs = picture.takenAt.monotonicMs;
    const lastMs = this.#lastMs;
    this.#lastMs = nowMs;
    for (const [fault, timer] of this.#timers) {
      // Another picture than the last shows that the camera lived after the last, not that it lives now.
      const isLate = fault === "frozen" && findings.frozen === "good";
      timer.take(findings[fault], isLate ? lastMs : nowMs);
    }
  }

  /** Time passes also between pictures. */
  reached(nowMs: number): void {
    for (const timer of this.#timers.values()) timer.reached(nowMs);
  }

  /** The view that comes now is the right one. */
  learnAnew(): void {
    this.#judge.learnAnew();
  }

  get standing(): readonly PictureFault[] {
    return [...this.#timers].filter(([, timer]) => timer.isStanding).map(([fault]) => fault);
  }
}
