/**
 * Knows whether the box's clock can be trusted, and tells when it cannot. Never sets it.
 *
 * - Every record says in its envelope what was known of the clock when it was sealed (`onState`).
 * - From the moment the clock is in doubt until a source vouches for it again runs a span of monotonic time; the
 *   event `clock-synchronised` that ends it says where every monotonic time of the span belongs.
 * - After a step nothing is believed until the source has heard from its reference once more: it may have been set by
 *   the source itself, or by somebody whom the source has not noticed yet.
 * - One program at a time is asked; what it said before a step is not used after it.
 */

import type { Clock, Instant } from "../../config/words/time.ts";
import type { BoxEvent, BoxEventType } from "../records.ts";
import { type ClockState, unknownClock } from "../wire/envelope.ts";
import { askSources } from "./askSources.ts";
import { DoubtfulSpan } from "./doubtfulSpan.ts";
import { type Machine, readBootId, readUptimeMs } from "./machine.ts";
import { type Jump, StepWatch } from "./stepWatch.ts";
import { clockStateOf, type SourceAnswer } from "./timeSource.ts";

/** What the status says of the clock. */
export interface ClockStatus extends ClockState {
  /** Times the wall clock was set since the agent began. */
  readonly steps: number;
  /** By the wall clock as it is after that step; null: none. */
  readonly lastStepAt: number | null;
}

export interface Timekeeper {
  /** Watches until `signal` aborts. Never throws for what other programs do. */
  run(signal: AbortSignal): Promise<void>;
  readonly state: ClockState;
  readonly status: ClockStatus;
}

const lookEveryMs = 1_000;
const askEveryMs = 60_000;
/** While the clock is in doubt; sooner in the first minutes, when the answer is most likely to change. */
const askInDoubtMs = 20_000;
const askEagerlyMs = 5_000;
const eagerMs = 600_000;
/** A source that says nothing for this long, e.g. while it is restarted, is believed as before. */
const silenceMsMax = 300_000;
/** Steps told by an event of their own within an hour; further ones are only counted. */
const stepEventsMax = 60;
const hourMs = 3_600_000;

export function createTimekeeper(options: TimekeeperOptions): Timekeeper {
  return new ClockWatch(options);
}

export interface TimekeeperOptions {
  readonly clock: Clock;
  readonly machine: Machine;
  /** At each change of what is known of the clock. */
  readonly onState: (state: ClockState) => void;
  /** `clock-step`, `clock-synchronised` and `clock-unsynchronised`. */
  readonly onEvent: (event: BoxEvent) => void;
}

/** What has to change in the source's answers before it is believed again. */
type Mistrust =
  | { readonly kind: "nothing heard since the step" }
  | { readonly kind: "only this heard"; readonly update: string };

class ClockWatch implements Timekeeper {
  readonly #options: TimekeeperOptions;
  readonly #steps: StepWatch;
  #state: ClockState = unknownClock;
  #span: DoubtfulSpan | null;
  #doubtSinceMs: number;
  #mistrust: Mistrust | null = null;
  #heard: { readonly update: string | null; readonly atMs: number };
  #answeredMs: number;
  #bootId: string | null = null;
  /** Uptime minus monotonic clock: grows while the machine sleeps. */
  #sleptMs: number | null = null;
  #stepCount = 0;
  #lastStepAt: number | null = null;
  #stepsTold: number[] = [];
  /** Every step so far was told. */
  #told: Promise<void> = Promise.resolve();
  #wake = new AbortController();

  constructor(options: TimekeeperOptions) {
    this.#options = options;
    const now = options.clock.now();
    this.#steps = new StepWatch(options.clock);
    this.#span = new DoubtfulSpan(now, null);
    this.#doubtSinceMs = now.monotonicMs;
    this.#heard = { update: null, atMs: now.monotonicMs };
    this.#answeredMs = now.monotonicMs;
  }

  get state(): ClockState {
    return this.#state;
  }

  get status(): ClockStatus {
    return { ...this.#state, steps: this.#stepCount, lastStepAt: this.#lastStepAt };
  }

  async run(signal: AbortSignal): Promise<void> {
    this.#bootId = await readBootId(this.#options.machine);
    this.#sleptMs = await this.#readSleptMs();
    await Promise.all([this.#keepLooking(signal), this.#keepAsking(signal)]);
  }

  async #keepLooking(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#look();
      await this.#told;
      await this.#options.clock.sleep(lookEveryMs, signal);
    }
  }

  async #keepAsking(signal: AbortSignal): Promise<void> {
    const { clock, machine } = this.#options;
    while (!signal.aborted) {
      const steps = this.#stepCount;
      const answer = await askSources(machine, signal);
      if (signal.aborted) return;
      this.#look();
      await this.#told;
      // Nobody knows whether a step came before or after those words.
      if (steps === this.#stepCount) this.#take(answer, clock.now());
      await clock.sleep(this.#askAgainMs(), AbortSignal.any([signal, this.#wake.signal]));
    }
  }

  #askAgainMs(): number {
    if (this.#span === null) return askEveryMs;
    const doubtMs = this.#options.clock.monotonicMs() - this.#doubtSinceMs;
    if (doubtMs < eagerMs) return askEagerlyMs;
    return this.#state.state === "unknown" ? askEveryMs : askInDoubtMs;
  }

  /** A step of a trusted clock puts it in doubt from the look before. */
  #look(): void {
    const jump = this.#steps.look();
    if (jump === null) return;
    this.#stepCount += 1;
    this.#lastStepAt = jump.after.wallMs;
    if (this.#span === null) {
      this.#doubt(jump.before, this.#state.offsetMs ?? 0);
      this.#become({ ...this.#state, state: "unsynchronised", offsetMs: null });
    }
    this.#mistrust = { kind: "nothing heard since the step" };
    this.#doubtSinceMs = jump.after.monotonicMs;
    this.#wake.abort();
    this.#wake = new AbortController();
    this.#told = this.#told.then(() => this.#tellStep(jump));
  }

  #doubt(from: Instant, offsetMs: number): void {
    this.#span = new DoubtfulSpan(from, offsetMs);
    this.#doubtSinceMs = from.monotonicMs;
  }

  #take(answer: SourceAnswer | null, now: Instant): void {
    if (answer === null) {
      if (now.monotonicMs - this.#answeredMs >= silenceMsMax) this.#lose(unknownClock, now);
      return;
    }
    this.#answeredMs = now.monotonicMs;
    const isNews = answer.update !== this.#heard.update;
    if (isNews) {
      this.#heard = { update: answer.update, atMs: now.monotonicMs };
    }
    const state = clockStateOf(answer, now.monotonicMs - this.#heard.atMs);
    if (this.#isMistrusted(answer)) {
      this.#become({ ...state, state: "unsynchronised", offsetMs: null });
    } else if (state.state === "synchronised") this.#trust(state, now);
    else {
      this.#lose(state, now);
      // A source without news repeats what it measured long ago.
      if (isNews && state.offsetMs !== null) this.#span?.learn(now, state.offsetMs);
    }
  }

  /**
   * After a step the source may go on repeating what it measured before. The kernel's flag does not: who
   * sets the clock takes it back; and a source that says so itself needs no doubt of ours.
   */
  #isMistrusted({ update, isSynchronised }: SourceAnswer): boolean {
    const mistrust = this.#mistrust;
    if (mistrust === null) return false;
    const isKnown = mistrust.kind === "only this heard" && mistrust.update !== update;
    if (update === null || !isSynchronised || isKnown) this.#mistrust = null;
    else this.#mistrust = { kind: "only this heard", update };
    return this.#mistrust !== null;
  }

  #trust(state: ClockState, now: Instant): void {
    const span = this.#span;
    this.#span = null;
    this.#become(state);
    if (span === null) return;
    const placing = span.end(now, state.offsetMs ?? 0);
    const note = `the clock agrees with ${state.source}; ${placing.offsetMs} ms belong to stamps made at the beginning of the doubt`;
    this.#tell("clock-synchronised", {
      at: now,
      note,
      details: { ...placing, source: state.source },
    });
  }

  #lose(state: ClockState, now: Instant): void {
    const before = this.#state;
    this.#become(state);
    if (this.#span !== null) return;
    this.#doubt(now, before.offsetMs ?? 0);
    const note =
      state.state === "unknown"
        ? `${before.source} does not answer any more; nobody vouches for the clock`
        : `${state.source} does not vouch for the clock any more`;
    const details = { source: before.source, offsetMs: state.offsetMs };
    this.#tell("clock-unsynchronised", { at: now, note, details });
  }

  #become(state: ClockState): void {
    const before = this.#state;
    this.#state = state;
    const isSame =
      before.source === state.source &&
      before.state === state.state &&
      before.offsetMs === state.offsetMs;
    if (!isSame) this.#options.onState(state);
  }

  async #tellStep({ before, after, ms }: Jump): Promise<void> {
    const suspendedMs = await this.#suspendedMs();
    if (suspendedMs > 0) {
      this.#span?.slept({
        fromMonotonicMs: before.monotonicMs,
        toMonotonicMs: after.monotonicMs,
        ms: suspendedMs,
      });
    }
    const nowMs = after.monotonicMs;
    this.#stepsTold = this.#stepsTold.filter((toldMs) => nowMs - toldMs < hourMs);
    if (this.#stepsTold.length >= stepEventsMax) return;
    this.#stepsTold.push(nowMs);
    const stepMs = Math.round(ms);
    const afterWallMs = Math.round(after.wallMs);
    const details = {
      stepMs,
      beforeWallMs: afterWallMs - stepMs,
      afterWallMs,
      monotonicMs: Math.round(nowMs),
      suspendedMs,
      steps: this.#stepCount,
    };
    const note =
      suspendedMs > 0
        ? `the box slept for about ${suspendedMs} ms; its clock moved by ${stepMs} ms against the running time`
        : `the clock was set by ${stepMs} ms`;
    this.#tell("clock-step", { at: after, note, details });
  }

  /** Since the step before, in whole seconds' precision; 0 where it cannot be told. */
  async #suspendedMs(): Promise<number> {
    const before = this.#sleptMs;
    const after = await this.#readSleptMs();
    this.#sleptMs = after ?? before;
    const suspendedMs = before === null || after === null ? 0 : Math.round(after - before);
    return suspendedMs >= lookEveryMs ? suspendedMs : 0;
  }

  async #readSleptMs(): Promise<number | null> {
    const uptimeMs = await readUptimeMs(this.#options.machine);
    return uptimeMs === null ? null : uptimeMs - this.#options.clock.monotonicMs();
  }

  #tell(
    type: BoxEventType,
    event: {
      readonly at: Instant;
      readonly note: string;
      readonly details: Readonly<Record<string, unknown>>;
    },
  ): void {
    const details = { ...event.details, bootId: this.#bootId };
    this.#options.onEvent({ type, at: event.at, by: "box", note: event.note, details });
  }
}
