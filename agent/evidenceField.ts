/** The cameras as evidence sees them: the newest video of each in memory, and pictures and clips cut from it. */

import type { Camera, Site } from "../config/site.ts";
import { fail, ok } from "../config/words/result.ts";
import type { Clock } from "../config/words/time.ts";
import type { StreamEars } from "../drivers/cameras/contract.ts";
import type { Cameras } from "./cameras/cameraHealth.ts";
import { makeClips } from "./cameras/clip.ts";
import { keyStill } from "./cameras/keyStill.ts";
import { type RingPicture, VideoRing } from "./cameras/ring.ts";
import { fileBytesMax } from "./evidence/bundleMaker.ts";
import type { CameraHead, EvidenceSource } from "./evidence/source.ts";

/** Kept of a camera that says nothing about its bit rate as of one of so much, and a quarter more. */
const kbpsAssumed = 4_000;
const spare = 1.25;
const ringBytes = { min: 4 * 1024 * 1024, max: 64 * 1024 * 1024 } as const;
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
  readonly site: Pick<Site, "cameras">;
  readonly clock: Clock;
  readonly still: Cameras["still"];
}): EvidenceField {
  const { site, clock } = options;
  const entries = Object.entries(site.cameras).filter(([, one]) => isMapped(one));
  const watched = new Map<string, VideoRing>();
  for (const [id, { ring: keepMs, expected }] of entries) {
    const bytes = ((keepMs / 1000) * (expected?.kbps ?? kbpsAssumed) * 1000 * spare) / 8;
    const bytesMax = Math.round(Math.min(ringBytes.max, Math.max(ringBytes.min, bytes)));
    watched.set(id, new VideoRing({ bytesMax, keepMs }));
  }
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
