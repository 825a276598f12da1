/** HTTP to a camera that logs us in by its own ways, or does not behave. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { type CertificateAuthority, createAuthority } from "../fakes/certificates.ts";
import { never, partsFor } from "./cameraParts.ts";
import { type Misdeed, password, startOnvifDevice, username } from "./onvifDevice.ts";
import type { DeviceLogin } from "./onvifLoginGate.ts";

const dir = mkdtempSync(join(tmpdir(), "hazgate-camera-http-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
let made: CertificateAuthority | null = null;
const authority = (): CertificateAuthority => {
  made ??= createAuthority(dir);
  return made;
};

const get = (url: string, more: { deadlineMs?: number; bytesMax?: number } = {}) =>
  ({ method: "GET", url, deadlineMs: 5_000, bytesMax: 100_000, ...more }) as const;

describe("HTTP to a camera", () => {
  const logins: readonly DeviceLogin[] = [
    ...(["none", "basic", "md5", "md5-sess", "md5-no-qop", "sha256", "both"] as const),
  ];
  test.each(logins)("logs in by %s, and keeps the nonce for the next time", async (login) => {
    await using device = await startOnvifDevice({ login });
    const { http } = partsFor(device);
    for (let time = 0; time < 3; time += 1) {
      const answer = await http.request(get(device.snapshotUrl), never);
      expect(answer).toMatchObject({ ok: true, value: { status: 200 } });
    }
    const refusals = device.asked.filter((one) => one.endsWith("401")).length;
    // Without qop a nonce may be used again too.
    expect(refusals).toBe(login === "none" ? 0 : 1);
  });

  test("tells when the password goes over the wire readable, and when it does not", async () => {
    await using plain = await startOnvifDevice({ login: "basic" });
    await using digest = await startOnvifDevice({ login: "md5" });
    const readable = async (device: typeof plain): Promise<boolean> => {
      const { http } = partsFor(device);
      expect((await http.request(get(device.snapshotUrl), never)).ok).toBe(true);
      return http.isPasswordReadable;
    };
    expect(await readable(plain)).toBe(true);
    expect(await readable(digest)).toBe(false);
  });

  test("goes on when a nonce turns stale", async () => {
    await using device = await startOnvifDevice({ login: "md5", nonceUsesMax: 3 });
    const { http } = partsFor(device);
    for (let time = 0; time < 10; time += 1) {
      expect((await http.request(get(device.snapshotUrl), never)).ok).toBe(true);
    }
    expect(device.asked.filter((one) => one.endsWith("401")).length).toBeGreaterThan(2);
  });

  test("says a wrong password after two questions, and one that is missing after one", async () => {
    await using device = await startOnvifDevice({ login: "both" });
    const wrong = partsFor(device, { credentials: { username, password: "planted-s3cret" } });
    const answer = await wrong.http.request(get(device.snapshotUrl), never);
    expect(answer).toMatchObject({ ok: false, error: { kind: "unauthorised" } });
    expect(JSON.stringify(answer)).not.toContain("s3cret");
    expect(device.asked.length).toBe(2);
    const without = partsFor(device, { credentials: null });
    expect(await without.http.request(get(device.snapshotUrl), never)).toMatchObject({
      error: { kind: "unauthorised" },
    });
    expect(device.asked.length).toBe(3);
  });

  test("speaks HTTPS to a camera of the given authority, and sends nothing to another", async () => {
    const pair = authority().issue("camera");
    await using device = await startOnvifDevice({ login: "sha256", tls: pair });
    const trusted = partsFor(device, { ca: authority().ca.toString() });
    expect(await trusted.http.request(get(device.snapshotUrl), never)).toMatchObject({ ok: true });
    const asked = device.asked.length;
    const untrusted = partsFor(device);
    expect(await untrusted.http.request(get(device.snapshotUrl), never)).toMatchObject({
      error: { kind: "unreachable", message: expect.stringContaining("certificate") },
    });
    await using other = await startOnvifDevice({
      tls: authority().issue("stranger", "DNS:elsewhere"),
    });
    expect(await trusted.http.request(get(other.snapshotUrl), never)).toMatchObject({
      error: { kind: "unreachable", message: expect.stringContaining("certificate") },
    });
    expect([device.asked.length, other.asked.length]).toEqual([asked, 0]);
    const plainUrl = device.snapshotUrl.replace("https:", "http:");
    expect((await trusted.http.request(get(plainUrl), never)).ok).toBe(false);
  });

  const misdeeds: readonly (readonly [Misdeed, string])[] = [
    ["endless", "badAnswer"],
    ["claims-huge", "badAnswer"],
    ["gzip", "badAnswer"],
    ["long-header", "badAnswer"],
    ["not-http", "badAnswer"],
    ["drip", "timeout"],
    ["silent", "timeout"],
    ["reset", "unreachable"],
    ["reset-within", "unreachable"],
    ["redirect", "notAllowed"],
  ];
  test.each(misdeeds)(
    "a camera that is %s ends as %s, with nothing left open",
    async (misdeed, kind) => {
      await using device = await startOnvifDevice({ login: "md5" });
      device.misbehave(misdeed);
      const { http } = partsFor(device);
      const answer = await http.request(get(device.snapshotUrl, { deadlineMs: 600 }), never);
      expect(answer).toMatchObject({ ok: false, error: { kind } });
      expect(JSON.stringify(answer)).not.toContain("169.254");
      await expect.poll(() => device.open).toBe(0);
    },
  );

  test("ends at once when told to stop, and asks nothing when told before", async () => {
    await using device = await startOnvifDevice();
    device.misbehave("silent");
    const { http } = partsFor(device);
    const stop = new AbortController();
    const asked = http.request(get(device.snapshotUrl, { deadlineMs: 60_000 }), stop.signal);
    await expect.poll(() => device.asked.length).toBe(1);
    stop.abort();
    expect(await asked).toMatchObject({ error: { kind: "aborted" } });
    expect(await http.request(get(device.snapshotUrl), stop.signal)).toMatchObject({
      error: { kind: "aborted" },
    });
    expect(device.asked.length).toBe(1);
  });

  test("connects to no address that the guard refuses", async () => {
    await using device = await startOnvifDevice();
    const foreign = partsFor(device, { hosts: ["192.0.2.1"] });
    expect(await foreign.http.request(get(device.snapshotUrl), never)).toMatchObject({
      error: { kind: "notAllowed" },
    });
    const { http } = partsFor(device);
    for (const url of [
      `http://localhost:${device.port}/`,
      `http://user:${encodeURIComponent(password)}@127.0.0.1:${device.port}/`,
      `http://[::ffff:127.0.0.1]:${device.port}/`,
      `rtsp://127.0.0.1:${device.port}/`,
    ]) {
      expect(await http.request(get(url), never), url).toMatchObject({
        error: { kind: "notAllowed" },
      });
    }
    expect(device.asked.length).toBe(0);
  });

  test("says a closed port as unreachable", async () => {
    const device = await startOnvifDevice();
    await device[Symbol.asyncDispose]();
    expect(await partsFor(device).http.request(get(device.snapshotUrl), never)).toMatchObject({
      error: { kind: "unreachable", message: "the connection was refused" },
    });
  });
});
