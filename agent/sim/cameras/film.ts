/** A few seconds of a scene, coded once by the machine's ffmpeg and then played round and round. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { setImmediate } from "node:timers/promises";
import type { Canvas } from "./canvas.ts";

/** One coded picture: its NAL units without start codes. */
export interface FilmPicture {
  readonly isKey: boolean;
  readonly nals: readonly Uint8Array[];
}

export interface Film {
  readonly fps: number;
  readonly sps: Uint8Array;
  readonly pps: Uint8Array;
  readonly pictures: readonly FilmPicture[];
}

const keyEverySeconds = 2;
const spsType = 7;
const ppsType = 8;
const keyType = 5;
const otherPictureType = 1;

/** Whether this machine has an ffmpeg. */
export async function canMakeFilms(): Promise<boolean> {
  const asked = spawn("ffmpeg", ["-version"], { stdio: "ignore" });
  return await new Promise((resolve) => {
    asked.on("error", () => resolve(false));
    asked.on("close", (code) => resolve(code === 0));
  });
}

/**
 * Draws `count` pictures, one at a time: the plant and the page run in the same process. Null: there is no ffmpeg on this
 * machine, or it does not code H.264.
 */
export async function makeFilm(
  draw: (frame: number) => Canvas,
  { fps, count }: { readonly fps: number; readonly count: number },
): Promise<Film | null> {
  const { width, height } = draw(0);
  const coder = spawn(
    "ffmpeg",
    [
      ...["-v", "error", "-f", "rawvideo", "-pix_fmt", "rgb24"],
      ...["-s", `${width}x${height}`, "-r", String(fps), "-i", "-"],
      ...["-c:v", "libx264", "-preset", "veryfast", "-tune", "zerolatency", "-threads", "1"],
      ...["-pix_fmt", "yuv420p", "-b:v", "700k", "-g", String(fps * keyEverySeconds)],
      ...["-x264-params", "scenecut=0:slices=1:sliced-threads=0", "-bsf:v", "dump_extra"],
      ...["-f", "h264", "-"],
    ],
    { stdio: ["pipe", "pipe", "ignore"] },
  );
  const ended = new Promise<number | null>((resolve) => {
    coder.on("error", () => resolve(null));
    coder.on("close", resolve);
  });
  const pieces: Buffer[] = [];
  coder.stdout.on("data", (piece: Buffer) => pieces.push(piece));
  // A program that is not there, or dies, breaks the pipe: its end tells.
  coder.stdin.on("error", () => {});
  for (let frame = 0; frame < count; frame += 1) {
    if (!coder.stdin.write(draw(frame).rgb)) {
      await Promise.race([once(coder.stdin, "drain"), ended]);
    }
    await setImmediate();
  }
  coder.stdin.end();
  if ((await ended) !== 0) return null;
  return filmOf(Buffer.concat(pieces), fps);
}

function filmOf(bytes: Buffer, fps: number): Film | null {
  let sps: Uint8Array | null = null;
  let pps: Uint8Array | null = null;
  const pictures: FilmPicture[] = [];
  for (const nal of nalsOf(bytes)) {
    const type = (nal[0] ?? 0) & 0x1f;
    if (type === spsType) sps = nal;
    else if (type === ppsType) pps = nal;
    else if (type === keyType || type === otherPictureType) {
      pictures.push({ isKey: type === keyType, nals: [nal] });
    }
  }
  return sps === null || pps === null || pictures.length === 0 ? null : { fps, sps, pps, pictures };
}

/** Between start codes of three or four bytes. */
function* nalsOf(bytes: Buffer): Generator<Uint8Array> {
  const mark = Buffer.from([0, 0, 1]);
  let from = bytes.indexOf(mark);
  while (from !== -1) {
    const next = bytes.indexOf(mark, from + 3);
    let end = next === -1 ? bytes.length : next;
    while (end > from + 3 && bytes[end - 1] === 0) end -= 1;
    yield bytes.subarray(from + 3, end);
    from = next;
  }
}
