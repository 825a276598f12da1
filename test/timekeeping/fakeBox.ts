/** A box with a clock that may be wrong, the true time beside it, and a chronyd that behaves like the real one. */

import { setImmediate as turn } from "node:timers/promises";
import type { BoxEvent } from "../../agent/records.ts";
import type { Machine } from "../../agent/timekeeping/machine.ts";
import { createTimekeeper, type Timekeeper } from "../../agent/timekeeping/timekeeper.ts";
import type { ClockState } from "../../agent/wire/envelope.ts";
import { FakeClock } from "../fakes/fakeClock.ts";

/** What the real one does with an offset of more than a second; less is slewed away. */
const steppedMs = 1_000;
const pollMs = 16_000;
/** Per second of running time. */
const slewMs = 80;
const dispersionPpm = 15;

export class FakeBox implements Machine {
  readonly clock: FakeClock;
  readonly startMs: number;
  /** Programs that run at this moment, and the most there ever were. */
  running = 0;
  runningMax = 0;
  asked = 0;
  /** Whether chronyd runs, and whether it reaches its server. */
  isChronydUp = true;
  isServerReachable = true;
  /** Whether chronyd sets the clock, or only slews. */
  maySet = true;
  bootId = "boot-1";
  #aheadMs: number;
  #sleptMs = 0;
  #heard: { readonly update: number; readonly monotonicMs: number } | null = null;
  /** What chronyd believes to be left to correct. */
  #leftMs = 0;

  constructor(options: { readonly wallMs: number; readonly trueMs: number }) {
    this.clock = new FakeClock(options.wallMs);
    this.startMs = this.clock.monotonicMs();
    this.#aheadMs = options.trueMs - this.startMs;
  }

  /** The true time, now or at another monotonic time since the box last slept or drifted. */
  trueMs(monotonicMs: number = this.clock.monotonicMs()): number {
    return monotonicMs + this.#aheadMs;
  }

  get errorMs(): number {
    return this.trueMs() - this.clock.now().wallMs;
  }

  /** A crystal runs wrong: true time moves on against both clocks. */
  drift(ms: number): void {
    this.#aheadMs += ms;
  }

  /** The machine sleeps; its wall clock goes on. */
  sleep(ms: number): void {
    this.#sleptMs += ms;
    this.#aheadMs += ms;
    this.clock.stepWall(ms);
  }

  /** chronyd's work, until `signal` aborts. */
  async discipline(signal: AbortSignal): Promise<void> {
    for (let second = 0; !signal.aborted; second += 1) {
      if (this.isChronydUp) {
        if (this.isServerReachable && (second * 1_000) % pollMs === 0) this.#poll();
        const left = Math.sign(this.#leftMs) * Math.min(slewMs, Math.abs(this.#leftMs));
        this.clock.stepWall(left);
        this.#leftMs -= left;
      } else {
        this.#heard = null;
        this.#leftMs = 0;
      }
      await this.clock.sleep(1_000, signal);
    }
  }

  #poll(): void {
    const { errorMs } = this;
    const isSet = this.maySet && Math.abs(errorMs) > steppedMs;
    if (isSet) this.clock.stepWall(errorMs);
    this.#leftMs = isSet ? 0 : errorMs;
    const update = (this.#heard?.update ?? 1_700_000_000) + 16;
    this.#heard = { update, monotonicMs: this.clock.monotonicMs() };
  }

  async run({ program }: { readonly program: string }): Promise<string | null> {
    this.asked += 1;
    this.running += 1;
    this.runningMax = Math.max(this.runningMax, this.running);
    await turn();
    this.running -= 1;
    return program === "chronyc" && this.isChronydUp ? this.#tracking() : null;
  }

  #tracking(): string {
    if (this.#heard === null) return "00000000,,0,0.0,0.0,0,0,0,0,0,1.0,1.0,0.0,Not synchronised\n";
    const { update, monotonicMs } = this.#heard;
    const silentMs = this.clock.monotonicMs() - monotonicMs;
    const dispersion = 0.001 + (silentMs * dispersionPpm) / 1e9;
    return `0A000001,10.0.0.1,3,${update}.5,${this.#leftMs / 1_000},0,0,0,0,0,0.002,${dispersion},16.0,Normal\n`;
  }

  async read(path: string): Promise<string | null> {
    const uptimeMs = this.clock.monotonicMs() + this.#sleptMs;
    if (path === "/proc/uptime") return `${(uptimeMs / 1_000).toFixed(2)} 12.34\n`;
    return path === "/proc/sys/kernel/random/boot_id" ? `${this.bootId}\n` : null;
  }

  async modifiedMs(): Promise<number | null> {
    return null;
  }
}

export interface Kept extends AsyncDisposable {
  readonly keeper: Timekeeper;
  readonly states: readonly ClockState[];
  readonly events: readonly BoxEvent[];
  of(type: BoxEvent["type"]): readonly BoxEvent[];
}

/** Timekeeping and chronyd at work on the box. */
export function keepTime(
  box: FakeBox,
  also: {
    readonly onState?: (state: ClockState) => void;
    readonly onEvent?: (event: BoxEvent) => void;
  } = {},
): Kept {
  const states: ClockState[] = [];
  const events: BoxEvent[] = [];
  const stop = new AbortController();
  const keeper = createTimekeeper({
    clock: box.clock,
    machine: box,
    onState: (state) => {
      states.push(state);
      also.onState?.(state);
    },
    onEvent: (event) => {
      events.push(event);
      also.onEvent?.(event);
    },
  });
  const runs = [box.discipline(stop.signal), keeper.run(stop.signal)];
  return {
    keeper,
    states,
    events,
    of: (type) => events.filter((event) => event.type === type),
    async [Symbol.asyncDispose]() {
      stop.abort();
      await box.clock.advance(0);
      await Promise.all(runs);
    },
  };
}
