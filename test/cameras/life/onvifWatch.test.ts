/** Cameras of which only the ONVIF address is written: a real device on HTTP, and real streams where there are any. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type CameraField, openCameras } from "../../../agent/cameraField.ts";
import { createRealClock } from "../../../agent/realClock.ts";
import type { BoxEvent } from "../../../agent/records.ts";
import { createLog } from "../../../agent/watch/log.ts";
import { readSite } from "../../../config/load.ts";
import { until } from "../../soak/processes.ts";
import { startRtspServer } from "../gst/rtspServer.ts";
import { type OnvifDevice, password, startOnvifDevice, username } from "../onvifDevice.ts";

const clock = createRealClock();
let dir = "";
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "hazgate-onvif-"));
});
afterEach(() => rmSync(dir, { recursive: true }));

interface Watched extends AsyncDisposable {
  readonly field: CameraField;
  readonly notes: readonly BoxEvent[];
}

async function watching(device: OnvifDevice, rest: string, secret = password): Promise<Watched> {
  const text = `site: { id: s, name: s }\nbuses: {}\ndevices: {}\npoints: {}\ncameras:\n  c: { onvif: "${device.url}", username: ${username}, passwordFile: p, pictureEvery: 2s, ${rest} }\n`;
  const site = readSite({ file: "site.yaml", text, io: { fileMode: () => 0o100600 } });
  if (!site.ok) throw new Error(JSON.stringify(site.error));
  const notes: BoxEvent[] = [];
  const field = await openCameras({
    options: {
      ...{ site: site.value.site, dataDir: dir, clock, random: Math.random },
      cameraSecrets: { c: { password: secret } },
      log: createLog(
        () => {},
        () => clock.monotonicMs(),
      ),
    },
    standing: [],
    onCondition: () => {},
    note: (event) => notes.push(event),
  });
  const stop = new AbortController();
  const run = field.run(stop.signal);
  return {
    ...{ field, notes },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await run;
    },
  };
}

const healthOf = ({ field }: Watched) => field.health()[0];

async function jpeg(): Promise<Buffer> {
  const create = { width: 640, height: 360, channels: 3, background: "#445566" } as const;
  return await sharp({ create }).jpeg().toBuffer();
}

test("stream and picture are asked by ONVIF, and a clock that is minutes off is told", async () => {
  await using server = await startRtspServer({ cameras: [{ name: "media/video1" }] });
  const url = new URL(server.url("media/video1"));
  await using device = await startOnvifDevice({
    ...{ login: "md5", clockOffsetMs: -300_000, picture: await jpeg() },
    // Another host than its own, as behind NAT.
    make: "uniview",
    rtspOrigin: `rtsp://10.9.9.9:${url.port}`,
  });
  await using watched = await watching(device, "checks: { offline: 8s }");
  const still = await watched.field.still("c", AbortSignal.timeout(20_000));
  expect(still.ok && still.value.mediaType, JSON.stringify(still)).toBe("image/jpeg");
  expect(device.asked).toContain("snapshot");
  await until("its clock", () => (healthOf(watched)?.clockOffsetMs ?? 0) < -290_000);
  await until("its stream", () => (healthOf(watched)?.fps ?? 0) > 20);
  await until(
    "the alarm of its clock",
    () => healthOf(watched)?.faults.includes("clock") === true,
    90_000,
  );
  expect(healthOf(watched)).toMatchObject({ status: "ON", codec: "h264", width: 320 });
});

test("a wrong password is told as such, and it is not tried at each look", async () => {
  await using device = await startOnvifDevice({ login: "md5" });
  await using watched = await watching(device, "checks: { offline: 6s }", "wrong");
  await until("the fault", () => healthOf(watched)?.faults[0] === "unauthorised");
  expect(healthOf(watched)).toMatchObject({ status: "OFF", faults: ["unauthorised"] });
  const before = device.asked.length;
  await new Promise((resolve) => setTimeout(resolve, 8_000));
  expect(device.asked.length - before).toBeLessThan(4);
  expect(JSON.stringify(healthOf(watched))).not.toContain("wrong");
});

test("what the camera notices becomes an event; tampering stands as a fault until the camera takes it back", async () => {
  await using device = await startOnvifDevice({ login: "md5", picture: await jpeg() });
  await using watched = await watching(
    device,
    "checks: { offline: off, frozen: off, covered: off }",
  );
  await until("a subscription", () => device.asked.includes("PullMessages"));
  device.notice("tns1:VideoSource/GlobalSceneChange/ImagingService", "State", "true");
  await until("the event", () => watched.notes.some(({ type }) => type === "camera-event"));
  const told = watched.notes.find(({ type }) => type === "camera-event");
  expect(told?.details).toMatchObject({ camera: "c", about: "tamper", state: true });
  await until("the fault", () => healthOf(watched)?.faults.includes("tampered") === true);
  device.notice("tns1:VideoSource/GlobalSceneChange/ImagingService", "State", "false");
  await until("its end", () => healthOf(watched)?.faults.includes("tampered") === false);
});

test("with events off the camera is never asked for any", async () => {
  await using device = await startOnvifDevice({ login: "md5", picture: await jpeg() });
  await using watched = await watching(device, "events: false");
  await until("an address", () => device.asked.includes("GetSnapshotUri"));
  expect(watched.notes.filter(({ type }) => type === "camera-event")).toEqual([]);
  expect(device.asked).not.toContain("CreatePullPointSubscription");
});
