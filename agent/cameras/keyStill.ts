/** A key picture of the stream -> a JPEG in its full size, by one ffmpeg for each. For evidence, not for each look. */

import { spawn } from "node:child_process";
import { fail, ok, type Result } from "../../config/words/result.ts";
import type { Clock } from "../../config/words/time.ts";
import type { CodedPicture, StreamFormat } from "../../drivers/cameras/contract.ts";
import { keyPictureBytes } from "./keyPictureBytes.ts";

const stillMs = 10_000;
const stillBytesMax = 16 * 1024 * 1024;

/** Never throws; ends within 10 s. Where there is no ffmpeg it fails at once. */
export async function keyStill(
  coded: Pick<CodedPicture, "nals">,
  options: { readonly format: StreamFormat; readonly clock: Clock; readonly signal: AbortSignal },
): Promise<Result<Uint8Array, string>> {
  const { format, clock, signal } = options;
  const bytes = keyPictureBytes(coded, format);
  if (bytes === null) return fail("the key picture is not one whole picture");
  if (signal.aborted) return fail("told to stop");
  const kind = format.codec === "h264" ? "h264" : "hevc";
  const words = [
    ...["-hide_banner", "-loglevel", "error", "-protocol_whitelist", "pipe", "-threads", "1"],
    ...["-f", kind, "-i", "pipe:0", "-frames:v", "1", "-threads", "1"],
    ...["-f", "image2pipe", "-c:v", "mjpeg", "-q:v", "3", "pipe:1"],
  ];
  const child = spawn("ffmpeg", words, { stdio: ["pipe", "pipe", "ignore"], cwd: "/" });
  const { promise, resolve } = Promise.withResolvers<Result<Uint8Array, string>>();
  const pieces: Buffer[] = [];
  let size = 0;
  child.stdout.on("data", (piece: Buffer) => {
    pieces.push(piece);
    size += piece.length;
    if (size > stillBytesMax) resolve(fail("the still is too large"));
  });
  child.on("error", (error) => resolve(fail(`ffmpeg cannot be started: ${error.message}`)));
  child.on("close", (code) => {
    const isWell = code === 0 && size > 0;
    resolve(isWell ? ok(Buffer.concat(pieces)) : fail("the key picture cannot be decoded"));
  });
  child.stdin.on("error", () => {});
  child.stdin.end(bytes);
  const onAbort = (): void => resolve(fail("told to stop"));
  signal.addEventListener("abort", onAbort);
  const deadline = clock.timer(stillMs, () => resolve(fail("no still within 10 s")));
  const answer = await promise;
  deadline.cancel();
  signal.removeEventListener("abort", onAbort);
  if (child.exitCode === null) child.kill("SIGKILL");
  return answer;
}
