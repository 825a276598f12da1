/** The installer's verbs about cameras, as they are called, against cameras on real sockets. */

import { spawn } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAuthority } from "../fakes/certificates.ts";
import { markedPicture, type OnvifDevice, startOnvifDevice, username } from "./onvifDevice.ts";
import { framesOf, slice, startScriptedCamera, usualAnswer } from "./rtsp/scriptedCamera.ts";

const door = new URL("../../agent/hazgate.mjs", import.meta.url).pathname;
const dir = mkdtempSync(join(tmpdir(), "hazgate-cam-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const planted = "pl4nted-s3cret & <x>";

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function hazgate(...words: readonly string[]): Promise<Outcome> {
  const child = spawn(process.execPath, [door, ...words], { stdio: ["ignore", "pipe", "pipe"] });
  const said = { stdout: "", stderr: "" };
  child.stdout.on("data", (piece) => (said.stdout += piece));
  child.stderr.on("data", (piece) => (said.stderr += piece));
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, ...said })));
}

let device: OnvifDevice;
let site = "";
const secret = join(dir, "password");

function siteFile(name: string, cameras: Readonly<Record<string, object>>): string {
  const file = join(dir, name);
  writeFileSync(
    file,
    `site: { id: p, name: P }\nbuses: {}\ndevices: {}\npoints: {}\ntanks: {}\ncameras: ${JSON.stringify(cameras)}\n`,
  );
  return file;
}

beforeAll(async () => {
  writeFileSync(secret, `${planted}\n`);
  chmodSync(secret, 0o600);
  device = await startOnvifDevice({
    ...{ make: "dahua", login: "md5", password: planted, clockOffsetMs: -10_800_000 },
    picture: markedPicture("installer"),
    rtspOrigin: "rtsp://10.0.0.7:1",
  });
  site = siteFile("site.yaml", {
    "cam-1": { onvif: device.url, username, passwordFile: "password", place: "gate" },
    "cam-2": { onvif: "http://127.0.0.1:9/onvif/device_service", place: "gate" },
    "cam-3": { snapshot: device.snapshotUrl, username, passwordFile: "password", place: "gate" },
  });
});
afterAll(() => device[Symbol.asyncDispose]());

function quiet(outcome: Outcome): Outcome {
  const text = outcome.stdout + outcome.stderr;
  for (const word of [planted, "s3cret", encodeURIComponent(planted)]) {
    expect(text).not.toContain(word);
  }
  return outcome;
}

describe("hazgate cam", () => {
  test("test tells each step of a camera, with cause and cure of what fails", async () => {
    const words = ["cam", "test", "cam-1", "--config", site, "--for", "1s"];
    const { code, stdout } = quiet(await hazgate(...words, "--lang", "en"));
    expect(stdout).toContain("! reachable, clock: clock off by -10");
    expect(stdout).toContain("set NTP on the camera");
    expect(stdout).toContain("+ login, identity: Dahua IPC-HFW5442E-ZE, 2.800, 0012345678");
    expect(stdout).toContain("h264 1920x1080 25 fps 4096 kbit/s");
    expect(stdout).toMatch(/\+ snapshot: image\/jpeg, 2 KiB/);
    // It names a stream at a port that no camera has.
    expect(stdout).toContain("x addresses of the profile: address not allowed");
    expect(stdout).toContain("- stream: ");
    expect(code).toBe(1);
    const zh = quiet(await hazgate(...words, "--lang", "zh"));
    expect(zh.stdout).toContain("登录与型号");
  });

  test("test answers in JSON, the same words for machines", async () => {
    const { stdout } = quiet(
      await hazgate("cam", "test", "cam-3", "--config", site, "--json", "--lang", "en"),
    );
    expect(JSON.parse(stdout)).toMatchObject({
      camera: "cam-3",
      steps: [
        { step: "address", state: "ok" },
        { step: "identity", state: "skipped" },
        { step: "snapshot", state: "ok" },
        { step: "stream", state: "skipped" },
      ],
    });
  });

  test("test watches a stream, and tells what came of it", async () => {
    const frames = framesOf(
      Array.from({ length: 100 }, (_, index) => slice(index, Buffer.from("m"), 2_000)),
    );
    await using streaming = await startScriptedCamera((asked, socket) => {
      socket.write(usualAnswer(asked));
      if (asked.method !== "PLAY") return;
      const timer = setInterval(() => {
        // One picture of two packets.
        for (const frame of frames.splice(0, 2)) socket.write(frame);
      }, 40);
      socket.on("close", () => clearInterval(timer));
    });
    const words = ["cam", "test", streaming.url("live"), "--for", "1s", "--lang", "en"];
    const { code, stdout } = await hazgate(...words);
    expect(stdout).toMatch(/\+ stream: h264 320x180, 2\d\.\d fps, \d+ kbit\/s, \d\d pictures/);
    expect(code).toBe(0);
  });

  test("exit codes: 1 wrong password, 2 no such camera or no file, 3 unreachable", async () => {
    const wrong = join(dir, "wrong");
    writeFileSync(wrong, "wr0ng-w0rd");
    const login = ["--username", username, "--password-file", wrong];
    const refused = await hazgate("cam", "test", device.url, ...login, "--lang", "en");
    expect(refused.code).toBe(1);
    expect(refused.stdout).toContain("user name or password not accepted");
    expect(refused.stdout + refused.stderr).not.toContain("wr0ng-w0rd");
    const none = await hazgate("cam", "test", "cam-9", "--config", site, "--lang", "en");
    expect([none.code, none.stdout]).toEqual([2, ""]);
    expect(none.stderr).toContain("cam-1, cam-2, cam-3");
    expect((await hazgate("cam", "test", "cam-1", "--config", "/nowhere.yaml")).code).toBe(2);
    expect((await hazgate("cam", "test", "cam-2", "--config", site)).code).toBe(3);
    expect((await hazgate("cam", "snap", "cam-1")).code).toBe(2);
    // It answers, only its stream does not: wrong, but not unreachable.
    const closed = await startOnvifDevice();
    await closed[Symbol.asyncDispose]();
    await using half = await startOnvifDevice({ rtspOrigin: `rtsp://127.0.0.1:${closed.port}` });
    const partly = await hazgate("cam", "test", half.url, "--lang", "en");
    expect(partly.stdout).toContain("x stream: cannot be reached");
    expect(partly.code).toBe(1);
  });

  test("snap writes a whole picture, and no file when there is none", async () => {
    const out = join(dir, "a.jpg");
    const { code, stdout } = quiet(
      await hazgate("cam", "snap", "cam-1", "--config", site, "--out", out, "--json"),
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ camera: "cam-1", mediaType: "image/jpeg" });
    expect(readFileSync(out).equals(markedPicture("installer"))).toBe(true);
    const missing = join(dir, "b.jpg");
    expect((await hazgate("cam", "snap", "cam-2", "--config", site, "--out", missing)).code).toBe(
      3,
    );
    expect(() => readFileSync(missing)).toThrow();
  });

  test("snap speaks HTTPS with a plant's own authority, and to nobody else", async () => {
    const authority = createAuthority(dir);
    await using secure = await startOnvifDevice({
      ...{ login: "sha256", password: planted, tls: authority.issue("cam") },
    });
    const out = join(dir, "c.jpg");
    const words = ["cam", "snap", secure.snapshotUrl, "--out", out, "--username", username];
    const login = ["--password-file", secret, "--lang", "en"];
    const untrusted = quiet(await hazgate(...words, ...login));
    expect(untrusted.code).toBe(3);
    expect(untrusted.stderr).toContain("certificate");
    expect(secure.asked).toEqual([]);
    const trusted = await hazgate(...words, ...login, "--ca", authority.caFile);
    expect(quiet(trusted).code).toBe(0);
  });

  test("an address with a password inside is refused, and the password is not repeated", async () => {
    const url = `http://admin:${encodeURIComponent(planted)}@127.0.0.1:${device.port}/a.jpg`;
    const asked = device.asked.length;
    const { code } = quiet(await hazgate("cam", "test", url, "--lang", "en"));
    expect(code).toBe(1);
    expect(device.asked.length).toBe(asked);
  });

  test("watch keeps telling the age of the picture, and a fault when there is one", async () => {
    const words = ["cam", "watch", "cam-3", "--config", site, "--every", "300ms", "--json"];
    const well = quiet(await hazgate(...words, "--for", "3500ms"));
    const lines = well.stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.length).toBeGreaterThanOrEqual(2);
    expect(lines.at(-1)).toMatchObject({ camera: "cam-3", faults: [] });
    expect(lines.at(-1).pictureAgeMs).toBeLessThan(3_000);
    expect(well.code).toBe(0);
    device.misbehave("html", "snapshot");
    const bad = quiet(await hazgate(...words, "--for", "2500ms"));
    device.misbehave(null, "snapshot");
    expect(JSON.parse(bad.stdout.trim().split("\n").at(-1) ?? "")).toMatchObject({
      pictureAgeMs: null,
      faults: [{ kind: "badAnswer" }],
    });
    expect(bad.code).toBe(1);
  });

  test("scan looks round on the interface given, and ends with 1 where nobody answers", async () => {
    const found = await hazgate("cam", "scan", "-i", "lo", "--for", "500ms", "--json");
    expect(JSON.parse(found.stdout)).toHaveProperty("cameras");
    expect(found.stderr).toContain("127.0.0.1/8");
    const none = await hazgate("cam", "scan", "-i", "nosuch0");
    expect([none.code, none.stdout]).toEqual([2, ""]);
  });
});
