/** What the keeper of evidence needs of the cameras, and of whoever knows the plant. Types only. */

import type { Result } from "../../config/words/result.ts";

export interface CameraHead {
  readonly id: string;
  readonly name: string | null;
  /** Its 20-digit code; null: none on record. */
  readonly code: string | null;
  readonly place: string | null;
}

/** A still picture. */
export interface Still {
  readonly bytes: Uint8Array;
  /** image/jpeg, ... */
  readonly mediaType: string;
  /** When it showed what it shows, on the box's monotonic clock; null: not known. */
  readonly takenAtMs: number | null;
}

export interface Clip {
  readonly bytes: Uint8Array;
  /** video/mp4, ... */
  readonly mediaType: string;
  /** What it shows, on the box's monotonic clock. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly codec: string;
  /** What must be known of it: gaps, a codec that browsers do not play. */
  readonly notes: readonly string[];
}

/** Fails with one sentence in English. Both end soon after `signal` aborts. */
export interface EvidenceSource {
  /** Cameras that see this tank or belong to this point; none: this alarm gets no evidence. */
  cameras(of: { readonly tank: string | null; readonly point: string }): readonly CameraHead[];
  /**
   * What the camera streams is kept from that moment on, as far as there is memory, until the answer is called. Without
   * that it may go soon after.
   */
  hold(camera: string, fromMs: number): () => void;
  /** The picture nearest to that moment of the monotonic clock. */
  still(camera: string, atMs: number, signal: AbortSignal): Promise<Result<Still, string>>;
  /** What there is of the span; more than one where the stream changed its format. */
  clips(
    camera: string,
    span: { readonly fromMs: number; readonly toMs: number },
    signal: AbortSignal,
  ): Promise<Result<readonly Clip[], string>>;
}
