/**
 * What the newest video of the cameras takes of the memory, by arithmetic: the agent sizes by it, and whoever sets a
 * site up is told it. Pure.
 */

import type { Camera, Site } from "./site.ts";

/** One camera's video in memory. */
export interface RingNeed {
  /** Kept all the time. */
  readonly keepMs: number;
  /** Kept at most while the evidence of an alarm is gathered. */
  readonly heldMs: number;
  /** What that is at its bit rate, with one group of pictures. */
  readonly keptBytes: number;
  readonly heldBytes: number;
}

export interface RingMemory {
  /** Cameras whose video is kept: those with a stream that belong to a tank or a point. */
  readonly cameras: number;
  /** Taken all the time. */
  readonly keptBytes: number;
  /** Taken were the evidence of all gathered at once. */
  readonly heldBytes: number;
  /** Never more than this: `evidence.memory`. */
  readonly limitBytes: number;
}

/** Between two key pictures, on most cameras. */
export const groupMs = 4_000;
/** Where the site file does not say: a usual main stream of 1080p. */
const usualKbps = 4_096;
/** The first picture of a bundle is of so long before the alarm. */
const firstPictureMs = 10_000;
/** From what happens at the plant to its alarm, on a busy box. */
const lateMs = 5_000;
/** The ends of what lies in pages. */
const endsBytes = 512 * 1024;

export function ringMemory({ cameras, evidence }: Pick<Site, "cameras" | "evidence">): RingMemory {
  const needs = Object.values(cameras)
    .filter(hasRing)
    .map((camera) => ringNeed(camera, evidence));
  const sum = (of: (need: RingNeed) => number): number =>
    needs.reduce((total, need) => total + of(need), 0);
  return {
    cameras: needs.length,
    keptBytes: sum(({ keptBytes }) => keptBytes),
    heldBytes: sum(({ heldBytes }) => heldBytes),
    limitBytes: evidence.memory,
  };
}

/** Without alarms for what it watches nobody would ever look at its video. */
export function hasRing({ onvif, rtsp, tanks, points }: Camera): boolean {
  return (onvif !== undefined || rtsp !== undefined) && tanks.length + points.length > 0;
}

export function ringNeed(
  { ring, expected }: Pick<Camera, "ring" | "expected">,
  { before }: Pick<Site["evidence"], "before">,
): RingNeed {
  const keepMs = Math.min(ring, Math.max(before, firstPictureMs) + lateMs);
  const bytesPerMs = (expected?.kbps ?? usualKbps) / 8;
  const bytesOf = (ms: number): number => Math.ceil((ms + groupMs) * bytesPerMs) + endsBytes;
  return { keepMs, heldMs: ring, keptBytes: bytesOf(keepMs), heldBytes: bytesOf(ring) };
}
