/** What became of a device's questions, counted. */

import type { Instant, MonotonicMs } from "../../config/words/time.ts";
import type { DriverError } from "../../drivers/errors.ts";
import type { DeviceHealth } from "./deviceHealth.ts";

export interface DeviceCounters {
  asked: number;
  good: number;
  timeouts: number;
  badReplies: number;
  exceptions: number;
  health: DeviceHealth["phase"];
  lastError: string;
  lastGoodMs: MonotonicMs | null;
}

export function freshCounters(): DeviceCounters {
  return {
    asked: 0,
    good: 0,
    timeouts: 0,
    badReplies: 0,
    exceptions: 0,
    health: "up",
    lastError: "",
    lastGoodMs: null,
  };
}

export function count(
  counters: DeviceCounters | undefined,
  error: DriverError | null,
  health: DeviceHealth,
  at: Instant,
): void {
  if (counters === undefined) return;
  counters.asked += 1;
  counters.health = health.phase;
  if (error === null) {
    counters.good += 1;
    counters.lastGoodMs = at.monotonicMs;
    return;
  }
  counters.lastError = error.message;
  if (error.kind === "timeout") counters.timeouts += 1;
  else if (error.kind === "badReply") counters.badReplies += 1;
  else if (error.kind === "deviceBusy" || error.kind === "refused") counters.exceptions += 1;
}
