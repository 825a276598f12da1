import { execFile } from "node:child_process";
import { promisify } from "node:util";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createRealClock } from "../../../agent/realClock.ts";
import { type SimCamera, startSimCamera } from "../../../agent/sim/cameras/simCamera.ts";
import { createAddressGuard } from "../../../drivers/cameras/addressGuard.ts";
import { openRtspStream } from "../../../drivers/cameras/rtsp/rtspStream.ts";

const run = promisify(execFile);
const clock = createRealClock();
let camera: SimCamera;
beforeAll(async () => {
  camera = await startSimCamera({ host: "127.0.0.1", number: 7, seed: 11, clock, hasStream: true });
  await camera.codeStream();
});
afterAll(() => camera[Symbol.asyncDispose]());

function openStream(url: string) {
  const { hostname, port } = new URL(url);
  return openRtspStream({
    ...{ url, clock, firstPictureMs: 10_000, stallMs: 5_000 },
    access: { id: "CAM-07", credentials: null, networks: [] },
    guard: createAddressGuard({ hosts: [hostname], networks: [], ports: [Number(port)] }),
    randomHex: () => "0123456789abcdef",
  });
}

async function pictureNow(): Promise<Uint8Array> {
  const answer = await fetch(camera.snapshotUrl);
  const { data } = await sharp(await answer.arrayBuffer())
    .greyscale()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return data;
}
const difference = (a: Uint8Array, b: Uint8Array): number =>
  a.reduce((sum, value, i) => sum + Math.abs(value - (b[i] ?? 0)), 0) / a.length;
const mean = (a: Uint8Array): number => a.reduce((sum, value) => sum + value, 0) / a.length;

test("its picture moves; frozen it stands still to the last bit, black it is dark, dead it hangs up", async () => {
  const first = await pictureNow();
  await clock.sleep(300, new AbortController().signal);
  expect(difference(first, await pictureNow())).toBeGreaterThan(1);
  camera.set("frozen");
  const frozen = await pictureNow();
  await clock.sleep(100, new AbortController().signal);
  expect(difference(frozen, await pictureNow())).toBe(0);
  camera.set("black");
  expect(mean(await pictureNow())).toBeLessThan(6);
  camera.set("dead");
  await expect(pictureNow()).rejects.toThrow();
  camera.set(null);
  expect(mean(await pictureNow())).toBeGreaterThan(60);
});

test("a reader that we did not write plays its stream", async () => {
  const { stdout, stderr } = await run(
    "ffprobe",
    [
      ...["-v", "error", "-rtsp_transport", "tcp", "-show_entries"],
      ...["stream=codec_name,width,height,r_frame_rate", "-of", "compact", camera.rtspUrl ?? ""],
    ],
    { timeout: 60_000 },
  );
  expect(stderr).toBe("");
  expect(stdout.trim()).toBe("stream|codec_name=h264|width=640|height=360|r_frame_rate=10/1");
});

test("our own client plays it too, until the camera dies", async () => {
  const sizes: string[] = [];
  let pictures = 0;
  let keys = 0;
  const stream = openStream(camera.rtspUrl ?? "");
  const ending = new AbortController();
  const ended = stream.run(
    {
      onFormat: ({ width, height }) => sizes.push(`${width}x${height}`),
      onPicture({ isKey }) {
        pictures += 1;
        if (isKey) keys += 1;
        if (pictures === 45) camera.set("dead");
      },
    },
    ending.signal,
  );
  expect(["ended", "unreachable"]).toContain((await ended).kind);
  expect(sizes).toEqual(["640x360"]);
  expect(pictures).toBeGreaterThanOrEqual(45);
  expect(keys).toBeGreaterThanOrEqual(2);
  camera.set(null);
});

test.each([
  ["GetStreamUri", () => camera.rtspUrl ?? "no"],
  ["GetSnapshotUri", () => camera.snapshotUrl],
  ["GetCapabilities", () => camera.onvifUrl],
])("it answers %s, and refuses what it does not know", async (asked, told) => {
  const ask = (name: string): Promise<Response> =>
    fetch(camera.onvifUrl, {
      method: "POST",
      body: `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body><${name}/></s:Body></s:Envelope>`,
    });
  expect(await (await ask(asked)).text()).toContain(told());
  const unknown = await ask("Reboot");
  expect(unknown.status).toBe(400);
  expect(await unknown.text()).toContain("Fault");
});
