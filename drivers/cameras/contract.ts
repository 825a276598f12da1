/** What a camera gives to the agent: single pictures, a stream as it was coded, facts about itself. Types only. */

import type { Result } from "../../config/words/result.ts";
import type { Instant } from "../../config/words/time.ts";

/**
 * - `unreachable`: no connection (refused, no route, host unknown, reset).
 * - `timeout`: the total deadline passed, whatever had come until then.
 * - `unauthorised`: user name or password is not accepted.
 * - `refused`: it answered that it does not serve this (status 4xx/5xx, SOAP fault).
 * - `badAnswer`: bytes came that are no valid answer, or more of them than allowed.
 * - `notAllowed`: an address outside the configured network; nothing was sent there.
 * - `ended`: a stream that ran was closed by the camera.
 * - `stalled`: a stream whose connection lives sends no pictures any more.
 * - `aborted`: we were told to stop.
 */
export interface CameraError {
  readonly kind:
    | "unreachable"
    | "timeout"
    | "unauthorised"
    | "refused"
    | "badAnswer"
    | "notAllowed"
    | "ended"
    | "stalled"
    | "aborted";
  /** One plain sentence: what was seen. Never holds a password or an address with one. */
  readonly message: string;
}

/** How to speak to one camera. Nothing of it is shared with another camera. */
export interface CameraAccess {
  /** Its name in the site file; for messages. */
  readonly id: string;
  readonly credentials: { readonly username: string; readonly password: string } | null;
  /** CIDR networks in which all its addresses must lie. */
  readonly networks: readonly string[];
  /** PEM: trust these authorities for HTTPS in place of the system's. */
  readonly ca?: string;
}

/** One whole picture as the camera gave it. */
export interface Snapshot {
  readonly takenAt: Instant;
  /** Checked to begin and end as its type does. */
  readonly mediaType: "image/jpeg" | "image/png";
  readonly bytes: Uint8Array;
}

/** One camera's pictures. Asks never overlap: a second one waits for the first. */
export interface SnapshotSource {
  /** Never throws; ends within its total deadline and byte cap. */
  fetch(signal: AbortSignal): Promise<Result<Snapshot, CameraError>>;
}

export type VideoCodec = "h264" | "h265";

/** What the stream says of itself. A new one is told whenever it changes. */
export interface StreamFormat {
  readonly codec: VideoCodec;
  /** From the parameter sets themselves; null when they cannot be read. */
  readonly width: number | null;
  readonly height: number | null;
  /** The parameter sets (VPS,) SPS, PPS without start codes. */
  readonly parameterSets: readonly Uint8Array[];
}

/** One coded picture: all its NAL units, without start codes. Whoever receives it owns it. */
export interface CodedPicture {
  readonly arrivedAt: Instant;
  /** The stream's own time of this picture (RTP, unwrapped), in ms from the stream's start. */
  readonly streamMs: number;
  readonly isKey: boolean;
  readonly nals: readonly Uint8Array[];
  readonly sizeBytes: number;
}

export interface StreamEars {
  onFormat(format: StreamFormat): void;
  onPicture(picture: CodedPicture): void;
}

/** One RTSP session after another is the caller's matter: this is one. */
export interface CameraStream {
  /**
   * Connects, plays and tells `ears` until the stream ends, stalls (`stallMs` without a picture) or `signal` aborts.
   * Resolves with the reason; never throws, leaves no socket or timer behind.
   */
  run(ears: StreamEars, signal: AbortSignal): Promise<CameraError>;
}
