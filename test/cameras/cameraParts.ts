/** The parts that speak to one camera, put together for tests. */

import { randomBytes } from "node:crypto";
import { createRealClock } from "../../agent/realClock.ts";
import { type AddressGuard, createAddressGuard } from "../../drivers/cameras/addressGuard.ts";
import type { CameraAccess, SnapshotSource } from "../../drivers/cameras/contract.ts";
import { type CameraHttp, createCameraHttp } from "../../drivers/cameras/http/cameraHttp.ts";
import { type OnvifCamera, openOnvifCamera } from "../../drivers/cameras/onvif/onvifCamera.ts";
import { createSnapshotSource } from "../../drivers/cameras/snapshot.ts";
import { type OnvifDevice, password, username } from "./onvifDevice.ts";

export const clock = createRealClock();
export const randomHex = (): string => randomBytes(16).toString("hex");
export const never: AbortSignal = new AbortController().signal;

export interface Parts {
  readonly guard: AddressGuard;
  readonly http: CameraHttp;
  readonly onvif: OnvifCamera;
  readonly pictures: SnapshotSource;
}

export function partsFor(
  device: Pick<OnvifDevice, "url" | "snapshotUrl">,
  options: {
    readonly credentials?: CameraAccess["credentials"];
    readonly ca?: string;
    readonly deadlineMs?: number;
    readonly bytesMax?: number;
    readonly hosts?: readonly string[];
  } = {},
): Parts {
  const { deadlineMs = 5_000 } = options;
  const access: CameraAccess = {
    id: "cam-1",
    credentials: options.credentials === undefined ? { username, password } : options.credentials,
    networks: [],
    ...(options.ca === undefined ? {} : { ca: options.ca }),
  };
  const guard = createAddressGuard({ hosts: options.hosts ?? ["127.0.0.1"], networks: [] });
  const http = createCameraHttp({ access, guard, clock, randomHex });
  return {
    guard,
    http,
    onvif: openOnvifCamera({ url: device.url, access, guard, http, clock, deadlineMs }),
    pictures: createSnapshotSource({
      ...{ http, clock, deadlineMs, url: () => device.snapshotUrl },
      ...(options.bytesMax === undefined ? {} : { bytesMax: options.bytesMax }),
    }),
  };
}
