/** The ways to one camera: its stream, its own pictures, its clock; addresses that are not written are asked by ONVIF. */

import type { Camera } from "../../config/site.ts";
import { fail, ok, type Result } from "../../config/words/result.ts";
import type { Clock } from "../../config/words/time.ts";
import { type AddressGuard, createAddressGuard } from "../../drivers/cameras/addressGuard.ts";
import type {
  CameraAccess,
  CameraError,
  CameraStream,
  SnapshotSource,
} from "../../drivers/cameras/contract.ts";
import { createCameraHttp } from "../../drivers/cameras/http/cameraHttp.ts";
import { type OnvifCamera, openOnvifCamera } from "../../drivers/cameras/onvif/onvifCamera.ts";
import { openRtspStream } from "../../drivers/cameras/rtsp/rtspStream.ts";
import { createSnapshotSource } from "../../drivers/cameras/snapshot.ts";
import { stallMs } from "./cameraState.ts";

export interface CameraLink {
  /** Null: it has none. Resolves with a way to play it, once its address is known. */
  readonly stream: ((signal: AbortSignal) => Promise<Result<CameraStream, CameraError>>) | null;
  readonly snapshots: SnapshotSource | null;
  /** The camera's clock minus ours, in ms. Null: it cannot be asked. */
  readonly clockOffsetMs: ((signal: AbortSignal) => Promise<Result<number, CameraError>>) | null;
}

/** A group of pictures may be long, and nothing can be shown before its first. */
const firstPictureMs = 15_000;

/** No I/O until something is asked. */
export function createCameraLink(options: {
  readonly settings: Camera;
  readonly access: CameraAccess;
  readonly clock: Clock;
  readonly randomHex: () => string;
}): CameraLink {
  const { settings, access, clock, randomHex } = options;
  const guard = guardOf(settings);
  const http = createCameraHttp({ access, guard, clock, randomHex });
  const { onvif: url } = settings;
  const onvif = url === undefined ? null : openOnvifCamera({ url, access, guard, http, clock });
  const found: { rtsp: string | null; snapshot: string | null } = {
    rtsp: settings.rtsp ?? null,
    snapshot: settings.snapshot ?? null,
  };

  const open = (rtsp: string): CameraStream =>
    openRtspStream({ url: rtsp, access, guard, clock, randomHex, firstPictureMs, stallMs });
  let stream: CameraStream | null = found.rtsp === null ? null : open(found.rtsp);

  const ask = async (camera: OnvifCamera, signal: AbortSignal): Promise<CameraError | null> => {
    const media = await camera.media(signal);
    if (!media.ok) return media.error;
    const [profile] = media.value.profiles.filter((one) => one.stream !== null);
    found.rtsp ??= profile?.stream?.url ?? null;
    found.snapshot ??= profile?.snapshot?.url ?? null;
    return null;
  };

  return {
    stream:
      stream === null && onvif === null
        ? null
        : async (signal) => {
            if (stream !== null) return ok(stream);
            const error = onvif === null ? null : await ask(onvif, signal);
            if (error !== null) return fail(error);
            if (found.rtsp === null) {
              return fail({ kind: "refused", message: "it names no stream by ONVIF" });
            }
            stream = open(found.rtsp);
            return ok(stream);
          },
    snapshots:
      found.snapshot === null && onvif === null
        ? null
        : createSnapshotSource({ http, url: () => found.snapshot, clock }),
    clockOffsetMs:
      onvif === null
        ? null
        : async (signal) => {
            const answer = await onvif.clockOffset(signal);
            return answer.ok ? ok(answer.value.offsetMs) : answer;
          },
  };
}

function guardOf({ onvif, rtsp, snapshot, networks }: Camera): AddressGuard {
  const urls = [onvif, rtsp, snapshot].flatMap((text) => (text === undefined ? [] : [text]));
  const written = urls.map((text) => new URL(text));
  return createAddressGuard({
    hosts: written.map(({ hostname }) => hostname),
    networks,
    ports: written.flatMap(({ port }) => (port === "" ? [] : [Number(port)])),
  });
}
