/** The RTSP client against GStreamer's server: what it gives, and how it ends. */

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAuthority } from "../../fakes/certificates.ts";
import { filmOf } from "../gst/films.ts";
import { type RtspServer, startRtspServer } from "../gst/rtspServer.ts";
import { watchStream } from "./watchStream.ts";

const login = { username: "viewer", password: 'a:b"c=ü' };
let server: RtspServer;
let dir: string;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "hazgate-rtsp-"));
  server = await startRtspServer({
    cameras: [
      { name: "open" },
      { name: "hevc", codec: "h265" },
      { name: "large", size: "1080p" },
      { name: "digest", login },
      { name: "basic", login: { username: "viewer", password: "plain", method: "basic" } },
    ],
  });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  rmSync(dir, { recursive: true, force: true });
});

/** The stream as a file again, judged by ffprobe. */
function judge(pictures: readonly { readonly nals: readonly Uint8Array[] }[], format: string) {
  const file = join(dir, `judged.${format}`);
  const startCode = Buffer.of(0, 0, 0, 1);
  const bytes = pictures.flatMap(({ nals }) => nals.flatMap((nal) => [startCode, nal]));
  writeFileSync(file, Buffer.concat(bytes));
  const show = ["-show_entries", "stream=codec_name,width,height,nb_read_frames", "-of", "csv=p=0"];
  return execFileSync("ffprobe", ["-v", "error", "-f", format, "-count_frames", ...show, file], {
    encoding: "utf8",
  }).trim();
}

describe("what it gives", () => {
  test.each([
    { name: "open", codec: "h264", format: "h264", width: 320, height: 180, sets: 2 },
    { name: "large", codec: "h264", format: "h264", width: 1920, height: 1080, sets: 2 },
    { name: "hevc", codec: "h265", format: "hevc", width: 320, height: 180, sets: 3 },
  ])("whole pictures of $name, with size and times", async (camera) => {
    const seen = watchStream({ url: server.url(camera.name) });
    await seen.pictureCount(110);
    seen.stop();
    expect((await seen.ended).kind).toBe("aborted");
    const format = seen.formats.at(-1);
    expect(format).toMatchObject({
      codec: camera.codec,
      width: camera.width,
      height: camera.height,
    });
    expect(format?.parameterSets).toHaveLength(camera.sets);
    const firstKey = seen.pictures.findIndex(({ isKey }) => isKey);
    const fromKey = seen.pictures.slice(firstKey);
    const codecName = camera.codec === "h264" ? "h264" : "hevc";
    expect(judge(fromKey, camera.format)).toBe(
      `${codecName},${camera.width},${camera.height},${fromKey.length}`,
    );
    const steps = seen.pictures.slice(1).map((picture, index) => {
      return Math.round(picture.streamMs - (seen.pictures[index]?.streamMs ?? 0));
    });
    expect(steps.every((step) => step === 40)).toBe(true);
    const keys = fromKey.flatMap(({ isKey }, index) => (isKey ? [index] : []));
    expect(keys).toEqual(keys.map((_, index) => index * 50));
    expect(seen.stream.counts).toEqual({ lostPackets: 0, damagedPictures: 0, strangePackets: 0 });
    expect(seen.clock.pending).toBe(0);
  });

  test("the pictures are byte for byte those of the film", async () => {
    const film = readFileSync(
      (await filmOf({ codec: "h264", size: "small", scene: "moving" })).file,
    );
    const seen = watchStream({ url: server.url("open") });
    await seen.pictureCount(60);
    seen.stop();
    await seen.ended;
    const slices = seen.pictures.map(({ nals }) => nals.at(-1) ?? new Uint8Array());
    expect(slices.every((slice) => film.includes(Buffer.from(slice)))).toBe(true);
  });

  test("a new format when the camera's parameter sets change", async () => {
    const seen = watchStream({ url: server.url("open") });
    await seen.pictureCount(5);
    await server.switchTo("open", "badSps");
    await seen.pictureCount(110);
    seen.stop();
    await seen.ended;
    await server.switchTo("open", "normal");
    const sizes = seen.formats.map(({ width }) => width);
    expect(sizes.at(-1)).not.toBe(320);
    expect(sizes.length).toBeGreaterThanOrEqual(2);
  });
});

describe("logging in", () => {
  test("digest with a password of odd letters", async () => {
    const seen = watchStream({ url: server.url("digest"), ...login });
    await seen.pictureCount(3);
    seen.stop();
    expect((await seen.ended).kind).toBe("aborted");
    expect(seen.pictures.length).toBeGreaterThanOrEqual(3);
  });

  test("Basic where the camera offers nothing else", async () => {
    const seen = watchStream({ url: server.url("basic"), username: "viewer", password: "plain" });
    await seen.pictureCount(1);
    seen.stop();
    expect((await seen.ended).kind).toBe("aborted");
  });

  test("a wrong or missing password is told as such", async () => {
    const wrong = watchStream({ url: server.url("digest"), username: "viewer", password: "x" });
    expect((await wrong.ended).kind).toBe("unauthorised");
    const none = watchStream({ url: server.url("digest") });
    expect((await none.ended).kind).toBe("unauthorised");
    const basic = watchStream({ url: server.url("basic"), username: "viewer", password: "x" });
    expect((await basic.ended).kind).toBe("unauthorised");
    expect(wrong.clock.pending + none.clock.pending + basic.clock.pending).toBe(0);
  });

  test("a password that is changed meanwhile is noticed at the next run", async () => {
    await server.switchTo("digest", "otherPassword");
    const seen = watchStream({ url: server.url("digest"), ...login });
    expect((await seen.ended).kind).toBe("unauthorised");
    await server.switchTo("digest", "normal");
  });
});

describe("how it ends", () => {
  test("stalled, soon after the pictures stop on a living connection", async () => {
    const seen = watchStream({ url: server.url("open"), stallMs: 1_000 });
    await seen.pictureCount(3);
    await server.switchTo("open", "stall");
    const startedMs = performance.now();
    expect((await seen.ended).kind).toBe("stalled");
    expect(performance.now() - startedMs).toBeLessThan(30_000);
    const next = watchStream({ url: server.url("open"), firstPictureMs: 800 });
    const reason = await next.ended;
    expect(reason.kind).toBe("timeout");
    expect(reason.message).toContain("waiting for its first picture");
    await server.switchTo("open", "normal");
    expect(seen.clock.pending + next.clock.pending).toBe(0);
  });

  test("ended, when the camera hangs up; refused, when it knows no such stream", async () => {
    const seen = watchStream({ url: server.url("open") });
    await seen.pictureCount(3);
    await server.switchTo("open", "gone");
    expect((await seen.ended).kind).toBe("ended");
    const next = watchStream({ url: server.url("open") });
    expect((await next.ended).kind).toBe("refused");
    await server.switchTo("open", "normal");
    const again = watchStream({ url: server.url("open") });
    await again.pictureCount(1);
    again.stop();
    expect((await again.ended).kind).toBe("aborted");
  });

  test("unreachable, where nobody listens; notAllowed, outside the networks", async () => {
    const nobody = watchStream({ url: "rtsp://127.0.0.1/x" });
    expect((await nobody.ended).kind).toBe("unreachable");
    const outside = watchStream({ url: "rtsp://192.0.2.1/x" });
    expect((await outside.ended).kind).toBe("notAllowed");
    const noCamera = watchStream({ url: "rtsp://127.0.0.1:22/x" });
    expect((await noCamera.ended).kind).toBe("notAllowed");
  });
});

test("rtsps: plays when the certificate is trusted, not otherwise", async () => {
  const authority = createAuthority(dir);
  const tls = authority.issue("camera");
  await using secure = await startRtspServer({ cameras: [{ name: "a" }], tls });
  const ca = readFileSync(authority.caFile, "utf8");
  const trusted = watchStream({ url: secure.url("a"), ca });
  await trusted.pictureCount(2);
  trusted.stop();
  expect((await trusted.ended).kind).toBe("aborted");
  expect(trusted.pictures.length).toBeGreaterThanOrEqual(2);
  const stranger = watchStream({ url: secure.url("a") });
  const reason = await stranger.ended;
  expect(reason.kind).toBe("unreachable");
  expect(reason.message).toMatch(/SELF_SIGNED|UNABLE_TO/);
});
