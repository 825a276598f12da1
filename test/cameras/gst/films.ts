/** Films for the test cameras, encoded once by ffmpeg and kept in a cache folder. */

import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

/** What is to be seen. All but `slow` run at 25 pictures a second, a key picture every 2 s. */
export type Scene =
  | "moving"
  | "frozen"
  | "black"
  | "bright"
  | "covered"
  | "moved"
  /** Five pictures a second. */
  | "slow";

/** `1080p`: 1920x1080, 3 Mbit/s. `720p`: 1280x720, 2 Mbit/s. `small`: 320x180, 150 kbit/s. */
export type FilmSize = "1080p" | "720p" | "small";

export interface FilmSpec {
  readonly codec: "h264" | "h265";
  readonly size: FilmSize;
  readonly scene: Scene;
}

export interface Film {
  /** Annex B, an access unit delimiter before each picture. */
  readonly file: string;
  readonly fps: number;
}

const sizes = {
  "1080p": { width: 1920, height: 1080, kbps: 3000 },
  "720p": { width: 1280, height: 720, kbps: 2000 },
  small: { width: 320, height: 180, kbps: 150 },
} as const;

/**
 * Films go round: whoever looks once in so long would see one picture for ever, and rightly call it frozen. A watch that
 * a loaded machine makes look at each second or third turn looks every 20 or 30 s, never every 14.
 */
const seconds = 14;
const run = promisify(execFile);

/** Encodes the film unless it is there. Throws when ffmpeg is missing or fails. */
export async function filmOf(spec: FilmSpec): Promise<Film> {
  const fps = spec.scene === "slow" ? 5 : 25;
  const words = encodeWords(spec, fps);
  const name = createHash("sha256").update(words.join(" ")).digest("hex").slice(0, 16);
  const dir = join(tmpdir(), "hazgate-films");
  const file = join(dir, `${name}.${spec.codec}`);
  if (!existsSync(file)) {
    mkdirSync(dir, { recursive: true });
    const half = `${file}.${process.pid}-${performance.now()}`;
    try {
      await run("ffmpeg", [...words, half]);
      renameSync(half, file);
    } finally {
      rmSync(half, { force: true });
    }
  }
  return { file, fps };
}

function encodeWords({ codec, size, scene }: FilmSpec, fps: number): string[] {
  const { kbps } = sizes[size];
  const gop = fps * 2;
  const rate = ["-b:v", `${kbps}k`, "-maxrate", `${kbps}k`, "-bufsize", `${kbps}k`];
  const coder =
    codec === "h264"
      ? ["-c:v", "libx264", "-preset", "veryfast", "-profile:v", "main", "-x264-params"]
      : ["-c:v", "libx265", "-preset", "ultrafast", "-x265-params"];
  const common = `keyint=${gop}:min-keyint=${gop}:scenecut=0:bframes=0:aud=1:repeat-headers=1`;
  const own = codec === "h264" ? "force-cfr=1" : "open-gop=0:log-level=error";
  return [
    ...["-hide_banner", "-loglevel", "error", "-nostdin", "-y"],
    ...["-f", "lavfi", "-i", pictureOf(scene, size, fps), "-t", String(seconds)],
    ...["-pix_fmt", "yuv420p", "-threads", "2", ...coder, `${common}:${own}`, ...rate],
    ...["-f", codec === "h264" ? "h264" : "hevc"],
  ];
}

function pictureOf(scene: Scene, size: FilmSize, fps: number): string {
  const { width, height } = sizes[size];
  const shape = `size=${width}x${height}:rate=${fps}`;
  const moving = `testsrc2=${shape},noise=alls=6:allf=t`;
  switch (scene) {
    case "moving":
    case "slow":
      return moving;
    case "frozen":
      return `${moving},loop=loop=-1:size=1:start=0,setpts=N/${fps}/TB`;
    case "black":
      return `color=black:${shape}`;
    case "bright":
      return `color=white:${shape}`;
    case "covered":
      return `${moving},scale=16:9,scale=${width}:${height}:flags=bilinear`;
    case "moved":
      return `${moving},crop=iw*0.7:ih*0.7:iw*0.3:ih*0.3,scale=${width}:${height}`;
    default:
      throw new Error(`no such scene: ${String(scene satisfies never)}`);
  }
}
