/** One camera's pictures by HTTP: checked to be whole pictures, one at a time, bounded in time and size. */

import { fail, ok, type Result } from "../../config/words/result.ts";
import type { Clock } from "../../config/words/time.ts";
import type { CameraError, Snapshot, SnapshotSource } from "./contract.ts";
import type { CameraHttp } from "./http/cameraHttp.ts";

const bytesMaxDefault = 8 * 1024 * 1024;
const deadlineMsDefault = 5_000;

/** `http` holds this camera's login; a source is for one camera only. */
export function createSnapshotSource(options: {
  readonly http: CameraHttp;
  /** Asked for each picture: it may become known, or change, later. Null: not known. */
  readonly url: () => string | null;
  readonly clock: Clock;
  readonly bytesMax?: number;
  readonly deadlineMs?: number;
}): SnapshotSource {
  const { http, clock } = options;
  const bytesMax = options.bytesMax ?? bytesMaxDefault;
  const deadlineMs = options.deadlineMs ?? deadlineMsDefault;

  const take = async (signal: AbortSignal): Promise<Result<Snapshot, CameraError>> => {
    const url = options.url();
    if (url === null) return fail({ kind: "refused", message: "it gives no address of a picture" });
    const headers = { accept: "image/jpeg, image/png" };
    const answer = await http.request(
      { method: "GET", url, headers, bytesMax, deadlineMs },
      signal,
    );
    if (!answer.ok) return answer;
    const { status, body } = answer.value;
    if (status !== 200) return fail({ kind: "refused", message: `it answers ${status}` });
    const picture = wholePicture(body);
    return picture.ok ? ok({ takenAt: clock.now(), ...picture.value }) : picture;
  };

  let last: Promise<unknown> = Promise.resolve();
  return {
    fetch(signal) {
      const mine = last.then(() =>
        signal.aborted ? fail({ kind: "aborted", message: "told to stop" } as const) : take(signal),
      );
      last = mine;
      return mine;
    },
  };
}

const jpegStart = Buffer.from([0xff, 0xd8, 0xff]);
const jpegEnd = Buffer.from([0xff, 0xd9]);
const pngStart = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const pngEnd = Buffer.from([0, 0, 0, 0, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82]);
/** Some cameras pad a picture to a round size, or close it with a line break. */
const paddingBytesMax = 4_096;

/** JPEG from SOI to EOI or PNG from its signature to IEND, without what a camera adds behind; else `badAnswer`. */
export function wholePicture(
  body: Buffer,
): Result<Pick<Snapshot, "mediaType" | "bytes">, CameraError> {
  if (startsWith(body, jpegStart)) return endingWith(body, jpegEnd, "image/jpeg");
  if (startsWith(body, pngStart)) return endingWith(body, pngEnd, "image/png");
  if (body.byteLength === 0) return badAnswer("the answer is empty");
  const isText = /^\s*[<{]/.test(body.subarray(0, 64).toString("latin1"));
  return badAnswer(
    isText ? "text came in place of a picture" : "what came is neither JPEG nor PNG",
  );
}

function startsWith(body: Buffer, start: Buffer): boolean {
  return body.subarray(0, start.byteLength).equals(start);
}

function endingWith(
  body: Buffer,
  end: Buffer,
  mediaType: Snapshot["mediaType"],
): Result<Pick<Snapshot, "mediaType" | "bytes">, CameraError> {
  const at = body.lastIndexOf(end);
  const padding = at < 0 ? null : body.subarray(at + end.byteLength);
  const isWhole =
    padding !== null &&
    padding.byteLength <= paddingBytesMax &&
    padding.every((byte) => byte === 0 || byte === 0xff || byte === 0x0a || byte === 0x0d);
  if (!isWhole) return badAnswer("the picture does not reach its end");
  return ok({ mediaType, bytes: body.subarray(0, at + end.byteLength) });
}

function badAnswer(message: string): Result<never, CameraError> {
  return fail({ kind: "badAnswer", message });
}
