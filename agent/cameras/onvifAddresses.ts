/**
 * Where a camera streams and where its picture is, asked by ONVIF when somebody needs it, once for all who do. What it
 * answered is kept; a refusal is not asked again at once, because a wrong password tried often locks the camera.
 */

import { fail, ok, type Result } from "../../config/words/result.ts";
import type { Clock } from "../../config/words/time.ts";
import type { CameraError } from "../../drivers/cameras/contract.ts";
import type { OnvifCamera, OnvifMedia } from "../../drivers/cameras/onvif/onvifCamera.ts";

export interface CameraAddresses {
  /** Null: it names none. */
  readonly rtsp: string | null;
  readonly snapshot: string | null;
}

export interface OnvifAddresses {
  /** Asks if it must. Ends within seconds; never throws. */
  find(signal: AbortSignal): Promise<Result<CameraAddresses, CameraError>>;
  /** Null: not asked yet, or not answered. */
  readonly known: CameraAddresses | null;
  /** They are right no more. */
  forget(): void;
}

/** For all questions together. */
const deadlineMs = 20_000;
const askAgainMs = 10_000;
/** A little less than the pause of who tries the stream, so that its next try asks. */
const unauthorisedMs = { first: 55_000, most: 590_000 };

/** No I/O until something is asked. */
export function createOnvifAddresses(options: {
  readonly camera: Pick<OnvifCamera, "media">;
  readonly clock: Clock;
}): OnvifAddresses {
  const { camera, clock } = options;
  let known: CameraAddresses | null = null;
  let failed: { readonly error: CameraError; readonly untilMs: number } | null = null;
  let refusals = 0;

  const remember = (error: CameraError): void => {
    refusals = error.kind === "unauthorised" ? refusals + 1 : 0;
    const refusedMs = unauthorisedMs.first * 2 ** (refusals - 1);
    const waitMs = refusals === 0 ? askAgainMs : Math.min(unauthorisedMs.most, refusedMs);
    failed = { error, untilMs: clock.monotonicMs() + waitMs };
  };

  const ask = async (signal: AbortSignal): Promise<Result<CameraAddresses, CameraError>> => {
    if (known !== null) return ok(known);
    if (failed !== null && clock.monotonicMs() < failed.untilMs) return fail(failed.error);
    if (signal.aborted) return fail({ kind: "aborted", message: "told to stop" });
    const late = new AbortController();
    const timer = clock.timer(deadlineMs, () => late.abort());
    const media = await camera.media(AbortSignal.any([signal, late.signal]));
    timer.cancel();
    if (signal.aborted) return fail({ kind: "aborted", message: "told to stop" });
    if (!media.ok) {
      const message = `no answer by ONVIF within ${deadlineMs / 1_000} s`;
      const error: CameraError = late.signal.aborted ? { kind: "timeout", message } : media.error;
      remember(error);
      return fail(error);
    }
    known = addressesOf(media.value);
    [failed, refusals] = [null, 0];
    return ok(known);
  };

  let last: Promise<unknown> = Promise.resolve();
  return {
    get known() {
      return known;
    },
    find(signal) {
      const mine = last.then(() => ask(signal));
      last = mine;
      return mine;
    },
    forget() {
      known = null;
    },
  };
}

/** Its first stream is usually the main one; the picture is of the same profile where that has one. */
function addressesOf({ profiles }: OnvifMedia): CameraAddresses {
  const main = profiles.find(({ stream }) => stream !== null);
  const pictured = profiles.find(({ snapshot }) => snapshot !== null);
  return {
    rtsp: main?.stream?.url ?? null,
    snapshot: main?.snapshot?.url ?? pictured?.snapshot?.url ?? null,
  };
}
