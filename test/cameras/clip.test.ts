/** Clips of real streams, judged by ffprobe and played by a real Chromium. */

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Clip, makeClips } from "../../agent/cameras/clip.ts";
import { type RingPicture, VideoRing } from "../../agent/cameras/ring.ts";
import { monotonicMs, wallMs } from "../../config/words/time.ts";
import { launch } from "../page/browser.ts";
import { type RtspServer, startRtspServer } from "./gst/rtspServer.ts";
import { watchStream } from "./rtsp/watchStream.ts";

let dir: string;
let browser: Browser;
const footage: Record<string, readonly RingPicture[]> = {};

/** All pictures of a stream from its first key picture on. */
async function record(server: RtspServer, name: string, pictures: number): Promise<void> {
  const ring = new VideoRing({ bytesMax: 8_000_000, keepMs: 60_000 });
  const seen = watchStream({ url: server.url(name) });
  await seen.pictureCount(pictures);
  seen.stop();
  await seen.ended;
  for (const format of seen.formats.slice(-1)) ring.setFormat(format);
  for (const picture of seen.pictures) ring.put(picture);
  footage[name] = ring.take(0, Number.POSITIVE_INFINITY);
}

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "hazgate-clip-"));
  await using server = await startRtspServer({
    cameras: [{ name: "small" }, { name: "large", size: "1080p" }, { name: "hevc", codec: "h265" }],
  });
  await Promise.all([
    record(server, "small", 160),
    record(server, "large", 160),
    record(server, "hevc", 160),
  ]);
  browser = await launch();
});
afterAll(async () => {
  await browser.close();
  rmSync(dir, { recursive: true, force: true });
});

async function clipsOf(pictures: readonly RingPicture[], bytesMax = 50_000_000) {
  const made = await makeClips(pictures, { bytesMax });
  if (!made.ok) throw new Error(made.error);
  return made.value;
}

async function clipOf(pictures: readonly RingPicture[]): Promise<Clip> {
  const { clips } = await clipsOf(pictures);
  expect(clips).toHaveLength(1);
  const [clip] = clips;
  if (clip === undefined) throw new Error("no clip");
  return clip;
}

interface Probed {
  readonly codec_name: string;
  readonly codec_tag_string: string;
  readonly width: number;
  readonly height: number;
  readonly nb_read_frames: string;
  readonly avg_frame_rate: string;
  readonly duration: string;
}

/** Decodes it all: a picture that cannot be decoded is an error line. */
function probe(clip: Clip): { readonly stream: Probed; readonly times: readonly number[] } {
  const file = join(dir, "judged.mp4");
  writeFileSync(file, clip.bytes);
  const words = ["-v", "warning", "-count_frames", "-show_streams", "-show_frames", "-of", "json"];
  const out = execFileSync("ffprobe", [...words, file], { encoding: "utf8", stdio: "pipe" });
  const { streams, frames } = JSON.parse(out) as {
    readonly streams: readonly [Probed];
    readonly frames: readonly { readonly pts_time: string }[];
  };
  return { stream: streams[0], times: frames.map(({ pts_time }) => Number(pts_time)) };
}

interface Played {
  readonly error: string | null;
  readonly duration: number;
  readonly videoWidth: number;
  readonly videoHeight: number;
  readonly currentTime: number;
  readonly shown: number;
}

/** Runs in the page, where the types of the browser are not known to this file. */
const playScript = `(async () => {
  const video = document.createElement("video");
  video.muted = true;
  video.src = location.href;
  document.body.replaceChildren(video);
  const failed = new Promise((resolve) => {
    video.onerror = () => resolve(video.error.message);
  });
  const ended = new Promise((resolve) => {
    video.onended = () => resolve(null);
  });
  video.playbackRate = 4;
  const started = video.play().then(() => ended, (error) => String(error));
  const error = await Promise.race([failed, started]);
  const { duration, videoWidth, videoHeight, currentTime } = video;
  const shown = video.getVideoPlaybackQuality().totalVideoFrames;
  return { error, duration, videoWidth, videoHeight, currentTime, shown };
})()`;

/** What Chromium makes of it: size, length, and whether it comes to the end. */
async function play(clip: Clip): Promise<Played> {
  const server = createServer((_, response) => {
    response.writeHead(200, { "content-type": "video/mp4", "content-length": clip.bytes.length });
    response.end(clip.bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const page = await browser.newPage();
  try {
    await page.goto(`http://127.0.0.1:${port}/`);
    return await page.evaluate<Played>(playScript);
  } finally {
    await page.close();
    server.close();
  }
}

describe("a clip of an undisturbed stream", () => {
  test.each([
    { name: "small", width: 320, height: 180 },
    { name: "large", width: 1920, height: 1080 },
  ])("$name: every picture at its time, played to its end by Chromium", async (camera) => {
    const pictures = footage[camera.name] ?? [];
    const clip = await clipOf(pictures);
    expect(clip).toMatchObject({ pictures: pictures.length, gaps: [], isCut: false });
    const { stream, times } = probe(clip);
    expect(stream).toMatchObject({
      codec_name: "h264",
      codec_tag_string: "avc1",
      width: camera.width,
      height: camera.height,
      nb_read_frames: String(pictures.length),
      avg_frame_rate: "25/1",
    });
    expect(Number(stream.duration)).toBeCloseTo(pictures.length / 25, 2);
    for (const [index, time] of times.entries()) expect(time).toBeCloseTo(index / 25, 3);
    const played = await play(clip);
    expect(played).toMatchObject({
      error: null,
      videoWidth: camera.width,
      videoHeight: camera.height,
    });
    expect(played.duration).toBeCloseTo(pictures.length / 25, 1);
    expect(played.currentTime).toBeCloseTo(played.duration, 1);
    expect(played.shown).toBeGreaterThan(5);
  });

  test("H.265 is kept as hvc1", async () => {
    const pictures = footage["hevc"] ?? [];
    const { stream } = probe(await clipOf(pictures));
    expect(stream).toMatchObject({
      codec_name: "hevc",
      codec_tag_string: "hvc1",
      nb_read_frames: String(pictures.length),
    });
  });
});

/** As if the connection had been away: everything later by so much. */
function later(picture: RingPicture, arrivalMs: number, streamMs: number): RingPicture {
  const { arrivedAt } = picture;
  return {
    ...picture,
    arrivedAt: {
      monotonicMs: monotonicMs(arrivedAt.monotonicMs + arrivalMs),
      wallMs: wallMs(arrivedAt.wallMs + arrivalMs),
    },
    streamMs: picture.streamMs + streamMs,
  };
}

describe("a disturbed stream", () => {
  test("what was missing stays missing in time, and is told", async () => {
    const all = footage["small"] ?? [];
    const pictures = all.flatMap((picture, index) => {
      if (index < 50) return [picture];
      return index < 100 ? [] : [later(picture, 7_000, 0 - 500_000)];
    });
    const clip = await clipOf(pictures);
    const { times, stream } = probe(clip);
    expect(stream.nb_read_frames).toBe(String(pictures.length));
    expect(clip.gaps).toHaveLength(1);
    const [gap] = clip.gaps;
    expect((gap?.toMs ?? 0) - (gap?.fromMs ?? 0)).toBeCloseTo(9_000, -3);
    // The camera's clock was set back meanwhile: our own counts there.
    expect((times[50] ?? 0) - (times[49] ?? 0)).toBeCloseTo(9.04, 0);
    expect((times[51] ?? 0) - (times[50] ?? 0)).toBeCloseTo(0.04, 2);
    expect((await play(clip)).error).toBeNull();
  });

  test("each format has a clip of its own, in order; nothing is left out", async () => {
    const [small, large] = [footage["small"] ?? [], footage["large"] ?? []];
    const shiftMs =
      (small.at(-1)?.arrivedAt.monotonicMs ?? 0) - (large[0]?.arrivedAt.monotonicMs ?? 0);
    const both = [...small, ...large.map((picture) => later(picture, shiftMs + 40, 0))];
    const { clips, picturesOmitted } = await clipsOf(both);
    expect(clips.map(({ width, pictures }) => [width, pictures])).toEqual([
      [320, small.length],
      [1920, large.length],
    ]);
    expect(picturesOmitted).toBe(0);
    for (const clip of clips) expect(probe(clip).stream.width).toBe(clip.width);
  });

  test("pictures without their key picture are left out and counted", async () => {
    const { clips, picturesOmitted } = await clipsOf((footage["small"] ?? []).slice(7));
    expect(picturesOmitted).toBe(43);
    expect(probe(clips[0] as Clip).times).toHaveLength(clips[0]?.pictures ?? 0);
  });

  test("no more bytes than allowed, and the cut is told", async () => {
    const pictures = footage["large"] ?? [];
    const { clips } = await clipsOf(pictures, 400_000);
    expect(clips[0]?.isCut).toBe(true);
    expect(clips[0]?.bytes.length).toBeLessThan(420_000);
    expect(probe(clips[0] as Clip).times).toHaveLength(clips[0]?.pictures ?? 0);
  });

  test("nothing that can be shown is a failure in words", async () => {
    expect(await makeClips([], { bytesMax: 1_000_000 })).toMatchObject({ ok: false });
    const [first] = footage["small"] ?? [];
    if (first === undefined) throw new Error("no footage");
    const format = {
      ...first.format,
      parameterSets: [Uint8Array.of(0x67, 1), Uint8Array.of(0x68)],
    };
    const broken = [{ ...first, format }];
    expect((await makeClips(broken, { bytesMax: 1_000_000 })).ok).toBe(false);
  });
});
