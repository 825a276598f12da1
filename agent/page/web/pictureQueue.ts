/**
 * Pictures come two at a time and no more: a browser has six connections to the box, and the acknowledge button must
 * never wait behind pictures.
 */

import { pictureTimeHeader } from "../protocol/cameras.ts";

/** `url` is an address inside the browser: give it back with `URL.revokeObjectURL`. */
export interface Picture {
  readonly url: string;
  readonly takenMs: number;
}

const atOnceMax = 2;
const answerMsMax = 10_000;

let running = 0;
const waiting: (() => void)[] = [];

/** Null: there is none, or the box did not answer. */
export async function fetchPicture(path: string): Promise<Picture | null> {
  if (running >= atOnceMax) await new Promise<void>((resolve) => waiting.push(resolve));
  running += 1;
  try {
    const response = await fetch(path, {
      ...{ credentials: "same-origin", cache: "no-store" },
      signal: AbortSignal.timeout(answerMsMax),
    });
    const takenMs = Number(response.headers.get(pictureTimeHeader) ?? Number.NaN);
    if (!response.ok || !Number.isFinite(takenMs)) return null;
    return { url: URL.createObjectURL(await response.blob()), takenMs };
  } catch {
    return null;
  } finally {
    running -= 1;
    waiting.shift()?.();
  }
}
