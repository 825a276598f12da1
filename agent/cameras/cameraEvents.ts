/**
 * What a camera notices by itself, by ONVIF: told as box events, at a bounded pace; tamper and fire also stand as
 * faults until the camera says that they are over.
 */

import type { Clock, Instant } from "../../config/words/time.ts";
import type { CameraError } from "../../drivers/cameras/contract.ts";
import type { EventEars } from "../../drivers/cameras/onvif/pullEvents.ts";
import type { OnvifEvent } from "../../drivers/cameras/onvif/readEvents.ts";
import type { BoxEvent } from "../records.ts";
import type { CameraFault } from "./faults.ts";

/** So many at once, and then one in so long: a camera that sees leaves in the wind must not fill the journal. */
const toldMax = 10;
const toldEveryMs = 60_000;
/** A camera that only says that something happened says nothing of its end. */
const pulseMs = 60_000;
/** States told at the beginning of a subscription come with its first answers. */
const confirmMs = 60_000;
/** Topics and sources of one camera that are remembered. */
const statesMax = 64;
const refusedMs = 3_600_000;
const lockMs = 600_000;
const retryMs = 30_000;

interface State {
  readonly value: OnvifEvent["state"];
  readonly fault: CameraFault | null;
  /** Monotonic; null: until the camera says so. */
  readonly endsMs: number | null;
}

export class CameraEvents {
  readonly #options: {
    readonly id: string;
    readonly clock: Clock;
    readonly note: (event: BoxEvent) => void;
  };
  readonly #states = new Map<string, State>();
  #left = toldMax;
  #refilledMs: number;
  #untold = 0;

  constructor(options: {
    readonly id: string;
    readonly clock: Clock;
    readonly note: (event: BoxEvent) => void;
  }) {
    this.#options = options;
    this.#refilledMs = options.clock.monotonicMs();
  }

  /** Ends on abort. */
  async follow(
    subscribe: (ears: EventEars, signal: AbortSignal) => Promise<CameraError>,
    signal: AbortSignal,
  ): Promise<void> {
    const ears: EventEars = {
      onSubscribed: () => this.#subscribed(),
      onEvent: (event) => this.take(event),
    };
    while (!signal.aborted) {
      const { kind } = await subscribe(ears, signal);
      // Not offered: it may be after a change of its settings. A wrong password tried often locks the camera.
      const waitMs = kind === "refused" ? refusedMs : kind === "unauthorised" ? lockMs : retryMs;
      await this.#options.clock.sleep(waitMs, signal);
    }
  }

  take(event: OnvifEvent & { readonly arrivedAt: Instant }): void {
    const { topic, source, state, about, arrivedAt } = event;
    const key = JSON.stringify([topic, source]);
    const before = this.#states.get(key);
    if (before === undefined && this.#states.size >= statesMax) {
      this.#untold += 1;
      return;
    }
    const fault = about === "tamper" || about === "fire" ? faultOf[about] : null;
    const isPulse = typeof state !== "boolean";
    const endsMs = isPulse ? arrivedAt.monotonicMs + pulseMs : null;
    this.#states.set(key, { value: state, fault: state === false ? null : fault, endsMs });
    const isNews = isPulse || before?.value !== state;
    // What was quiet before we asked, and still is, is no news.
    const isQuiet = state === false && (event.isInitial || before === undefined);
    if (isNews && !isQuiet) this.#tell(event);
  }

  /** Faults that the camera itself tells of, now. */
  standing(nowMs: number): readonly CameraFault[] {
    return [...this.#states.values()].flatMap(({ fault, endsMs }) =>
      fault === null || (endsMs !== null && nowMs >= endsMs) ? [] : [fault],
    );
  }

  /** What stood is told anew by cameras that know states; by others it is over. */
  #subscribed(): void {
    const nowMs = this.#options.clock.monotonicMs();
    for (const [key, state] of this.#states) {
      if (state.fault !== null && state.endsMs === null) {
        this.#states.set(key, { ...state, endsMs: nowMs + confirmMs });
      }
    }
  }

  #tell(event: OnvifEvent & { readonly arrivedAt: Instant }): void {
    const { topic, about, state, source, atDevice, arrivedAt } = event;
    const { id, note } = this.#options;
    const refill = Math.floor((arrivedAt.monotonicMs - this.#refilledMs) / toldEveryMs);
    if (refill > 0) {
      this.#left = Math.min(toldMax, this.#left + refill);
      this.#refilledMs += refill * toldEveryMs;
    }
    if (this.#left === 0) {
      this.#untold += 1;
      return;
    }
    this.#left -= 1;
    const untold = this.#untold;
    this.#untold = 0;
    note({
      type: "camera-event",
      at: arrivedAt,
      by: "box",
      note: `camera ${id} tells of ${words[about]}: ${state ?? "it happened"} (${topic})`.slice(
        0,
        300,
      ),
      details: { camera: id, about, topic, state, source, atDevice, untold },
    });
  }
}

const faultOf = { tamper: "tampered", fire: "fire" } as const;

const words: Readonly<Record<OnvifEvent["about"], string>> = {
  ...{ motion: "motion", tamper: "tampering", fire: "fire or smoke" },
  ...{ videoLoss: "a lost video signal", other: "something" },
};
