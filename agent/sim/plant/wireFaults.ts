/** How scenarios bend what a slave does on the wire. Pure. */

import { type Answer, answer, refusal, type Slave } from "./pdu.ts";

/** Asked anew for every request. */
export interface SlaveMood {
  readonly isDead: boolean;
  readonly isBusy: boolean;
  /** Added before the reply, ms. */
  readonly delayMs: number;
}

/** One slave of a line, as the servers see it. */
export interface Station {
  readonly unit: number;
  readonly slave: Slave;
  /** Time from the end of a question to the start of the answer, ms. */
  readonly turnaroundMs: number;
  mood(): SlaveMood;
}

export const wellMood: SlaveMood = { isDead: false, isBusy: false, delayMs: 0 };

const busy = 6;

/** What the station says, and after how long; null: it keeps silent. Writes are refused even when busy. */
export function respond(
  station: Station,
  request: Uint8Array,
): { readonly answer: Answer; readonly delayMs: number } | null {
  const mood = station.mood();
  if (mood.isDead) return null;
  const delayMs = station.turnaroundMs + mood.delayMs;
  const functionCode = request[0] ?? 0;
  const isRead = functionCode >= 1 && functionCode <= 4;
  if (mood.isBusy && isRead) return { answer: refusal(functionCode, busy), delayMs };
  return { answer: answer(request, station.slave), delayMs };
}

/** Whether the request is one that would change the device, even if nobody answers it. */
export function isWriteRequest(request: Uint8Array): boolean {
  return refusal(request[0] ?? 0, 1).isWrite;
}
