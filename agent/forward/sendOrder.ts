/** Which lane may send its next record now: alarms, gaps and events, live, backlog (pure). */

import type { Lane } from "../records.ts";

/** First to last. Written out, because the order is the promise of this file. */
export const sendingOrder: readonly Lane[] = ["alarm", "gap", "live", "backlog"];

export interface SendState {
  /** Size in bytes of a lane's next record that may be sent; null: none. Asked in order, no further than needed. */
  ready(lane: Lane): number | null;
  /** Unanswered messages: all of them, and the bulk (everything but alarms) with its bytes. */
  readonly inFlight: { readonly all: number; readonly bulk: number; readonly bulkBytes: number };
  /** What bulk may have unanswered. */
  readonly window: { readonly messages: number; readonly bytes: number };
  /** What the broker allows in all. */
  readonly inFlightMax: number;
}

/** Places of the broker's bound that bulk never takes, so that an alarm always finds one. */
export function alarmPlaces(inFlightMax: number): number {
  return Math.min(4, Math.floor(inFlightMax / 4));
}

/**
 * Alarms wait for nothing but the broker's own bound. All else shares one window; a record larger than the
 * window goes when nothing else of the bulk is under way. A lane never passes an earlier one that is ready:
 * when the earlier does not fit yet, the later waits too, or it would starve it for ever.
 */
export function nextLane(state: SendState): Lane | null {
  const { inFlight, window, inFlightMax } = state;
  if (inFlight.all >= inFlightMax) return null;
  let sizeBytes: number | null = null;
  const lane = sendingOrder.find((candidate) => {
    sizeBytes = state.ready(candidate);
    return sizeBytes !== null;
  });
  if (lane === undefined || lane === "alarm") return lane ?? null;
  if (inFlight.bulk === 0) return lane;
  const places = Math.min(window.messages, inFlightMax - alarmPlaces(inFlightMax));
  const fits = inFlight.bulk < places && inFlight.bulkBytes + (sizeBytes ?? 0) <= window.bytes;
  return fits ? lane : null;
}
