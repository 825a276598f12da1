/** One standing ffmpeg that turns coded key pictures into small grey ones. A new one is made when it has died. */

import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import type { VideoCodec } from "../../drivers/cameras/contract.ts";
import { greyHeight, greyPixels, greyWidth } from "./greyPicture.ts";

export interface DecoderEars {
  /** One decoded picture; the ears own it. */
  onGrey(grey: Uint8Array): void;
  /** It is gone, or could not be started. Told once; nothing comes after it. */
  onEnd(why: string): void;
}

export interface DecoderProcess {
  write(bytes: Uint8Array): void;
  /** Ends it at once. */
  kill(): void;
}

/** Most of its complaint that is kept. */
const complaintCharsMax = 300;
const formats: Readonly<Record<VideoCodec, string>> = { h264: "h264", h265: "hevc" };

/** `pipe` is the only protocol it may use; nothing in the pictures can send it elsewhere. */
export function startDecoder(codec: VideoCodec, ears: DecoderEars): DecoderProcess {
  const words = [
    ...["-hide_banner", "-loglevel", "error", "-protocol_whitelist", "pipe"],
    ...["-threads", "1", "-flags", "low_delay"],
    ...["-probesize", "32", "-analyzeduration", "0", "-f", formats[codec], "-i", "pipe:0"],
    ...["-filter_threads", "1", "-vf", `scale=${greyWidth}:${greyHeight}:flags=area,format=gray`],
    ...["-fps_mode", "passthrough", "-f", "rawvideo", "-flush_packets", "1", "pipe:1"],
  ];
  const child = spawn("ffmpeg", words, { stdio: ["pipe", "pipe", "pipe"], cwd: "/" });
  const { stdin, stdout, stderr } = child;
  const frame = new FrameCutter(ears.onGrey);
  let complaint = "";
  let hasEnded = false;
  const end = (why: string): void => {
    if (hasEnded) return;
    hasEnded = true;
    release(child);
    ears.onEnd(why);
  };
  stdout.on("data", (piece: Buffer) => {
    if (!hasEnded) frame.take(piece);
  });
  stderr.on("data", (piece: Buffer) => {
    complaint = `${complaint}${piece.toString("latin1")}`.slice(-complaintCharsMax);
  });
  // A pipe breaks when the process dies: that is told by its exit.
  stdin.on("error", () => {});
  child.on("error", (error) => end(`ffmpeg cannot be started: ${error.message}`));
  child.on("exit", (code, signal) => {
    end(`ffmpeg ended (${signal ?? code}) ${complaint.trim()}`.trim());
  });
  return {
    write: (bytes) => void stdin.write(bytes),
    kill: () => {
      hasEnded = true;
      child.kill("SIGKILL");
      release(child);
    },
  };
}

/** Whether pictures of streams can be decoded on this box at all. */
export function isDecoderThere(): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn("ffmpeg", ["-version"], { stdio: "ignore", cwd: "/" });
    child.on("error", () => resolve(false));
    child.on("exit", (code) => resolve(code === 0));
  });
}

function release(child: ChildProcessByStdio<Writable, Readable, Readable>): void {
  child.stdin.destroy();
  child.stdout.destroy();
  child.stderr.destroy();
}

/** Cuts what comes from the pipe into pictures. */
class FrameCutter {
  readonly #tell: (grey: Uint8Array) => void;
  #grey = new Uint8Array(greyPixels);
  #filled = 0;

  constructor(tell: (grey: Uint8Array) => void) {
    this.#tell = tell;
  }

  take(piece: Uint8Array): void {
    let at = 0;
    while (at < piece.length) {
      const part = piece.subarray(at, at + greyPixels - this.#filled);
      this.#grey.set(part, this.#filled);
      this.#filled += part.length;
      at += part.length;
      if (this.#filled < greyPixels) return;
      const whole = this.#grey;
      this.#grey = new Uint8Array(greyPixels);
      this.#filled = 0;
      this.#tell(whole);
    }
  }
}
