/** The ways to one camera: its stream, its own pictures, its clock; addresses that are not written are asked by ONVIF. */

import type { Camera } from "../../config/site.ts";
import { fail, ok, type Result } from "../../config/words/result.ts";
import type { Clock } from "../../config/words/time.ts";
import type {
  CameraAccess,
  CameraError,
  CameraStream,
  SnapshotSource,
} from "../../drivers/cameras/contract.ts";
import { createCameraHttp } from "../../drivers/cameras/http/cameraHttp.ts";
import { openOnvifCamera } from "../../drivers/cameras/onvif/onvifCamera.ts";
import type { EventEars } from "../../drivers/cameras/onvif/pullEvents.ts";
import { openRtspStream } from "../../drivers/cameras/rtsp/rtspStream.ts";
import { createSnapshotSource } from "../../drivers/cameras/snapshot.ts";
import { guardOfWritten } from "../../drivers/cameras/writtenGuard.ts";
import { stallMs } from "./cameraState.ts";
import { createOnvifAddresses, type OnvifAddresses } from "./onvifAddresses.ts";

export interface CameraLink {
  /** Null: it has none. Resolves with a way to play it, once its address is known. */
  readonly stream: ((signal: AbortSignal) => Promise<Result<CameraStream, CameraError>>) | null;
  /** Null: it has none, or ONVIF told that it has none. */
  readonly snapshots: SnapshotSource | null;
  /** The camera's clock minus ours, in ms. Null: it cannot be asked. */
  readonly clockOffsetMs: ((signal: AbortSignal) => Promise<Result<number, CameraError>>) | null;
  /** Null: it is not to be asked. Tells until `signal` aborts or the camera fails. */
  readonly events: ((ears: EventEars, signal: AbortSignal) => Promise<CameraError>) | null;
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
  const guard = guardOfWritten(settings);
  const http = createCameraHttp({ access, guard, clock, randomHex });
  const { onvif: url } = settings;
  const onvif = url === undefined ? null : openOnvifCamera({ url, access, guard, http, clock });
  const asked = onvif === null ? null : createOnvifAddresses({ camera: onvif, clock });
  const open = (rtsp: string): CameraStream =>
    openRtspStream({ url: rtsp, access, guard, clock, randomHex, firstPictureMs, stallMs });
  const snapshotUrl = (): string | null => settings.snapshot ?? asked?.known?.snapshot ?? null;
  const snapshots = snapshotsOf({
    ...{ written: settings.snapshot !== undefined, asked },
    source: createSnapshotSource({ http, url: snapshotUrl, clock }),
  });
  return {
    stream: streamOf({ written: settings.rtsp, asked, open }),
    get snapshots() {
      const isNone = asked === null || (asked.known !== null && snapshotUrl() === null);
      return settings.snapshot === undefined && isNone ? null : snapshots;
    },
    clockOffsetMs:
      onvif === null
        ? null
        : async (signal) => {
            const answer = await onvif.clockOffset(signal);
            return answer.ok ? ok(answer.value.offsetMs) : answer;
          },
    events: onvif === null || !settings.events ? null : onvif.events,
  };
}

function streamOf(parts: {
  readonly written: string | undefined;
  readonly asked: OnvifAddresses | null;
  readonly open: (rtsp: string) => CameraStream;
}): CameraLink["stream"] {
  const { written, asked, open } = parts;
  if (written !== undefined) {
    const stream = open(written);
    return () => Promise.resolve(ok(stream));
  }
  if (asked === null) return null;
  /** What a stream remembers of its camera lasts as long as its address. */
  let opened: { readonly rtsp: string; readonly stream: CameraStream } | null = null;
  return async (signal) => {
    const found = await asked.find(signal);
    if (!found.ok) return found;
    const { rtsp } = found.value;
    if (rtsp === null) {
      asked.forget();
      return fail({ kind: "refused", message: "it names no stream by ONVIF" });
    }
    if (opened?.rtsp !== rtsp) opened = { rtsp, stream: open(rtsp) };
    const { stream } = opened;
    return ok({
      async run(ears, signal) {
        const error = await stream.run(ears, signal);
        // It may be set up anew meanwhile, with other addresses.
        if (error.kind === "refused") asked.forget();
        return error;
      },
    });
  };
}

function snapshotsOf(parts: {
  readonly written: boolean;
  readonly asked: OnvifAddresses | null;
  readonly source: SnapshotSource;
}): SnapshotSource {
  const { written, asked, source } = parts;
  if (written || asked === null) return source;
  return {
    async fetch(signal) {
      const found = await asked.find(signal);
      return found.ok ? await source.fetch(signal) : found;
    },
  };
}
