/** The cameras as evidence sees them: the newest video of each in memory, and pictures and clips cut from it. */

import { hasRing, ringNeed } from "../config/ringMemory.ts";
import type { Camera, Site } from "../config/site.ts";
import { fail, ok } from "../config/words/result.ts";
import type { Clock } from "../config/words/time.ts";
import type { StreamEars } from "../drivers/cameras/contract.ts";
import type { Cameras } from "./cameras/cameraHealth.ts";
import { makeClips } from "./cameras/clip.ts";
import { keyStill } from "./cameras/keyStill.ts";
import { PagePool } from "./cameras/pagePool.ts";
import { type RingPicture, VideoRing } from "./cameras/ring.ts";
import { fileBytesMax } from "./evidence/bundleMaker.ts";
import type { CameraHead, EvidenceSource } from "./evidence/source.ts";

/** Of one camera's video, whatever it sends. */
const ringBytesMax = 64 * 1024 * 1024;
/** A key picture so far from the wanted moment is still taken for it. */
const nearMs = 6_000;
/** A picture that the camera makes now still shows a moment so long ago. */
const nowMs = 5_000;

export interface EvidenceField extends EvidenceSource {
  /** Keeps what the camera streams, when an alarm could want it. */
  earsOf(camera: string): StreamEars;
}

/** `still`: asked for a picture of this moment where there is no video. */
export function createEvidenceField(options: {
  readonly site: Pick<Site, "cameras" | "evidence">;
  readonly clock: Clock;
  readonly still: Cameras["still"];
}): EvidenceField {
  const { site, clock } = options;
  const entries = Object.entries(site.cameras).filter(([, one]) => isMapped(one));
  const watched = ringsOf(site);
  return {
    earsOf(id) {
      const ring = watched.get(id);
      return {
        onFormat: (format) => ring?.setFormat(format),
        onPicture: (picture) => ring?.put(picture),
      };
    },
    cameras: ({ tank, point }) =>
      entries
        .filter(
          ([, one]) => (tank !== null && one.tanks.includes(tank)) || one.points.includes(point),
        )
        .map(([id, one]) => headOf(id, one)),
    hold: (id, fromMs) => watched.get(id)?.hold(fromMs) ?? (() => {}),
    async still(id, atMs, signal) {
      const key = keyNear(watched.get(id) ?? null, atMs);
      if (key !== null) {
        const { format, arrivedAt } = key;
        const made = await keyStill({ nals: nalsOf(key.bytes) }, { format, clock, signal });
        const takenAtMs = arrivedAt.monotonicMs;
        if (made.ok) return ok({ bytes: made.value, mediaType: "image/jpeg", takenAtMs });
      }
      if (clock.monotonicMs() - atMs > nowMs) return fail("no video of that moment");
      const own = await options.still(id, signal);
      if (!own.ok) return fail(own.error.message);
      const { bytes, mediaType, takenAt } = own.value;
      return ok({ bytes, mediaType, takenAtMs: takenAt.monotonicMs });
    },
    async clips(id, { fromMs, toMs }) {
      const pictures = watched.get(id)?.take(fromMs, toMs) ?? [];
      if (pictures.length === 0) return fail("no video of that time");
      const made = await makeClips(pictures, { bytesMax: fileBytesMax - 1024 * 1024 });
      if (!made.ok) return made;
      const { clips, picturesOmitted } = made.value;
      return ok(
        clips.map((clip) => ({
          ...{ bytes: clip.bytes, mediaType: "video/mp4", fromMs: clip.fromMs, toMs: clip.toMs },
          codec: clip.codec,
          notes: [
            ...(clip.codec === "h264" ? [] : ["H.265: only some browsers play it"]),
            ...clip.gaps.map((gap) => `no picture from ${gap.fromMs} to ${gap.toMs} ms`),
            ...(clip.isCut ? ["its end was left out: it is too large"] : []),
            ...(picturesOmitted > 0 ? [`${picturesOmitted} pictures could not be used`] : []),
          ],
        })),
      );
    },
  };
}

/** What is kept all the time is each camera's own; what an alarm keeps longer comes from what is left. */
function ringsOf({ cameras, evidence }: Pick<Site, "cameras" | "evidence">) {
  const entries = Object.entries(cameras).filter(([, camera]) => hasRing(camera));
  const pool = new PagePool({ bytesMax: evidence.memory });
  const share = evidence.memory / Math.max(1, entries.length);
  return new Map(
    entries.map(([id, camera]) => {
      const { keepMs, heldMs, keptBytes } = ringNeed(camera, evidence);
      const pages = pool.source(Math.min(keptBytes, share));
      return [id, new VideoRing({ bytesMax: ringBytesMax, keepMs, heldMs, pages })];
    }),
  );
}

/** The key picture of the ring that is nearest to this moment; null: none is near. */
function keyNear(ring: VideoRing | null, atMs: number): RingPicture | null {
  const distance = ({ arrivedAt }: RingPicture): number => Math.abs(arrivedAt.monotonicMs - atMs);
  const keys = (ring?.take(atMs - nearMs, atMs + nearMs) ?? []).filter(({ isKey }) => isKey);
  const [nearest] = keys.sort((a, b) => distance(a) - distance(b));
  return nearest !== undefined && distance(nearest) <= nearMs ? nearest : null;
}

/** Each NAL unit lies after a start code of four bytes, which cannot be inside one. */
function nalsOf(bytes: Uint8Array): readonly Uint8Array[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const nals: Uint8Array[] = [];
  for (let at = buffer.indexOf(startCode); at !== -1; ) {
    const next = buffer.indexOf(startCode, at + startCode.length);
    nals.push(buffer.subarray(at + startCode.length, next === -1 ? buffer.length : next));
    at = next;
  }
  return nals;
}

const startCode = Buffer.of(0, 0, 0, 1);

function isMapped({ tanks, points }: Camera): boolean {
  return tanks.length + points.length > 0;
}

function headOf(id: string, { name, code, place }: Camera): CameraHead {
  return { id, name: name ?? null, code: code ?? null, place: place ?? null };
}
