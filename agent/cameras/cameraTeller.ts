/**
 * When a change of one camera becomes an alarm, the end of one, and a record upstream. An alarm that stood when the
 * agent last stopped goes on until there was time to see whether its fault is still there.
 */

import type { Camera } from "../../config/site.ts";
import type { Clock } from "../../config/words/time.ts";
import type { BoxEvent } from "../records.ts";
import type { CameraHealth } from "./cameraHealth.ts";
import { type CameraFault, cameraFaults } from "./faults.ts";

/** A fault is seen at its check's time, or a little after it. */
const settleMs = 30_000;

export interface CameraTellerOptions {
  readonly checks: Camera["checks"];
  /** Its alarm stood when the agent last stopped. */
  readonly stood: boolean;
  readonly clock: Clock;
  readonly condition: (health: CameraHealth, isWorse: boolean) => void;
  readonly note: (event: BoxEvent) => void;
}

export class CameraTeller {
  readonly #options: CameraTellerOptions;
  readonly #settledMs: number;
  #worst: CameraFault | null = null;
  #mayStand: boolean;

  constructor(options: CameraTellerOptions) {
    this.#options = options;
    this.#mayStand = options.stood;
    const times = Object.values(options.checks).flatMap((after) =>
      after === "off" ? [] : [after],
    );
    this.#settledMs = options.clock.monotonicMs() + Math.max(0, ...times) + settleMs;
  }

  /** Status or worst fault is another one. */
  changed(health: CameraHealth): void {
    this.#options.note(statusEvent(health));
    const fault = health.faults[0] ?? null;
    const before = this.#worst;
    this.#worst = fault;
    if (fault === null) {
      this.second(() => health);
      return;
    }
    this.#mayStand = true;
    const isWorse = before !== null && cameraFaults.indexOf(fault) < cameraFaults.indexOf(before);
    this.#options.condition(health, isWorse);
  }

  /** A second has passed; `health` is asked for only when it must be told. */
  second(health: () => CameraHealth): void {
    if (!this.#mayStand || this.#worst !== null) return;
    const { clock, stood } = this.#options;
    if (stood && clock.monotonicMs() < this.#settledMs) return;
    const now = health();
    if (now.status !== "ON") return;
    this.#mayStand = false;
    this.#options.condition({ ...now, since: clock.now() }, false);
  }
}

function statusEvent(health: CameraHealth): BoxEvent {
  const { id, code, place, status, faults, reason, since, trouble } = health;
  return {
    type: "camera-status",
    at: since,
    by: "box",
    note: `camera ${id} is ${status}: ${reason.en}`,
    details: { camera: id, code, place, status, fault: faults[0] ?? null, reason, faults, trouble },
  };
}
