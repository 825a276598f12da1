/** Cameras of several makes by ONVIF, on real sockets: what they say, what their clocks say, what they do wrong. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { OnvifEvent } from "../../drivers/cameras/onvif/readEvents.ts";
import { createAuthority } from "../fakes/certificates.ts";
import { never, partsFor } from "./cameraParts.ts";
import { type Make, shapes } from "./onvifAnswers.ts";
import { type Misdeed, password, startOnvifDevice, username } from "./onvifDevice.ts";

const dir = mkdtempSync(join(tmpdir(), "hazgate-onvif-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const hourMs = 3_600_000;
const makes: readonly Make[] = ["hikvision", "dahua", "axis", "uniview"];

describe("a camera by ONVIF", () => {
  test.each(makes)(
    "%s says who it is, what it streams and where, from a clock 3 h behind",
    async (make) => {
      await using device = await startOnvifDevice({
        ...{ make, login: "wsse", clockOffsetMs: -3 * hourMs },
        rtspOrigin: "rtsp://10.99.0.7",
      });
      const { onvif } = partsFor(device);
      const identity = await onvif.identify(never);
      // As written: "11.10" is no number, nor is "0012345678".
      expect(identity).toEqual({
        ok: true,
        value: {
          manufacturer: shapes[make].manufacturer,
          model: shapes[make].model,
          firmware: shapes[make].firmware,
          serial: shapes[make].serial,
          hardware: "1.10",
        },
      });
      const media = await onvif.media(never);
      const { token, stream } = shapes[make];
      const path = stream.replaceAll("&amp;", "&");
      expect(media).toMatchObject({
        value: {
          offersEvents: true,
          offersRecordings: false,
          profiles: [
            {
              token,
              codec: shapes[make].media2 ? "h265" : "h264",
              width: shapes[make].media2 ? 2560 : 1920,
              height: shapes[make].media2 ? 1440 : 1080,
              ...{ fps: 25, kbps: 4096 },
              stream: {
                url: `rtsp://127.0.0.1${path}`,
                rewrittenFrom: `rtsp://10.99.0.7${path}`,
              },
              snapshot: { url: device.snapshotUrl, rewrittenFrom: null },
            },
            { token: `${token}_sub`, codec: "h264", width: 640, kbps: 512 },
          ],
        },
      });
      expect(device.asked[0]).toBe("GetSystemDateAndTime");
      expect(device.bodies.join("")).not.toContain(password);
    },
  );

  test.each(["md5", "sha256", "both"] as const)("logs in by HTTP digest %s too", async (login) => {
    await using device = await startOnvifDevice({ make: "axis", login });
    expect(await partsFor(device).onvif.media(never)).toMatchObject({ ok: true });
  });

  test("speaks HTTPS with an authority of the plant's own", async () => {
    const authority = createAuthority(dir);
    await using device = await startOnvifDevice({
      ...{ make: "uniview", login: "md5", tls: authority.issue("cam") },
    });
    const { onvif } = partsFor(device, { ca: authority.ca.toString() });
    expect(await onvif.identify(never)).toMatchObject({ value: { manufacturer: "Uniview" } });
    const media = await onvif.media(never);
    expect(media.ok && media.value.profiles[0]?.snapshot?.url).toMatch(/^https:/);
  });

  test("tells the camera's clock offset, and follows it when it is set", async () => {
    await using device = await startOnvifDevice({ login: "wsse", clockOffsetMs: -3 * hourMs });
    const { onvif } = partsFor(device);
    const read = await onvif.clockOffset(never);
    expect(read.ok && Math.abs(read.value.offsetMs + 3 * hourMs)).toBeLessThan(1_500);
    expect(read.ok && read.value.withinMs).toBeLessThan(3_000);
    expect((await onvif.identify(never)).ok).toBe(true);
    device.setClockOffset(hourMs);
    expect((await onvif.identify(never)).ok).toBe(true);
  });

  test("says a wrong password as such, with no word of it", async () => {
    for (const login of ["wsse", "md5"] as const) {
      await using device = await startOnvifDevice({ login });
      const { onvif } = partsFor(device, { credentials: { username, password: "planted-s3cret" } });
      const answer = await onvif.identify(never);
      expect(answer).toMatchObject({ error: { kind: "unauthorised" } });
      expect(JSON.stringify(answer)).not.toContain("s3cret");
    }
  });

  test("never repeats a password that a camera says back", async () => {
    await using device = await startOnvifDevice();
    device.misbehave({
      body: `<e:Envelope><e:Body><e:Fault><faultcode>x</faultcode><faultstring>bad s3cret-word</faultstring></e:Fault></e:Body></e:Envelope>`,
    });
    const credentials = { username, password: "s3cret-word" };
    expect(await partsFor(device, { credentials }).onvif.clockOffset(never)).toMatchObject({
      error: { message: 'it refuses: "bad ***"' },
    });
  });

  test("takes an address of several that is ours, and goes nowhere else", async () => {
    await using probe = await startOnvifDevice();
    const origins = ["http://169.254.12.7", `http://127.0.0.1:${probe.port}`];
    await using device = await startOnvifDevice({ make: "uniview", origins });
    // The services are at another port of the same host: asked there.
    expect(await partsFor(device).onvif.media(never)).toMatchObject({ ok: true });
    expect(probe.asked).toContain("GetProfiles");
    await using far = await startOnvifDevice({ origins: ["http://169.254.12.7:1883"] });
    expect(await partsFor(far).onvif.media(never)).toMatchObject({
      error: { kind: "notAllowed" },
    });
  });

  test("asks the older way where a camera lacks the newer one, and does without a picture's address", async () => {
    await using old = await startOnvifDevice({
      lacks: ["GetServices", "GetSnapshotUri"],
      login: "wsse",
    });
    const media = await partsFor(old).onvif.media(never);
    expect(media).toMatchObject({ value: { profiles: [{ codec: "h264", snapshot: null }, {}] } });
    expect(old.asked).toContain("GetCapabilities");
  });

  const misdeeds: readonly (readonly [Misdeed, string])[] = [
    ["endless", "badAnswer"],
    ["drip", "timeout"],
    ["silent", "timeout"],
    ["reset", "unreachable"],
    ["reset-within", "unreachable"],
    ["redirect", "notAllowed"],
    ["html", "badAnswer"],
    ["error-500", "refused"],
    [{ body: "" }, "badAnswer"],
    [
      { body: `<!DOCTYPE x [<!ENTITY a "b">]><e:Envelope><e:Body><a/></e:Body></e:Envelope>` },
      "badAnswer",
    ],
    [
      {
        body: `<e:Envelope><e:Body>${"<a>".repeat(500)}${"</a>".repeat(500)}</e:Body></e:Envelope>`,
      },
      "badAnswer",
    ],
    [{ body: `<e:Envelope><e:Body>${"<a/>".repeat(30_000)}</e:Body></e:Envelope>` }, "badAnswer"],
    [{ body: "xmlns".repeat(100_000) }, "badAnswer"],
    [
      { body: `<e:Envelope><e:Body>${'<a b="1" c="2"/>'.repeat(9_000)}</e:Body></e:Envelope>` },
      "badAnswer",
    ],
    [
      {
        body: `<e:Envelope><e:Body><__proto__><polluted>1</polluted></__proto__></e:Body></e:Envelope>`,
      },
      "badAnswer",
    ],
  ];
  test.each(misdeeds)("a camera that does %j ends as %s", async (misdeed, kind) => {
    await using device = await startOnvifDevice();
    device.misbehave(misdeed);
    const { onvif } = partsFor(device, { credentials: null, deadlineMs: 600 });
    const beganMs = performance.now();
    expect(await onvif.identify(never)).toMatchObject({ ok: false, error: { kind } });
    expect(performance.now() - beganMs).toBeLessThan(30_000);
    expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
    await expect.poll(() => device.open).toBe(0);
  });
});

describe("events of a camera", () => {
  test.each(makes)(
    "%s tells motion, tampering and fire until told to stop, and gets its subscription back",
    async (make) => {
      await using device = await startOnvifDevice({ make, login: "wsse", clockOffsetMs: hourMs });
      const { onvif } = partsFor(device);
      const heard: OnvifEvent[] = [];
      const stop = new AbortController();
      const shape = shapes[make];
      device.notice(shape.motionTopic, shape.motionItem, "true");
      device.notice("tns1:VideoSource/GlobalSceneChange/ImagingService", "State", "false");
      device.notice("tns1:RuleEngine/tnshik:FireDetection", "State", "1");
      device.notice("tns1:Device/Trigger/DigitalInput", "LogicalState", "true");
      let subscribed = 0;
      const ended = onvif.events(
        {
          onSubscribed: () => (subscribed += 1),
          onEvent: (event) => void heard.push(event),
        },
        stop.signal,
      );
      await expect.poll(() => heard.length).toBe(4);
      device.notice(shape.motionTopic, shape.motionItem, "false");
      await expect.poll(() => heard.length).toBe(5);
      stop.abort();
      expect(await ended).toMatchObject({ kind: "aborted" });
      expect(subscribed).toBe(1);
      const motion = make === "axis" ? "other" : "motion";
      expect(heard.map(({ about, state }) => [about, state])).toEqual([
        [motion, true],
        ["tamper", false],
        ["fire", true],
        ["other", true],
        [motion, false],
      ]);
      expect(heard[1]).toMatchObject({
        topic: "VideoSource/GlobalSceneChange/ImagingService",
        source: "VideoSourceToken MyRule",
        isInitial: false,
      });
      expect(heard[0]?.topic).not.toContain("tns");
      expect(Math.abs(Date.parse(heard[0]?.atDevice ?? "") - Date.now() - hourMs)).toBeLessThan(
        60_000,
      );
      expect(device.asked.at(-1)).toBe("Unsubscribe");
      if (make === "axis") {
        expect(device.bodies.at(-1)).toMatch(/SubscriptionId[^>]*>1</);
      }
    },
  );

  test("ends with the reason when the camera stops answering its pulls", async () => {
    await using device = await startOnvifDevice();
    const { onvif } = partsFor(device);
    device.misbehave("reset", "PullMessages");
    const ended = await onvif.events({ onSubscribed: () => {}, onEvent: () => {} }, never);
    expect(ended).toMatchObject({ kind: "unreachable" });
  });
});
