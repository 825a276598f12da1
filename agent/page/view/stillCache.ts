/**
 * The newest picture of each camera for however many browsers look: one question to the camera at a time, and none
 * sooner than half a second after the one before. A camera that gives none leaves its last picture, with its old time.
 */

import sharp from "sharp";
import type { Clock } from "../../../config/words/time.ts";
import type { Cameras } from "../../cameras/cameraHealth.ts";
import type { TakenPicture } from "../server/sources.ts";

export interface StillCache {
  /** At most so wide, as JPEG. Null: no such camera, or it never gave a picture. */
  picture(camera: string, widthMax: number): Promise<TakenPicture | null>;
}

const freshMs = 500;
const askMsMax = 8_000;
/** What is kept of each camera: wide enough for a whole screen. */
const keptWidth = 1_920;
const quality = 80;
/** Widths are rounded up to these, so that browsers share what is made. */
const widths = [160, 320, 480, 640, 960, 1_280, keptWidth] as const;

interface Kept {
  readonly taken: TakenPicture;
  readonly askedMs: number;
  readonly sized: Map<number, Promise<TakenPicture | null>>;
}

export function createStillCache(options: {
  readonly cameras: Pick<Cameras, "health" | "still">;
  readonly clock: Clock;
}): StillCache {
  const { cameras, clock } = options;
  const kept = new Map<string, Kept>();
  const asking = new Map<string, Promise<void>>();

  async function ask(camera: string): Promise<void> {
    const ending = new AbortController();
    const timer = clock.timer(askMsMax, () => ending.abort());
    try {
      const still = await cameras.still(camera, ending.signal);
      if (!still.ok) return;
      const { mediaType, bytes, takenAt } = still.value;
      const taken = { mediaType, bytes, takenMs: takenAt.wallMs };
      kept.set(camera, { taken, askedMs: clock.monotonicMs(), sized: new Map() });
    } finally {
      timer.cancel();
      asking.delete(camera);
    }
  }

  return {
    async picture(camera, widthMax) {
      if (!cameras.health().some(({ id }) => id === camera)) return null;
      const before = kept.get(camera);
      if (before === undefined || clock.monotonicMs() - before.askedMs >= freshMs) {
        const answer = asking.get(camera) ?? ask(camera);
        asking.set(camera, answer);
        await answer;
      }
      const now = kept.get(camera);
      if (now === undefined) return null;
      const width = widths.find((one) => one >= widthMax) ?? keptWidth;
      const sized = now.sized.get(width) ?? resized(now.taken, width);
      now.sized.set(width, sized);
      return await sized;
    },
  };
}

/** Null: the camera's bytes are no picture after all. */
async function resized(taken: TakenPicture, width: number): Promise<TakenPicture | null> {
  try {
    const bytes = await sharp(taken.bytes)
      .resize({ width, withoutEnlargement: true })
      .jpeg({ quality })
      .toBuffer();
    return { mediaType: "image/jpeg", bytes, takenMs: taken.takenMs };
  } catch {
    return null;
  }
}
