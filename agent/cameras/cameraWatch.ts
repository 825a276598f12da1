/**
 * Watches one camera: keeps its stream running, looks at its picture now and then, asks its clock, and tells what is
 * wrong. Nothing here is shared with another camera but the decoder, which serves them in turn.
 */

import type { Camera } from "../../config/site.ts";
import type { Result } from "../../config/words/result.ts";
import type { Clock, Instant } from "../../config/words/time.ts";
import type {
  CameraError,
  CodedPicture,
  StreamEars,
  StreamFormat,
} from "../../drivers/cameras/contract.ts";
import { backoffAfter } from "../../drivers/lines/backoff.ts";
import type { BoxEvent } from "../records.ts";
import { CameraEvents } from "./cameraEvents.ts";
import type { CameraHealth } from "./cameraHealth.ts";
import type { CameraLink } from "./cameraLink.ts";
import { CameraState } from "./cameraState.ts";
import { type CameraFault, faultWords, isOff, workingWords } from "./faults.ts";
import { type CodedKey, greyWithin, type PictureSources, type Still, stillOf } from "./lookAt.ts";
import type { OnlineLedger } from "./onlineLedger.ts";
import type { Learnt } from "./pictureJudge.ts";

export interface CameraWatchOptions {
  readonly id: string;
  readonly settings: Camera;
  readonly link: CameraLink;
  readonly decoder: PictureSources["decoder"];
  readonly clock: Clock;
  readonly random: () => number;
  /** So that many cameras do not connect in one moment. */
  readonly startAfterMs: number;
  readonly ledger: OnlineLedger;
  /** In an earlier life; null: nothing. */
  readonly learnt: Learnt | null;
  /** Days and months of the site's zone. */
  readonly calendar: {
    dayStartMs(wallMs: number): number;
    monthStartMs(wallMs: number): number;
  };
  /** Hears the stream too: what keeps video for evidence. */
  readonly ears?: StreamEars;
  /** What the camera notices by itself. */
  readonly note: (event: BoxEvent) => void;
  /** Status or worst fault is another one; also when it is known for the first time. */
  readonly onChange: (health: CameraHealth) => void;
  /** A second has passed. */
  readonly onSecond: (health: () => CameraHealth) => void;
}

const clockEveryMs = 10 * 60_000;
/** A wrong clock is asked once more before it is told. */
const clockAgainMs = 60_000;
/** A wrong password tried often locks the camera. */
const unauthorisedMs = { first: 60_000, most: 600_000 };
/** Longer than any usual group of pictures. */
const keyPictureMsMax = 60_000;
/** A stream that ran so long ends a row of failures. */
const steadyMs = 30_000;

/** Before the next try, after so many refusals in a row. */
function refusedWaitMs(refusals: number): number {
  if (refusals === 0) return 0;
  return Math.min(unauthorisedMs.most, unauthorisedMs.first * 2 ** (refusals - 1));
}

export class CameraWatch {
  readonly #options: CameraWatchOptions;
  readonly #state: CameraState;
  readonly #events: CameraEvents;
  #format: StreamFormat | null = null;
  #newestKey: CodedKey | null = null;
  #lookedAt: CodedPicture | null = null;
  #told: { readonly status: CameraHealth["status"]; readonly fault: CameraFault | null };
  #since: Instant;

  constructor(options: CameraWatchOptions) {
    const { id, settings, link, clock, learnt, note } = options;
    this.#options = options;
    this.#events = new CameraEvents({ id, clock, note });
    this.#since = clock.now();
    this.#told = { status: "starting", fault: null };
    const off = <T extends string | number>(after: T) => (after === "off" ? null : Number(after));
    const { checks } = settings;
    this.#state = new CameraState({
      sign: link.stream === null ? "snapshot" : "stream",
      checks: {
        ...{ offline: off(checks.offline), format: off(checks.format), clock: off(checks.clock) },
        ...{ black: off(checks.black), bright: off(checks.bright), frozen: off(checks.frozen) },
        ...{ covered: off(checks.covered), moved: off(checks.moved) },
      },
      record: settings.expected ?? {},
      learnt,
      nowMs: clock.monotonicMs(),
    });
  }

  /** Ends on abort; never rejects by what a camera does. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, startAfterMs, link } = this.#options;
    await clock.sleep(startAfterMs, signal);
    await Promise.all([
      this.#followStream(signal),
      this.#look(signal),
      this.#askClock(signal),
      link.events === null ? null : this.#events.follow(link.events, signal),
      this.#seconds(signal),
    ]);
  }

  health(): CameraHealth {
    const { id, settings, ledger, calendar, clock } = this.#options;
    const { facts } = this.#state;
    const now = clock.now();
    const faults = this.#standing(now);
    const dayMs = calendar.dayStartMs(now.wallMs);
    return {
      ...{ id, name: settings.name ?? id, code: settings.code ?? null },
      ...{ place: settings.place ?? null, tanks: settings.tanks },
      ...{ status: this.#told.status, faults, since: this.#since, pictures: this.#pictures },
      reason: faults[0] === undefined ? workingWords : faultWords[faults[0]],
      ...{ trouble: facts.trouble, lastPictureAt: facts.lastPictureAt },
      codec: facts.format?.codec ?? null,
      ...{ width: facts.format?.width ?? null, height: facts.format?.height ?? null },
      ...{ fps: facts.rate?.fps ?? null, kbps: facts.rate?.kbps ?? null },
      clockOffsetMs: facts.clockOffsetMs,
      today: ledger.share(dayMs),
      month: ledger.share(calendar.monthStartMs(now.wallMs)),
    };
  }

  /** A picture for people, now. Never throws. */
  still(signal: AbortSignal): Promise<Result<Still, CameraError>> {
    const { id, decoder, link, clock } = this.#options;
    return stillOf({ id, decoder, snapshots: link.snapshots, clock }, this.#newestKey, signal);
  }

  /** The view that comes now is the right one: somebody turned the camera on purpose. */
  learnViewAnew(): void {
    this.#state.learnViewAnew();
  }

  /** To be kept over a restart. */
  get learnt(): Learnt {
    return this.#state.learnt;
  }

  get #pictures(): CameraHealth["pictures"] {
    const { link, decoder } = this.#options;
    if (link.stream !== null && decoder !== null) return "stream";
    return link.snapshots === null ? "none" : "snapshot";
  }

  async #followStream(signal: AbortSignal): Promise<void> {
    const { link, clock, random } = this.#options;
    if (link.stream === null) return;
    let failures = 0;
    let refusals = 0;
    while (!signal.aborted) {
      const startedMs = clock.monotonicMs();
      const stream = await link.stream(signal);
      const error = stream.ok ? await stream.value.run(this.#ears(), signal) : stream.error;
      if (signal.aborted) return;
      this.#state.streamEnded(error);
      failures = clock.monotonicMs() - startedMs >= steadyMs ? 1 : failures + 1;
      refusals = error.kind === "unauthorised" ? refusals + 1 : 0;
      const waitMs = refusals > 0 ? refusedWaitMs(refusals) : backoffAfter(failures, random());
      await clock.sleep(waitMs, signal);
    }
  }

  #ears(): StreamEars {
    const { ears } = this.#options;
    return {
      onFormat: (format) => {
        this.#format = format;
        this.#state.onFormat(format);
        ears?.onFormat(format);
      },
      onPicture: (picture) => {
        this.#state.onCoded(picture);
        if (picture.isKey && this.#format !== null) {
          this.#newestKey = { picture, format: this.#format };
        }
        ears?.onPicture(picture);
      },
    };
  }

  async #look(signal: AbortSignal): Promise<void> {
    const { id, settings, link, decoder, clock } = this.#options;
    if (this.#pictures === "none") return;
    let refusals = 0;
    while (!signal.aborted) {
      await clock.sleep(Math.max(settings.pictureEvery, refusedWaitMs(refusals)), signal);
      const key = this.#takeNewKey();
      if (signal.aborted) return;
      if (key === null && this.#mayWaitForKey) continue;
      const sources = { id, decoder, snapshots: link.snapshots, clock };
      const grey = await greyWithin(sources, key, signal);
      refusals = !grey.ok && grey.error.kind === "unauthorised" ? refusals + 1 : 0;
      if (grey.ok) this.#state.onGrey(grey.value);
      else this.#state.noGrey(grey.error, clock.monotonicMs());
    }
  }

  /** Each once: a second look at one picture would see a frozen one. */
  #takeNewKey(): CodedKey | null {
    const key = this.#newestKey;
    if (key === null || key.picture === this.#lookedAt) return null;
    this.#lookedAt = key.picture;
    return key;
  }

  /** Key pictures may be further apart than looks; for a while that is no trouble. */
  get #mayWaitForKey(): boolean {
    const { link, clock } = this.#options;
    const keyMs = this.#newestKey?.picture.arrivedAt.monotonicMs ?? clock.monotonicMs();
    return link.snapshots === null && clock.monotonicMs() - keyMs < keyPictureMsMax;
  }

  async #askClock(signal: AbortSignal): Promise<void> {
    const { link, clock, settings } = this.#options;
    if (link.clockOffsetMs === null || settings.checks.clock === "off") return;
    const most = settings.checks.clock;
    while (!signal.aborted) {
      const offset = await link.clockOffsetMs(signal);
      if (offset.ok) this.#state.clockIs(offset.value, clock.monotonicMs());
      const isWell = offset.ok && Math.abs(offset.value) <= most;
      await clock.sleep(isWell ? clockEveryMs : clockAgainMs, signal);
    }
  }

  async #seconds(signal: AbortSignal): Promise<void> {
    const { clock, ledger, calendar } = this.#options;
    while (!signal.aborted) {
      await clock.sleep(1_000, signal);
      if (signal.aborted) return;
      const now = clock.now();
      this.#state.second(now.monotonicMs);
      const { isRunning } = this.#state;
      // Fire is no fault of the camera.
      const hasFault = this.#standing(now).some((fault) => fault !== "fire");
      this.#tell(now);
      this.#options.onSecond(() => this.health());
      if (this.#told.status === "starting") continue;
      ledger.second(calendar.dayStartMs(now.wallMs), {
        isOn: isRunning,
        isGood: isRunning && !hasFault,
      });
    }
  }

  #standing(now: Instant): readonly CameraFault[] {
    return this.#state.standing(this.#events.standing(now.monotonicMs));
  }

  #tell(now: Instant): void {
    const { isRunning } = this.#state;
    const fault = this.#standing(now)[0] ?? null;
    const isDown = fault !== null && isOff(fault);
    const isKnown = this.#told.status !== "starting" || isRunning || isDown;
    if (!isKnown) return;
    const status = isDown ? "OFF" : "ON";
    if (status === this.#told.status && fault === this.#told.fault) return;
    this.#told = { status, fault };
    this.#since = now;
    this.#options.onChange(this.health());
  }
}
