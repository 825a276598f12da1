/** One look at a camera: the newest key picture of its stream where that can be decoded, else its own picture. */

import { fail, ok, type Result } from "../../config/words/result.ts";
import type { Clock } from "../../config/words/time.ts";
import type {
  CameraError,
  CodedPicture,
  SnapshotSource,
  StreamFormat,
} from "../../drivers/cameras/contract.ts";
import type { GreyPicture } from "./greyPicture.ts";
import type { KeyDecoder } from "./keyDecoder.ts";
import { keyStill } from "./keyStill.ts";
import { snapshotGrey } from "./snapshotGrey.ts";

export interface PictureSources {
  readonly id: string;
  /** Null: there is no ffmpeg on this box. */
  readonly decoder: Pick<KeyDecoder, "grey"> | null;
  readonly snapshots: SnapshotSource | null;
  readonly clock: Clock;
}

export interface CodedKey {
  readonly picture: CodedPicture;
  readonly format: StreamFormat;
}

/** `key` null: there is no new one. Ends within the deadlines of its parts; never throws. */
export async function greyWithin(
  { id, decoder, snapshots }: PictureSources,
  key: CodedKey | null,
  signal: AbortSignal,
): Promise<Result<GreyPicture, CameraError>> {
  let why: CameraError = { kind: "refused", message: "no new key picture came" };
  if (decoder !== null && key !== null) {
    const grey = await decoder.grey(id, key.picture, key.format);
    if (grey.ok) return ok({ takenAt: key.picture.arrivedAt, grey: grey.value });
    why = { kind: "badAnswer", message: grey.error };
  }
  if (snapshots === null) return fail(why);
  const snapshot = await snapshots.fetch(signal);
  if (!snapshot.ok) return snapshot;
  const grey = await snapshotGrey(snapshot.value);
  return grey.ok ? grey : fail({ kind: "badAnswer", message: grey.error });
}

export interface Still {
  readonly takenAt: GreyPicture["takenAt"];
  readonly mediaType: "image/jpeg" | "image/png";
  readonly bytes: Uint8Array;
}

/** A picture for people: the camera's own, or else the newest key picture of its stream. Never throws. */
export async function stillOf(
  { snapshots, clock }: PictureSources,
  key: CodedKey | null,
  signal: AbortSignal,
): Promise<Result<Still, CameraError>> {
  const own = snapshots === null ? null : await snapshots.fetch(signal);
  if (own?.ok === true) return own;
  if (key === null) {
    return own ?? fail({ kind: "refused", message: "no key picture has come yet" });
  }
  const still = await keyStill(key.picture, { format: key.format, clock, signal });
  return still.ok
    ? ok({ takenAt: key.picture.arrivedAt, mediaType: "image/jpeg", bytes: still.value })
    : fail({ kind: "badAnswer", message: still.error });
}
