/** The health of a line and of its devices: tells a line at fault (converter, wiring, baud rate) from dead devices. Pure. */

import type { DriverError } from "../../drivers/errors.ts";
import { type DeviceHealth, nextHealth, up } from "./deviceHealth.ts";

/** What one answer, or its failure, changed. */
export interface HealthChange {
  readonly after: DeviceHealth;
  /** A silent device answers again. */
  readonly isBack: boolean;
  /** Devices that were blamed before it was known that the line is at fault. */
  readonly cleared: readonly number[];
}

const nobody: readonly number[] = [];

export class LineHealth {
  readonly devices: DeviceHealth[];
  /** When each device stopped to answer; NaN while it answers. */
  readonly #silentSince: Float64Array;
  readonly #burstMs: number;
  #isWireDown = false;
  #isAllSilent = false;

  /** `burstMs`: devices that stop to answer within this time stopped together. */
  constructor(count: number, burstMs: number) {
    this.devices = Array.from({ length: count }, () => up);
    this.#silentSince = new Float64Array(count).fill(Number.NaN);
    this.#burstMs = burstMs;
  }

  /** `wire`: it cannot be opened. `all-silent`: all its devices stopped together. Null: it works. */
  get fault(): "wire" | "all-silent" | null {
    if (this.#isWireDown) return "wire";
    return this.#isAllSilent ? "all-silent" : null;
  }

  /** After one question to `device`; `error` is null for a good answer. */
  learn(device: number, error: DriverError | null, nowMs: number): HealthChange {
    const before = this.devices[device] ?? up;
    const after = nextHealth(before, error, nowMs);
    this.devices[device] = after;
    this.#isWireDown = error?.kind === "lineDown";
    if (after.phase === "up") {
      this.#silentSince[device] = Number.NaN;
      const isAnswer = error?.kind !== "lineDown" && error?.kind !== "aborted";
      if (this.#isAllSilent && isAnswer) this.#worksAgain(nowMs);
      return { after, isBack: before.phase === "down", cleared: nobody };
    }
    if (before.phase === "up") this.#silentSince[device] = nowMs;
    return { after, isBack: false, cleared: this.#clearedBy(nowMs) };
  }

  /** Who fell silent with the line is asked again at once. */
  #worksAgain(nowMs: number): void {
    this.#isAllSilent = false;
    for (const [i, state] of this.devices.entries()) {
      if (state.phase === "down") this.devices[i] = { ...state, probeAtMs: nowMs };
    }
  }

  #clearedBy(nowMs: number): readonly number[] {
    if (this.#isAllSilent || this.devices.length < 2) return nobody;
    if (this.devices.some((state) => state.phase === "up")) return nobody;
    const burst = [...this.devices.keys()].filter(
      (i) => nowMs - (this.#silentSince[i] ?? Number.NaN) <= this.#burstMs,
    );
    if (burst.length < 2) return nobody;
    this.#isAllSilent = true;
    return burst;
  }
}
