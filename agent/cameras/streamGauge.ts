/** What one stream is like: pictures and bits a second, size and codec, against what is on record (pure). */

import type { StreamFormat } from "../../drivers/cameras/contract.ts";
import type { Finding } from "./pictureJudge.ts";

export const streamFaults = ["codec", "resolution", "frame-rate", "bit-rate"] as const;
export type StreamFault = (typeof streamFaults)[number];

/** On record: what the site file says, and beside it what was learnt. */
export interface StreamRecord {
  readonly codec?: StreamFormat["codec"] | undefined;
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  readonly fps?: number | undefined;
  readonly kbps?: number | undefined;
}

export interface StreamRate {
  readonly fps: number;
  readonly kbps: number;
}

/** Rates are means over so many whole seconds: longer than most groups of pictures. */
const windowSeconds = 10;
/** A frame rate is learnt from a stream that has run for so long. */
const learntSeconds = 60;
const fpsShare = { min: 0.5, max: 2 };
/** An encoder with a variable rate sends a tenth of a still scene. */
const kbpsShare = { min: 0.05, max: 2 };

interface Second {
  pictures: number;
  bytes: number;
}

export class StreamGauge {
  readonly #record: StreamRecord;
  #learnt: StreamRecord = {};
  #seconds: Second[] = [];
  #now: Second = { pictures: 0, bytes: 0 };
  #ran = 0;
  #format: StreamFormat | null = null;

  constructor(record: StreamRecord) {
    this.#record = record;
  }

  onFormat(format: StreamFormat): void {
    this.#format = format;
    const { codec, width, height } = format;
    this.#learnt = {
      ...{ codec, width: width ?? undefined, height: height ?? undefined },
      ...this.#learnt,
    };
  }

  onPicture(sizeBytes: number): void {
    this.#now.pictures += 1;
    this.#now.bytes += sizeBytes;
  }

  /** A second is over. `isRunning` false: there was no stream in it, and its rate says nothing. */
  second(isRunning: boolean): void {
    const second = this.#now;
    this.#now = { pictures: 0, bytes: 0 };
    this.#ran = isRunning ? this.#ran + 1 : 0;
    this.#seconds = isRunning ? [...this.#seconds, second].slice(-windowSeconds) : [];
    if (this.#ran !== learntSeconds || this.#learnt.fps !== undefined) return;
    const fps = this.rate?.fps;
    if (fps !== undefined) this.#learnt = { ...this.#learnt, fps };
  }

  /** Null: not known yet. */
  get rate(): StreamRate | null {
    if (this.#seconds.length < windowSeconds) return null;
    const sum = (of: (second: Second) => number) =>
      this.#seconds.reduce((total, second) => total + of(second), 0) / windowSeconds;
    return { fps: sum(({ pictures }) => pictures), kbps: (sum(({ bytes }) => bytes) * 8) / 1000 };
  }

  get format(): StreamFormat | null {
    return this.#format;
  }

  findings(): Readonly<Record<StreamFault, Finding>> {
    const { rate } = this;
    const format = rate === null ? null : this.#format;
    const record = { ...this.#learnt, ...this.#record };
    return {
      codec: same(format?.codec, record.codec),
      resolution: both(same(format?.width, record.width), same(format?.height, record.height)),
      // A learnt rate says what the camera can; more than that is no loss.
      "frame-rate": within(rate?.fps, record.fps, {
        ...fpsShare,
        max: this.#record.fps === undefined ? Number.POSITIVE_INFINITY : fpsShare.max,
      }),
      "bit-rate": within(rate?.kbps, record.kbps, kbpsShare),
    };
  }
}

function same<T>(found: T | null | undefined, onRecord: T | undefined): Finding {
  if (found === null || found === undefined || onRecord === undefined) return "unclear";
  return found === onRecord ? "good" : "bad";
}

function both(one: Finding, other: Finding): Finding {
  if (one === "bad" || other === "bad") return "bad";
  return one === "good" || other === "good" ? "good" : "unclear";
}

function within(
  found: number | undefined,
  onRecord: number | undefined,
  share: { readonly min: number; readonly max: number },
): Finding {
  if (found === undefined || onRecord === undefined) return "unclear";
  return found >= share.min * onRecord && found <= share.max * onRecord ? "good" : "bad";
}
