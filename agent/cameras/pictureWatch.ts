/** The pictures of one camera in time -> which faults of its picture stand (pure). */

import { FaultTimer } from "./faultTimer.ts";
import type { GreyPicture } from "./greyPicture.ts";
import { type Learnt, type PictureFault, PictureJudge, pictureFaults } from "./pictureJudge.ts";

/** After how long each fault is told, in ms; null: it is not looked for. */
export type PictureChecks = Readonly<Record<PictureFault, number | null>>;

/** Without a picture for so long, and so much longer than usual, it was away; one that starts shows black for a while. */
const awayMsMin = 60_000;
const awayTimes = 3;

export class PictureWatch {
  readonly #judge: PictureJudge;
  readonly #timers: ReadonlyMap<PictureFault, FaultTimer>;
  #lastMs: number;
  /** Between the last two pictures. */
  #apartMs = 0;

  /** @param learnt in an earlier life; null: nothing. */
  constructor(checks: PictureChecks, nowMs: number, learnt: Learnt | null) {
    this.#judge = new PictureJudge(learnt);
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
    const apartMs = nowMs - this.#lastMs;
    const wasAway = apartMs > Math.max(awayMsMin, awayTimes * this.#apartMs);
    const lastMs = wasAway ? nowMs : this.#lastMs;
    this.#lastMs = nowMs;
    this.#apartMs = wasAway ? this.#apartMs : apartMs;
    for (const [fault, timer] of this.#timers) {
      if (wasAway) timer.resume(nowMs);
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

  get learnt(): Learnt {
    return this.#judge.learnt;
  }

  get standing(): readonly PictureFault[] {
    return [...this.#timers].filter(([, timer]) => timer.isStanding).map(([fault]) => fault);
  }
}
