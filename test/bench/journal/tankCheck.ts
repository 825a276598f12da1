/** Compares decoded records with the readings that were put in: every one there, none changed. */

import { openPayload } from "../../../agent/wire/payload.ts";
import { decodeReadings } from "../../../agent/wire/readingsDecoder.ts";
import type { TankData } from "./tankData.ts";

export class TankCheck {
  readonly #data: TankData;
  readonly #startWallMs: number;
  readonly #isSeen: Uint8Array;
  #wrong = 0;

  /** Second 0 of `data` was taken within the second that begins at `startWallMs`. */
  constructor(data: TankData, startWallMs: number) {
    this.#data = data;
    this.#startWallMs = startWallMs;
    this.#isSeen = new Uint8Array(data.tags * data.seconds.length);
  }

  /** One `readings` record as stored or received. Throws when it is none. */
  take(bytes: Uint8Array): void {
    const opened = openPayload(bytes);
    const points = opened.ok ? decodeReadings(opened.value.body) : opened;
    if (!points.ok) throw new Error(points.error);
    for (const { tag, wallMs, values } of points.value) {
      const column = Number(tag.slice(1));
      for (const [i, value] of values.entries()) {
        const second = Math.floor(((wallMs[i] ?? 0) - this.#startWallMs) / 1_000);
        this.#wrong += Number(this.#data.seconds[second]?.[column] !== value);
        this.#isSeen[second * this.#data.tags + column] = 1;
      }
    }
  }

  get checked(): number {
    return this.#isSeen.reduce((sum, seen) => sum + seen, 0);
  }

  /** Readings that came changed, and readings that never came. */
  get wrong(): number {
    return this.#wrong + this.#isSeen.length - this.checked;
  }
}
