/** The way to one target: what waits for it, at its own pace, with its own retries. Never holds up anything else. */

import type { Clock } from "../../config/words/time.ts";
import type { Message, Outcome, SelfTrouble, Target, ToldAlarm } from "./announcement.ts";
import type { Deliver } from "./deliver.ts";
import { createPace, type Pace } from "./pace.ts";
import { WaitingRoom } from "./waitingRoom.ts";

export interface LaneStats {
  readonly id: string;
  readonly kind: Target["kind"];
  readonly taken: number;
  /** Told by name, told as one of a number, waiting, and to be told as a number. taken is their sum. */
  readonly told: number;
  readonly counted: number;
  readonly waiting: number;
  readonly owed: number;
  readonly selfTold: number;
  readonly selfWaiting: number;
  readonly attempts: number;
  readonly failures: number;
  /** Why the newest attempt failed; null: it did not. */
  readonly trouble: string | null;
  readonly lastToldWallMs: number | null;
}

export interface LaneTools {
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly deliver: Deliver;
  /** A failure began, or ended (null). */
  onTrouble(target: Target, why: string | null): void;
}

const retryFirstMs = 1_000;
const retryMaxMs = 60_000;
/** A message that is refused so often in a row is not offered again: it may be what keeps the others from going. */
const refusedMax = 3;

export class Lane {
  readonly target: Target;
  readonly #tools: LaneTools;
  readonly #room: WaitingRoom;
  readonly #pace: Pace;
  /** By source, in their order: of each source only what holds now is worth telling. */
  readonly #self = new Map<string, SelfTrouble>();
  #selfTold = 0;
  #attempts = 0;
  #failures = 0;
  #trouble: string | null = null;
  #lastToldWallMs: number | null = null;
  #wakeAlarms: () => void = () => {};
  #wakeSelf: () => void = () => {};

  constructor(target: Target, tools: LaneTools) {
    this.target = target;
    this.#tools = tools;
    this.#room = new WaitingRoom(target.maxAgeMs);
    this.#pace = createPace(target.perMinute);
  }

  take(alarm: ToldAlarm): void {
    this.#room.take(alarm, this.#tools.clock.monotonicMs());
    this.#wakeAlarms();
  }

  self(trouble: SelfTrouble): void {
    this.#self.set(trouble.source, trouble);
    this.#wakeSelf();
  }

  get stats(): LaneStats {
    const { taken, listed, counted, waiting, owed } = this.#room.counts;
    return {
      id: this.target.id,
      kind: this.target.kind,
      ...{ taken, told: listed, counted, waiting, owed },
      selfTold: this.#selfTold,
      selfWaiting: this.#self.size,
      attempts: this.#attempts,
      failures: this.#failures,
      trouble: this.#trouble,
      lastToldWallMs: this.#lastToldWallMs,
    };
  }

  /** Ends on abort, with nothing in flight; what waits then is not told. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([this.#runAlarms(signal), this.#runSelf(signal)]);
  }

  async #runAlarms(signal: AbortSignal): Promise<void> {
    const { clock } = this.#tools;
    const pace = this.#pace;
    let failures = 0;
    let refusals = 0;
    while (!signal.aborted) {
      if (!this.#room.hasWork(clock.monotonicMs())) {
        await this.#woken(signal, (wake) => {
          this.#wakeAlarms = wake;
        });
        continue;
      }
      const waitMs = pace.waitMs(clock.monotonicMs());
      if (waitMs > 0) await clock.sleep(waitMs, signal);
      if (signal.aborted) return;
      const nowMs = clock.monotonicMs();
      const parcel = this.#room.pick(pace.freeAt(nowMs), nowMs);
      if (parcel === null) continue;
      pace.spend(nowMs);
      const outcome = await this.#attempt({ kind: "alarms", ...parcel }, signal);
      if (outcome.kind === "done") {
        this.#room.done();
        failures = 0;
        refusals = 0;
        continue;
      }
      failures += 1;
      refusals = outcome.kind === "failed" && outcome.isRefused ? refusals + 1 : 0;
      this.#room.back(refusals >= refusedMax);
      await clock.sleep(this.#pauseMs(outcome, failures), signal);
    }
  }

  /** The box's own troubles wait behind no alarm and for no pace but that of their retries; alarms give them way. */
  async #runSelf(signal: AbortSignal): Promise<void> {
    const { clock } = this.#tools;
    let failures = 0;
    while (!signal.aborted) {
      const [trouble] = this.#self.values();
      if (trouble === undefined) {
        await this.#woken(signal, (wake) => {
          this.#wakeSelf = wake;
        });
        continue;
      }
      this.#pace.spend(clock.monotonicMs());
      const outcome = await this.#attempt({ kind: "self", trouble }, signal);
      if (outcome.kind === "done") {
        // What came meanwhile from the same source is told as well.
        if (this.#self.get(trouble.source) === trouble) this.#self.delete(trouble.source);
        this.#selfTold += 1;
        failures = 0;
        continue;
      }
      failures += 1;
      await clock.sleep(this.#pauseMs(outcome, failures), signal);
    }
  }

  async #attempt(message: Message, signal: AbortSignal): Promise<Outcome> {
    const { clock, deliver, onTrouble } = this.#tools;
    this.#attempts += 1;
    const outcome = await deliver(this.target, message, signal);
    if (signal.aborted && outcome.kind !== "done") return outcome;
    const why = outcome.kind === "done" ? null : outcome.why;
    if (why === null) this.#lastToldWallMs = clock.now().wallMs;
    else this.#failures += 1;
    if (why !== this.#trouble) onTrouble(this.target, why);
    this.#trouble = why;
    return outcome;
  }

  /** Doubles with each failure in a row, with a random half off; as long as the receiver asked, if it did. */
  #pauseMs(outcome: Outcome, failures: number): number {
    const fullMs = Math.min(retryMaxMs, retryFirstMs * 2 ** Math.min(failures - 1, 20));
    const ownMs = fullMs * (0.5 + this.#tools.random() / 2);
    return outcome.kind === "limited" ? Math.max(outcome.waitMs, ownMs) : ownMs;
  }

  async #woken(signal: AbortSignal, register: (wake: () => void) => void): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const wake = (): void => resolve();
    register(wake);
    signal.addEventListener("abort", wake, { once: true });
    if (signal.aborted) wake();
    await promise;
    signal.removeEventListener("abort", wake);
  }
}
