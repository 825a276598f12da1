/** Cameras and the evidence of alarms. Times are ms since 1970. */

/** GET /api/cameras: CameraView[] (viewer). */
export interface CameraView {
  readonly id: string;
  readonly name: string;
  /** Of GB/T 28181, 20 digits. */
  readonly code: string | null;
  readonly place: string | null;
  /** Tanks that it sees, and further points it belongs to. */
  readonly tanks: readonly string[];
  readonly points: readonly string[];
  readonly status: "starting" | "ON" | "OFF";
  /** It works, or the worst fault. */
  readonly reason: CameraWord;
  readonly isWell: boolean;
  /** What was last seen of its trouble, for those who repair it, in English; null: none. */
  readonly trouble: string | null;
  readonly sinceMs: number;
  readonly lastPictureMs: number | null;
  /** h264, h265; null: no stream. */
  readonly codec: string | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly fps: number | null;
  readonly kbps: number | null;
  readonly clockOffsetMs: number | null;
  /** Share of the time it was watched, this month. */
  readonly onPercent: number | null;
}

interface CameraWord {
  readonly zh: string;
  readonly en: string;
}

/**
 * POST /api/cameras/:id/view (officer): what it shows from now on is its right view. Answer: {}. 404 `not-found`: no such
 * camera; 422 `reason-missing`.
 */
export interface ViewRequest {
  readonly reason: string;
}

/**
 * GET /api/cameras/:id/picture?width (viewer): its newest picture, as the box has it. The header says when it was taken
 * (ms since 1970). 404 `not-found`: no such camera, or no picture yet.
 */
export const pictureTimeHeader = "x-hazgate-taken";

/** GET /api/evidence?alarm=ID: EvidenceView[] (viewer), the newest first. */
export interface EvidenceView {
  readonly id: string;
  /** Alarms that it belongs to, by their ids. */
  readonly alarms: readonly string[];
  readonly atMs: number;
  /** `open`: still being gathered. */
  readonly state: "open" | "done" | "cut-short";
  readonly files: readonly EvidenceFile[];
  /** What could not be had, and why. */
  readonly missing: readonly { readonly what: string; readonly why: string }[];
}

export interface EvidenceFile {
  /** GET /api/evidence/:id/:name */
  readonly name: string;
  readonly kind: "picture" | "clip" | "readings";
  readonly camera: string | null;
  /** Of a picture: when it was taken. Of a clip: its begin. */
  readonly atMs: number;
  readonly mediaType: string;
  readonly sizeBytes: number;
}
