/** What is known of one camera, and which faults follow from it in time. Told by the watch; does no I/O. */

import type { Instant } from "../../config/words/time.ts";
import type { CameraError, CodedPicture, StreamFormat } from "../../drivers/cameras/contract.ts";
import { type CameraFault, cameraFaults, faultOf } from "./faults.ts";
import { FaultTimer } from "./faultTimer.ts";
import type { GreyPicture } from "./greyPicture.ts";
import type { Finding, Learnt } from "./pictureJudge.ts";
import { type PictureChecks, PictureWatch } from "./pictureWatch.ts";
import { StreamGauge, type StreamRecord, streamFaults } from "./streamGauge.ts";

/** After how long each kind of fault is told, in ms; null: never. `clock`: the offset that is too much. */
export interface CameraChecks extends PictureChecks {
  readonly offline: number | null;
  readonly format: number | null;
  readonly clock: number | null;
}

/** A stream that sends one picture a second still lives. */
export const stallMs = 5_000;
/** Looked at each second: so much later a stream counts as stalled that did not end by itself. */
const stallGraceMs = 1_500;

/** How a camera is reached decides what shows that it lives. */
export type LifeSign = "stream" | "snapshot";

export class CameraState {
  readonly #sign: LifeSign;
  readonly #checks: CameraChecks;
  readonly #gauge: StreamGauge;
  readonly #pictures: PictureWatch;
  readonly #link: FaultTimer;
  readonly #noPicture: FaultTimer;
  readonly #format: FaultTimer[];
  readonly #clock = new FaultTimer(0, 0);
  #aliveMs: number | null = null;
  #error: CameraError | null = null;
  #linkFault: CameraFault = "unreachable";
  #pictureTrouble: string | null = null;
  #lastPictureAt: Instant | null = null;
  #clockOffsetMs: number | null = null;
  #isRunning = false;

  constructor(options: {
    readonly sign: LifeSign;
    readonly checks: CameraChecks;
    readonly record: StreamRecord;
    readonly learnt: Learnt | null;
    readonly nowMs: number;
  }) {
    const { sign, checks, record, learnt, nowMs } = options;
    this.#sign = sign;
    this.#checks = checks;
    this.#gauge = new StreamGauge(record);
    this.#pictures = new PictureWatch(checks, nowMs, learnt);
    this.#link = new FaultTimer(checks.offline ?? 0, nowMs);
    this.#noPicture = new FaultTimer(checks.offline ?? 0, nowMs);
    this.#format = streamFaults.map(() => new FaultTimer(checks.format ?? 0, nowMs));
  }

  onFormat(format: StreamFormat): void {
    this.#gauge.onFormat(format);
  }

  onCoded({ sizeBytes, arrivedAt }: Pick<CodedPicture, "sizeBytes" | "arrivedAt">): void {
    this.#gauge.onPicture(sizeBytes);
    if (this.#sign === "stream") this.#alive(arrivedAt.monotonicMs);
  }

  streamEnded(error: CameraError): void {
    if (this.#sign === "stream") this.#failed(error);
  }

  /** A picture to be judged. */
  onGrey(picture: GreyPicture): void {
    const nowMs = picture.takenAt.monotonicMs;
    this.#lastPictureAt = picture.takenAt;
    this.#pictureTrouble = null;
    this.#noPicture.take("good", nowMs);
    if (this.#sign === "snapshot") this.#alive(nowMs);
    this.#pictures.take(picture);
  }

  /** There was none where one should be. */
  noGrey(error: CameraError, nowMs: number): void {
    this.#pictureTrouble = error.message;
    if (this.#sign === "snapshot") this.#failed(error);
    else if (this.#isRunning) this.#noPicture.take("bad", nowMs);
  }

  clockIs(offsetMs: number, nowMs: number): void {
    this.#clockOffsetMs = offsetMs;
    const most = this.#checks.clock;
    if (most !== null) this.#clock.take(Math.abs(offsetMs) > most ? "bad" : "good", nowMs);
  }

  learnViewAnew(): void {
    this.#pictures.learnAnew();
  }

  get learnt(): Learnt {
    return this.#pictures.learnt;
  }

  /** A second is over. */
  second(nowMs: number): void {
    const isStalled =
      this.#sign === "stream" && nowMs - (this.#aliveMs ?? 0) > stallMs + stallGraceMs;
    this.#isRunning = this.#aliveMs !== null && this.#error === null && !isStalled;
    // What shows life came before now: the fault may have begun right after it.
    if (this.#isRunning && this.#aliveMs !== null) this.#link.take("good", this.#aliveMs);
    else this.#link.take("bad", nowMs);
    this.#noPicture.reached(nowMs);
    this.#pictures.reached(nowMs);
    if (this.#sign !== "stream") return;
    this.#gauge.second(this.#isRunning);
    const findings = this.#gauge.findings();
    for (const [i, fault] of streamFaults.entries()) {
      const finding: Finding = this.#checks.format === null ? "unclear" : findings[fault];
      this.#format[i]?.take(finding, nowMs);
    }
  }

  /** Worst first. `told` by the camera itself. While nothing comes, nothing else is said of it. */
  standing(told: readonly CameraFault[]): readonly CameraFault[] {
    if (this.#checks.offline !== null && this.#link.isStanding) return [this.#linkFault];
    const standing = new Set<CameraFault>([...this.#pictures.standing, ...told]);
    if (this.#checks.offline !== null && this.#noPicture.isStanding) standing.add("no-picture");
    for (const [i, fault] of streamFaults.entries()) {
      if (this.#format[i]?.isStanding === true) standing.add(fault);
    }
    if (this.#clock.isStanding) standing.add("clock");
    return cameraFaults.filter((fault) => standing.has(fault));
  }

  /** Something comes from it now. */
  get isRunning(): boolean {
    return this.#isRunning;
  }

  get facts(): {
    readonly trouble: string | null;
    readonly lastPictureAt: Instant | null;
    readonly format: StreamFormat | null;
    readonly rate: StreamGauge["rate"];
    readonly clockOffsetMs: number | null;
  } {
    return {
      trouble: this.#error?.message ?? this.#pictureTrouble,
      lastPictureAt: this.#lastPictureAt,
      format: this.#gauge.format,
      rate: this.#gauge.rate,
      clockOffsetMs: this.#clockOffsetMs,
    };
  }

  #alive(nowMs: number): void {
    this.#aliveMs = nowMs;
    this.#error = null;
    this.#linkFault = "stalled";
  }

  #failed(error: CameraError): void {
    const fault = faultOf(error);
    if (fault === null) return;
    this.#error = error;
    this.#linkFault = fault;
  }
}
