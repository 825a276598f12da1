/** What a camera says of itself, out of its answers (pure). */

import { attribute, child, children, number, type SoapNode, text } from "./soapTree.ts";

export interface OnvifIdentity {
  readonly manufacturer: string;
  readonly model: string;
  readonly firmware: string;
  readonly serial: string;
  readonly hardware: string;
}

/** Null when the answer says none of it. Texts as the camera writes them: never made into numbers. */
export function readIdentity(body: SoapNode): OnvifIdentity | null {
  const said = child(body, "getDeviceInformationResponse");
  const of = (name: string): string => text(child(said, name)) ?? "";
  const identity = {
    manufacturer: of("manufacturer"),
    model: of("model"),
    firmware: of("firmwareVersion"),
    serial: of("serialNumber"),
    hardware: of("hardwareId"),
  };
  return Object.values(identity).some((word) => word !== "") ? identity : null;
}

/** Milliseconds since 1970 UTC, in whole seconds; null when it tells no UTC time or none that exists. */
export function readDateAndTime(body: SoapNode): number | null {
  const utc = child(body, "getSystemDateAndTimeResponse", "systemDateAndTime", "UTCDateTime");
  const part = (...path: readonly string[]): number => number(child(utc, ...path)) ?? Number.NaN;
  const [year, month, day] = [part("date", "year"), part("date", "month"), part("date", "day")];
  const [hour, minute] = [part("time", "hour"), part("time", "minute")];
  const ms = Date.UTC(year, month - 1, day, hour, minute, part("time", "second"));
  return Number.isFinite(ms) ? ms : null;
}

/** Where each service is said to be; a service may name several addresses with blanks between. */
export interface OnvifServices {
  readonly media: string | null;
  /** Tells H.265 too; cameras since about 2020. */
  readonly media2: string | null;
  readonly events: string | null;
  /** It keeps recordings itself, or is a recorder (Profile G). */
  readonly recording: string | null;
}

/** From GetServices; null when it lists none. */
export function readServices(body: SoapNode): OnvifServices | null {
  const services = children(child(body, "getServicesResponse"), "service");
  if (services.length === 0) return null;
  const at = (version: string, name: string): string | null => {
    const end = `www.onvif.org/${version}/${name}/wsdl`;
    const one = services.find((service) => text(child(service, "namespace"))?.endsWith(end));
    return text(child(one, "XAddr"));
  };
  return {
    media: at("ver10", "media"),
    media2: at("ver20", "media"),
    events: at("ver10", "events"),
    recording: at("ver10", "recording") ?? at("ver10", "replay"),
  };
}

/** From GetCapabilities, which cameras before 2011 have in its place. */
export function readCapabilities(body: SoapNode): OnvifServices | null {
  const said = child(body, "getCapabilitiesResponse", "capabilities");
  if (said === undefined) return null;
  const at = (...path: readonly string[]): string | null => text(child(said, ...path, "XAddr"));
  return {
    media: at("media"),
    media2: null,
    events: at("events"),
    recording: at("extension", "recording") ?? at("extension", "replay"),
  };
}

/** What a camera has on record about one of its streams. */
export interface EncoderProfile {
  readonly token: string;
  readonly name: string;
  /** In small letters: `h264`, `h265`, `jpeg`, `mpeg4`; null when it does not say. */
  readonly codec: string | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly fps: number | null;
  readonly kbps: number | null;
}

const profilesMax = 256;

/** From GetProfiles of either media service; profiles without pictures are left out. */
export function readProfiles(body: SoapNode): readonly EncoderProfile[] {
  return children(child(body, "getProfilesResponse"), "profiles")
    .slice(0, profilesMax)
    .flatMap((profile) => {
      const token = attribute(profile, "token");
      const encoder =
        child(profile, "videoEncoderConfiguration") ??
        child(profile, "configurations", "videoEncoder");
      if (token === null || encoder === undefined) return [];
      const limit = child(encoder, "rateControl");
      return [
        {
          token,
          name: text(child(profile, "name")) ?? token,
          codec: codecOf(text(child(encoder, "encoding"))),
          width: number(child(encoder, "resolution", "width")),
          height: number(child(encoder, "resolution", "height")),
          fps: number(child(limit, "frameRateLimit")),
          kbps: number(child(limit, "bitrateLimit")),
        },
      ];
    });
}

/** `H264`, `h.264`, `video/H265`, `HEVC`. */
function codecOf(written: string | null): string | null {
  const word = written?.toLowerCase().replace(/^video\/|[^a-z0-9]/g, "") ?? "";
  return word === "" ? null : word === "hevc" ? "h265" : word;
}

/** From GetStreamUri or GetSnapshotUri of either media service. */
export function readUri(body: SoapNode): string | null {
  const said =
    child(body, "getStreamUriResponse") ?? child(body, "getSnapshotUriResponse") ?? undefined;
  return text(child(said, "mediaUri", "uri")) ?? text(child(said, "uri"));
}
