/** One question to a camera and its answer, over our bounded HTTP, signed by the time of the camera's own clock. */

import { fail, ok, type Result } from "../../../config/words/result.ts";
import type { Clock } from "../../../config/words/time.ts";
import type { CameraAccess, CameraError } from "../contract.ts";
import type { CameraHttp } from "../http/cameraHttp.ts";
import { readDateAndTime } from "./readDevice.ts";
import { profilesAnswer, readSoap, shortAnswer } from "./soapAnswer.ts";
import { type Asked, writeQuestion } from "./soapQuestion.ts";
import type { SoapNode } from "./soapTree.ts";

const deadlineMsDefault = 8_000;

export interface ClockOffset {
  /** The camera's clock minus the box's wall clock: positive when the camera is ahead. */
  readonly offsetMs: number;
  /** The camera tells whole seconds, and the answer took its time: the offset is true within this. */
  readonly withinMs: number;
}

export interface SoapCaller {
  /** Reads the camera's clock before the first signed question, and again when a signature is refused. */
  ask(
    asked: Asked,
    options: { readonly url: string; readonly signal: AbortSignal; readonly deadlineMs?: number },
  ): Promise<Result<SoapNode, CameraError>>;
  clockOffset(signal: AbortSignal): Promise<Result<ClockOffset, CameraError>>;
}

export function createSoapCaller(options: {
  /** The device service. */
  readonly url: string;
  readonly access: CameraAccess;
  readonly http: CameraHttp;
  readonly clock: Clock;
  readonly deadlineMs?: number;
}): SoapCaller {
  const { access, clock } = options;
  const { credentials } = access;
  /** Against the monotonic clock: a step of the box's wall clock leaves it true. Null: not read yet. */
  let deviceAtBootMs: number | null = null;

  const deviceWallMs = (): number =>
    deviceAtBootMs === null ? clock.now().wallMs : deviceAtBootMs + clock.monotonicMs();

  const post = async (
    asked: Asked,
    { url, signal, deadlineMs }: Parameters<SoapCaller["ask"]>[1],
  ): Promise<Result<SoapNode, CameraError>> => {
    const { body, action } = writeQuestion(asked, { credentials, deviceWallMs: deviceWallMs() });
    const bounds = asked.ask === "profiles" ? profilesAnswer : shortAnswer;
    const answer = await options.http.request(
      {
        ...{ method: "POST", url, body, bytesMax: bounds.bytesMax },
        deadlineMs: deadlineMs ?? options.deadlineMs ?? deadlineMsDefault,
        headers: { "content-type": `application/soap+xml; charset=utf-8; action="${action}"` },
      },
      signal,
    );
    if (!answer.ok) return answer;
    const read = readSoap(answer.value.body, bounds);
    if (read.ok) return read;
    const { status } = answer.value;
    const isHttpRefusal = status >= 400 && read.error.kind === "badAnswer";
    return isHttpRefusal
      ? fail({ kind: "refused", message: `it answers ${status}` })
      : fail({ ...read.error, message: withoutPassword(read.error.message, credentials) });
  };

  const clockOffset: SoapCaller["clockOffset"] = async (signal) => {
    const { url } = options;
    const before = clock.now();
    let answer = await post({ ask: "dateAndTime", isSigned: false }, { url, signal });
    // Against the standard, some makes tell the time only to those who log in.
    if (!answer.ok && answer.error.kind === "unauthorised" && credentials !== null) {
      answer = await post({ ask: "dateAndTime", isSigned: true }, { url, signal });
    }
    if (!answer.ok) return answer;
    const deviceMs = readDateAndTime(answer.value);
    if (deviceMs === null) return fail({ kind: "badAnswer", message: "it tells no UTC time" });
    const tookMs = clock.monotonicMs() - before.monotonicMs;
    // Whole seconds: on average half of one has passed since.
    const lateMs = 500 - tookMs / 2;
    deviceAtBootMs = deviceMs + lateMs - before.monotonicMs;
    const offsetMs = Math.round(deviceMs + lateMs - before.wallMs);
    return ok({ offsetMs, withinMs: Math.ceil(500 + tookMs / 2) });
  };

  return {
    clockOffset,
    async ask(asked, given) {
      if (credentials !== null && deviceAtBootMs === null) {
        const read = await clockOffset(given.signal);
        if (!read.ok && read.error.kind !== "badAnswer" && read.error.kind !== "refused") {
          return read;
        }
      }
      const answer = await post(asked, given);
      const isSignatureRefused =
        !answer.ok && answer.error.kind === "unauthorised" && credentials !== null;
      if (!isSignatureRefused) return answer;
      // Its clock may have been set meanwhile.
      const knownMs = deviceWallMs();
      const read = await clockOffset(given.signal);
      const isClockMoved = read.ok && Math.abs(deviceWallMs() - knownMs) > clockMovedMs;
      return isClockMoved ? await post(asked, given) : answer;
    },
  };
}

/** More than reading whole seconds explains. */
const clockMovedMs = 2_000;

/** A camera may say back what it was sent. */
function withoutPassword(message: string, credentials: CameraAccess["credentials"]): string {
  return credentials === null || credentials.password === ""
    ? message
    : message.replaceAll(credentials.password, "***");
}
