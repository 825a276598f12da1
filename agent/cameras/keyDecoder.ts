/**
 * Key pictures of all cameras -> small grey pictures, by one standing ffmpeg per codec.
 *
 * - No picture is ever taken for that of another camera: one is asked at a time, followed by a marker picture of our
 *   own; the answer counts only when exactly one picture comes before the marker. Anything else ends the process, and
 *   with it whatever was still in it.
 * - Each picture has a deadline; the queue is bounded; a camera whose picture ended a process waits in line like
 *   others, and its next ones are refused for a while.
 */

import { fail, ok, type Result } from "../../config/words/result.ts";
import type { Clock } from "../../config/words/time.ts";
import type { CodedPicture, StreamFormat, VideoCodec } from "../../drivers/cameras/contract.ts";
import { type DecoderProcess, startDecoder } from "./decoderProcess.ts";
import { greyWidth } from "./greyPicture.ts";
import { fillerBytes, greyKind, keyPictureBytes, markerBytes } from "./keyPictureBytes.ts";

export interface KeyDecoder extends AsyncDisposable {
  /**
   * The picture in 160 x 90 grey, or one sentence why not. Never throws. Asks of one camera that come while the one
   * before waits are refused.
   */
  grey(
    camera: string,
    coded: Pick<CodedPicture, "nals">,
    format: StreamFormat,
  ): Promise<GreyAnswer>;
}

export type GreyAnswer = Result<Uint8Array, string>;

interface Ask {
  readonly camera: string;
  readonly bytes: Uint8Array;
  readonly answer: (answer: GreyAnswer) => void;
}

/** For one picture, with the start of a process when it needs one. */
const pictureMs = 5_000;
/** How often, and up to how often, a decoder that says nothing is given more. */
const pushMs = 40;
const pushesMax = 24;
/** A camera that broke the decoder waits, twice as long each time. */
const penaltyMs = { first: 10_000, most: 600_000 };
/** More than there are cameras on a box. */
const asksMax = 256;

export function createKeyDecoder(options: {
  readonly clock: Clock;
  readonly start?: typeof startDecoder;
}): KeyDecoder {
  const { clock } = options;
  const start = options.start ?? startDecoder;
  const lanes = new Map<VideoCodec, DecoderLane>();
  const penalties = new Map<string, { readonly failures: number; readonly untilMs: number }>();
  const waiting = new Set<string>();

  const punish = (camera: string): void => {
    const failures = (penalties.get(camera)?.failures ?? 0) + 1;
    const ms = Math.min(penaltyMs.most, penaltyMs.first * 2 ** (failures - 1));
    penalties.set(camera, { failures, untilMs: clock.monotonicMs() + ms });
  };

  return {
    async grey(camera, coded, format) {
      const bytes = keyPictureBytes(coded, format);
      if (bytes === null) return fail("the key picture is not one whole picture");
      if (waiting.has(camera) || waiting.size >= asksMax) return fail("the decoder is busy");
      if ((penalties.get(camera)?.untilMs ?? 0) > clock.monotonicMs()) {
        return fail("its last key picture could not be decoded");
      }
      let lane = lanes.get(format.codec);
      if (lane === undefined) {
        lane = new DecoderLane({ codec: format.codec, clock, start });
        lanes.set(format.codec, lane);
      }
      waiting.add(camera);
      const answer = await lane.ask({ camera, bytes });
      waiting.delete(camera);
      if (answer.ok) penalties.delete(camera);
      else punish(camera);
      return answer;
    },
    [Symbol.asyncDispose]() {
      for (const lane of lanes.values()) lane.stop();
      return Promise.resolve();
    },
  };
}

interface LaneParts {
  readonly codec: VideoCodec;
  readonly clock: Clock;
  readonly start: typeof startDecoder;
}

/** One codec: its process and its queue. */
class DecoderLane {
  readonly #parts: LaneParts;
  readonly #queue: Ask[] = [];
  #process: DecoderProcess | null = null;
  #isBusy = false;
  #isStopped = false;
  /** What the process says is heard by the ask that waits for it; with nobody asking, it is out of step. */
  #onGrey: (grey: Uint8Array) => void = (grey) => this.#stray(grey);
  #onEnd: (why: string) => void = () => {};

  constructor(parts: LaneParts) {
    this.#parts = parts;
  }

  ask(ask: Omit<Ask, "answer">): Promise<GreyAnswer> {
    if (this.#isStopped) return Promise.resolve(fail("the decoder is stopped"));
    return new Promise((answer) => {
      this.#queue.push({ ...ask, answer });
      void this.#work();
    });
  }

  stop(): void {
    this.#isStopped = true;
    this.#onEnd("the decoder is stopped");
    this.#end();
    for (const { answer } of this.#queue.splice(0)) answer(fail("the decoder is stopped"));
  }

  async #work(): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    for (let ask = this.#queue.shift(); ask !== undefined; ask = this.#queue.shift()) {
      ask.answer(await this.#decode(ask.bytes));
    }
    this.#isBusy = false;
  }

  async #decode(bytes: Uint8Array): Promise<GreyAnswer> {
    const came = await this.#exchange(bytes);
    if (came.ok && came.value.length === 1 && came.value[0] !== undefined) return ok(came.value[0]);
    this.#end();
    return came.ok ? fail("the key picture cannot be decoded") : came;
  }

  /** Writes one picture and a marker. Resolves with the pictures that came before the marker. */
  async #exchange(bytes: Uint8Array): Promise<Result<readonly Uint8Array[], string>> {
    const { codec, clock } = this.#parts;
    const { promise, resolve } = Promise.withResolvers<Result<readonly Uint8Array[], string>>();
    const before: Uint8Array[] = [];
    this.#onGrey = (grey) => {
      const kind = greyKind(grey, greyWidth);
      if (kind === "marker") resolve(ok(before));
      else if (kind === "picture" && before.length === 0) before.push(grey);
      else if (kind === "picture") resolve(fail("more than one picture came of one key picture"));
    };
    this.#onEnd = (why) => resolve(fail(why));
    const process = this.#process ?? this.#begin();
    const deadline = clock.timer(pictureMs, () => {
      resolve(fail(`no picture within ${pictureMs / 1000} s`));
    });
    process.write(Buffer.concat([bytes, markerBytes(codec)]));
    const pushed = new AbortController();
    void this.#push(process, pushed.signal);
    const answer = await promise;
    pushed.abort();
    deadline.cancel();
    this.#onGrey = (grey) => this.#stray(grey);
    this.#onEnd = () => {};
    return answer;
  }

  /** Until there is an answer: what is held back comes out when more follows. */
  async #push(process: DecoderProcess, signal: AbortSignal): Promise<void> {
    const { codec, clock } = this.#parts;
    for (let pushes = 0; pushes < pushesMax; pushes += 1) {
      await clock.sleep(pushMs, signal);
      if (signal.aborted) return;
      process.write(fillerBytes(codec));
    }
  }

  /** Came while nobody asked. */
  #stray(grey: Uint8Array): void {
    if (greyKind(grey, greyWidth) !== "filler") this.#end();
  }

  #begin(): DecoderProcess {
    const process = this.#parts.start(this.#parts.codec, {
      onGrey: (grey) => {
        if (this.#process === process) this.#onGrey(grey);
      },
      onEnd: (why) => {
        if (this.#process !== process) return;
        this.#process = null;
        this.#onEnd(why);
      },
    });
    this.#process = process;
    return process;
  }

  #end(): void {
    this.#process?.kill();
    this.#process = null;
  }
}
