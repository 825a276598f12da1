/**
 * One camera by ONVIF: who it is, what it streams, what its clock says, what it notices. Each question is bounded in
 * time and size; every address in an answer is led back to the host that the site file names. It is only asked.
 */

import { fail, ok, type Result } from "../../../config/words/result.ts";
import type { Clock } from "../../../config/words/time.ts";
import type { AddressGuard, AdoptedUrl } from "../addressGuard.ts";
import type { CameraAccess, CameraError } from "../contract.ts";
import type { CameraHttp } from "../http/cameraHttp.ts";
import { type EventEars, pullEvents } from "./pullEvents.ts";
import {
  type EncoderProfile,
  type OnvifIdentity,
  type OnvifServices,
  readCapabilities,
  readIdentity,
  readProfiles,
  readServices,
  readUri,
} from "./readDevice.ts";
import { type ClockOffset, createSoapCaller, type SoapCaller } from "./soapCaller.ts";

export interface OnvifProfile extends EncoderProfile {
  /** Where it streams (rtsp, rtsps); null: it does not say, or says something that is not allowed. */
  readonly stream: AdoptedUrl | null;
  /** Where its picture is (http, https). */
  readonly snapshot: AdoptedUrl | null;
  /** Why there is no `stream` or no `snapshot`. */
  readonly missing: readonly CameraError[];
}

export interface OnvifMedia {
  /** As the camera orders them: its main stream usually first. */
  readonly profiles: readonly OnvifProfile[];
  readonly offersEvents: boolean;
  /** It keeps recordings, or is a recorder. */
  readonly offersRecordings: boolean;
}

export interface OnvifCamera {
  clockOffset(signal: AbortSignal): Promise<Result<ClockOffset, CameraError>>;
  identify(signal: AbortSignal): Promise<Result<OnvifIdentity, CameraError>>;
  media(signal: AbortSignal): Promise<Result<OnvifMedia, CameraError>>;
  /** Tells `ears` until `signal` aborts or the camera fails; resolves with the reason. Never throws. */
  events(ears: EventEars, signal: AbortSignal): Promise<CameraError>;
}

export interface OnvifCameraOptions {
  /** Its device service, as the site file writes it. */
  readonly url: string;
  readonly access: CameraAccess;
  readonly guard: AddressGuard;
  /** With this camera's login; shared with its snapshots. */
  readonly http: CameraHttp;
  readonly clock: Clock;
  /** For one question. */
  readonly deadlineMs?: number;
}

/** Profiles whose addresses are asked for, two questions each. */
const askedProfilesMax = 16;

/** No I/O until something is asked. */
export function openOnvifCamera(options: OnvifCameraOptions): OnvifCamera {
  const { url, guard, clock } = options;
  const caller = createSoapCaller(options);
  let known: OnvifServices | null = null;

  const services = async (signal: AbortSignal): Promise<Result<OnvifServices, CameraError>> => {
    if (known !== null) return ok(known);
    const found = await askServices(caller, { url, signal });
    if (found.ok) known = found.value;
    return found;
  };
  const serviceUrl = (said: string): Result<string, CameraError> => {
    const home = guard.checkedUrl(url);
    if (!home.ok) return home;
    const adopted = guard.adopt(said, home.value.host);
    return adopted.ok ? ok(adopted.value.url) : adopted;
  };

  return {
    clockOffset: (signal) => caller.clockOffset(signal),
    async identify(signal) {
      const answer = await caller.ask({ ask: "identity" }, { url, signal });
      if (!answer.ok) return answer;
      const identity = readIdentity(answer.value);
      return identity === null ? badAnswer("it does not say who it is") : ok(identity);
    },
    async media(signal) {
      const found = await services(signal);
      if (!found.ok) return found;
      const profiles = await askProfiles({ caller, services: found.value, serviceUrl, signal });
      if (!profiles.ok) return profiles;
      const home = guard.checkedUrl(url);
      if (!home.ok) return home;
      const adopt = (said: string): Result<AdoptedUrl, CameraError> =>
        guard.adopt(said, home.value.host);
      return ok({
        profiles: await withAddresses({ caller, adopt, signal, ...profiles.value }),
        offersEvents: found.value.events !== null,
        offersRecordings: found.value.recording !== null,
      });
    },
    async events(ears, signal) {
      const found = await services(signal);
      if (!found.ok) return found.error;
      if (found.value.events === null) {
        return { kind: "refused", message: "it offers no events" };
      }
      const service = serviceUrl(found.value.events);
      if (!service.ok) return service.error;
      return await pullEvents({ caller, url: service.value, serviceUrl, clock, ears, signal });
    },
  };
}

async function askServices(
  caller: SoapCaller,
  given: { readonly url: string; readonly signal: AbortSignal },
): Promise<Result<OnvifServices, CameraError>> {
  const listed = await caller.ask({ ask: "services" }, given);
  const services = listed.ok ? readServices(listed.value) : null;
  if (services !== null && (services.media ?? services.media2) !== null) return ok(services);
  if (!listed.ok && !isAboutTheQuestion(listed.error)) return listed;
  const answer = await caller.ask({ ask: "capabilities" }, given);
  if (!answer.ok) return answer;
  const capabilities = readCapabilities(answer.value);
  return capabilities === null ? badAnswer("it lists no services") : ok(capabilities);
}

/** Another question may fare better. */
function isAboutTheQuestion({ kind }: CameraError): boolean {
  return kind === "refused" || kind === "badAnswer";
}

interface FoundProfiles {
  readonly profiles: readonly EncoderProfile[];
  readonly isMedia2: boolean;
  readonly url: string;
}

/** The newer media service where it works, else the older. */
async function askProfiles(given: {
  readonly caller: SoapCaller;
  readonly services: OnvifServices;
  readonly serviceUrl: (said: string) => Result<string, CameraError>;
  readonly signal: AbortSignal;
}): Promise<Result<FoundProfiles, CameraError>> {
  const { caller, services, signal } = given;
  let last: CameraError = { kind: "refused", message: "it offers no media service" };
  for (const isMedia2 of [true, false]) {
    const said = isMedia2 ? services.media2 : services.media;
    if (said === null) continue;
    const url = given.serviceUrl(said);
    if (!url.ok) {
      last = url.error;
      continue;
    }
    const answer = await caller.ask({ ask: "profiles", isMedia2 }, { url: url.value, signal });
    if (!answer.ok) {
      if (!isAboutTheQuestion(answer.error)) return answer;
      last = answer.error;
      continue;
    }
    const profiles = readProfiles(answer.value);
    if (profiles.length > 0) return ok({ profiles, isMedia2, url: url.value });
    last = { kind: "badAnswer", message: "it lists no video profile" };
  }
  return fail(last);
}

/** An address that a camera does not tell is null; the others are still of use. */
async function withAddresses(
  given: FoundProfiles & {
    readonly caller: SoapCaller;
    readonly adopt: (said: string) => Result<AdoptedUrl, CameraError>;
    readonly signal: AbortSignal;
  },
): Promise<readonly OnvifProfile[]> {
  const { caller, isMedia2, url, signal } = given;
  const ask = async (
    what: "streamUri" | "snapshotUri",
    token: string,
  ): Promise<Result<AdoptedUrl, CameraError>> => {
    const answer = await caller.ask({ ask: what, isMedia2, token }, { url, signal });
    if (!answer.ok) return answer;
    const said = readUri(answer.value);
    if (said === null) return badAnswer("it names no address");
    const adopted = given.adopt(said);
    const isOfKind = what === "streamUri" ? /^rtsps?:/ : /^https?:/;
    if (!adopted.ok || isOfKind.test(adopted.value.url)) return adopted;
    return badAnswer("it names an address of another kind");
  };
  const profiles: OnvifProfile[] = [];
  for (const profile of given.profiles.slice(0, askedProfilesMax)) {
    const stream = await ask("streamUri", profile.token);
    const snapshot = await ask("snapshotUri", profile.token);
    profiles.push({
      ...profile,
      stream: stream.ok ? stream.value : null,
      snapshot: snapshot.ok ? snapshot.value : null,
      missing: [stream, snapshot].flatMap((one) => (one.ok ? [] : one.error)),
    });
  }
  return profiles;
}

function badAnswer(message: string): Result<never, CameraError> {
  return fail({ kind: "badAnswer", message });
}
