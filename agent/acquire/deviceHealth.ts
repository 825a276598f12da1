/** Whether a device answers: up, suspect, down; and when a silent one is probed again. Pure. */

import { unreachable } from "../../config/words/result.ts";
import { type DriverError, isGatewaysWord } from "../../drivers/errors.ts";

export type DeviceHealth =
  | { readonly phase: "up" }
  /** Failed lately, still asked in its turn. */
  | { readonly phase: "suspect"; readonly failures: number }
  /** Asked only in the line's spare time, not before `probeAtMs` (monotonic). */
  | { readonly phase: "down"; readonly failures: number; readonly probeAtMs: number };

export const up: DeviceHealth = { phase: "up" };

/** Failures in a row that make a device down: one lost frame on a noisy line must not. */
export const failuresUntilDown = 2;
/** Wait between probes of a silent device: doubles from the first to the second. */
export const probeMs = { first: 1_000, most: 30_000 } as const;

/** What an answer, or its failure, says about the device itself. */
type Verdict = "alive" | "failed" | "not-asked" | "nothing";

function verdict(error: DriverError | null): Verdict {
  if (error === null) return "alive";
  switch (error.kind) {
    case "timeout":
      return error.notAsked === true ? "not-asked" : "failed";
    case "badReply":
      return "failed";
    case "deviceBusy":
    case "refused":
      return isGatewaysWord(error) ? "failed" : "alive";
    case "lineDown":
    case "aborted":
      return "nothing";
    default:
      return unreachable(error);
  }
}

/** The health after one question; `error` is null for a good answer. One good answer brings a device back. */
export function nextHealth(
  health: DeviceHealth,
  error: DriverError | null,
  nowMs: number,
): DeviceHealth {
  const said = verdict(error);
  if (said === "nothing") return health;
  if (said === "not-asked") {
    // The line keeps away from this unit for a moment: no news of it, but a probe must not try again at once.
    if (health.phase !== "down") return health;
    return { ...health, probeAtMs: nowMs + probeMs.first };
  }
  if (said === "alive") return health.phase === "up" ? health : up;
  const failures = health.phase === "up" ? 1 : health.failures + 1;
  if (failures < failuresUntilDown) return { phase: "suspect", failures };
  const waitMs = probeMs.first * 2 ** Math.min(failures - failuresUntilDown, 10);
  return { phase: "down", failures, probeAtMs: nowMs + Math.min(waitMs, probeMs.most) };
}
