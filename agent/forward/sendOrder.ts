/** Which lane may send its next record now: alarms, events, gaps, live, evidence, backlog (pure). */

import type { Lane } from "../records.ts";
import type { Owed } from "./trustWindow.ts";

/** First to last. Written out, because the order is the promise of this file. */
export const sendingOrder: readonly Lane[] = [
  "alarm",
  "event",
  "gap",
  "live",
  "evidence",
  "piece",
  "backlog",
];

const beforeClaims = sendingOrder.slice(0, sendingOrder.indexOf("live"));
const afterClaims = sendingOrder.slice(beforeClaims.length);

/** Small, rare and awaited by people: neither a window nor a rate holds these back. */
export function isUrgent(lane: Lane): boolean {
  return lane === "alarm" || lane === "event";
}

export interface SendState {
  /** Size in bytes of a lane's next record that may be sent; null: none. Asked in order, no further than needed. */
  ready(lane: Lane): number | null;
  /** Lanes that have waited for their share of the line: they go before live readings. */
  readonly claims: readonly Lane[];
  /** Messages that the broker has not answered: all of them, and the bulk (all that is not urgent) with its bytes. */
  readonly inFlight: { readonly all: number; readonly bulk: number; readonly bulkBytes: number };
  /** What bulk may have unanswered by the broker. */
  readonly window: { readonly messages: number; readonly bytes: number };
  /** Bulk that the platform has not confirmed, and what may be. */
  readonly owed: Owed;
  readonly trust: Owed;
  /** What the broker allows in all. */
  readonly inFlightMax: number;
}

/** Places of the broker's bound that only alarms take, so that an alarm always finds one. */
export function alarmPlaces(inFlightMax: number): number {
  return Math.min(4, Math.floor(inFlightMax / 4));
}

/**
 * Alarms wait for nothing but the broker's own bound, events leave some of it to the alarms. All else shares two
 * windows, to the broker and to the platform; a record larger than a window goes when nothing else of the bulk is
 * in it. But for its claim, a lane never passes an earlier one that is ready: when the earlier does not fit yet, the
 * later waits too, or it would starve it for ever.
 */
export function nextLane(state: SendState): Lane | null {
  const { inFlight, inFlightMax } = state;
  if (inFlight.all >= inFlightMax) return null;
  let sizeBytes: number | null = null;
  const lane = [...beforeClaims, ...state.claims, ...afterClaims].find((candidate) => {
    sizeBytes = state.ready(candidate);
    return sizeBytes !== null;
  });
  if (lane === undefined || lane === "alarm") return lane ?? null;
  const bulkPlaces = inFlightMax - alarmPlaces(inFlightMax);
  if (lane === "event") return inFlight.all < bulkPlaces ? lane : null;
  return bulkFits(state, sizeBytes ?? 0) ? lane : null;
}

function bulkFits(state: SendState, sizeBytes: number): boolean {
  const { inFlight, window, owed, trust, inFlightMax } = state;
  const places = Math.min(window.messages, inFlightMax - alarmPlaces(inFlightMax));
  const fitsLine =
    inFlight.bulk === 0 ||
    (inFlight.bulk < places && inFlight.bulkBytes + sizeBytes <= window.bytes);
  const fitsTrust =
    owed.records === 0 || (owed.records < trust.records && owed.bytes + sizeBytes <= trust.bytes);
  return fitsLine && fitsTrust;
}
