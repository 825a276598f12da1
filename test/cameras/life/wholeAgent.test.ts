import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Agent } from "../../../agent/agent.ts";
import { learntFileOf, writeLearnt } from "../../../agent/cameras/learntFile.ts";
import { startAgent } from "../../../agent/compose.ts";
import { createRealClock } from "../../../agent/realClock.ts";
import { type Platform, startPlatform } from "../../../agent/sim/platform/platform.ts";
import { createLog } from "../../../agent/watch/log.ts";
import { alarmBodySchema, eventBodySchema } from "../../../agent/wire/envelope.ts";
import { openPayload } from "../../../agent/wire/payload.ts";
import { readSite } from "../../../config/load.ts";
import { until } from "../../soak/processes.ts";
import { type Fault, type RtspServer, startRtspServer } from "../gst/rtspServer.ts";

const clock = createRealClock();
const dir = mkdtempSync(join(tmpdir(), "hazgate-life-"));
let server: RtspServer;
let platform: Platform;
let agent: Agent;

const siteText = () => `
site: { id: life, name: 测试 }
buses: {}
devices: {}
points: {}
tanks: { T-1: { name: 1号罐 } }
cameras:
  west:
    name: 西侧
    code: "44190000201310000001"
    place: tank-farm
    tanks: [T-1]
    rtsp: ${server.url("west")}
    pictureEvery: 2s
    checks: { offline: 8s, frozen: 10s, black: 8s, bright: 8s, covered: 20s, moved: 30s, format: 20s }
  east:
    place: tank-farm
    code: "44190000201310000002"
    tanks: [T-1]
    rtsp: ${server.url("east")}
    username: box
    passwordFile: secret
    pictureEvery: 2s
    checks: { offline: 8s, frozen: 10s, black: 8s, bright: 8s, covered: 20s, moved: 30s, format: 20s }
  north:
    rtsp: ${server.url("north")}
    pictureEvery: 2s
    checks: { frozen: 10s, moved: off, format: off }
uplinks:
  city: { type: mqtt, url: "${platform.url}", protocol: 4, ack: platform }
`;

beforeAll(async () => {
  server = await startRtspServer({
    cameras: [
      { name: "west" },
      { name: "north", size: "1080p" },
      { name: "east", login: { username: "box", password: "right" } },
    ],
  });
  platform = await startPlatform({ dataDir: join(dir, "platform"), clock });
  // A film that was coded anew each time is told from a still night only once the camera's own noise is known.
  const learnt = { view: null, noise: Array.from({ length: 24 }, () => 2) };
  expect(await writeLearnt(learntFileOf(dir, "north"), "north", learnt)).toBeNull();
  const text = siteText();
  const site = readSite({ file: "site.yaml", text, io: { fileMode: () => 0o100600 } });
  if (!site.ok) throw new Error(JSON.stringify(site.error));
  const started = await startAgent({
    ...{ site: site.value.site, dataDir: dir, secrets: {}, clock, random: Math.random },
    cameraSecrets: { east: { password: "right" } },
    log: createLog(
      () => {},
      () => clock.monotonicMs(),
    ),
  });
  if (!started.ok) throw new Error(started.error);
  agent = started.value;
});

afterAll(async () => {
  await agent?.stop();
  await platform?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
  rmSync(dir, { recursive: true });
});

/** What the platform holds of one kind. */
function bodies(kind: "alarm" | "event"): unknown[] {
  const found: unknown[] = [];
  for (const page of platform.store.pages()) {
    for (const record of page) {
      const envelope = record.kind === kind ? openPayload(record.bytes) : null;
      if (envelope?.ok) found.push(envelope.value.body);
    }
  }
  return found;
}

function alarms(camera: string) {
  return bodies("alarm")
    .map((body) => alarmBodySchema.parse(body))
    .filter(({ type, source }) => type === "CAMERA" && source === `camera/${camera}`);
}

function statuses(camera: string) {
  return bodies("event")
    .map((body) => eventBodySchema.parse(body))
    .filter(({ type, details }) => type === "camera-status" && details["camera"] === camera)
    .map(({ details }) => `${details["status"]} ${details["fault"] ?? "works"}`);
}

test("two cameras come up, and the platform is told that they are ON, with code and place", async () => {
  await until("both cameras ON", () => statuses("west").length > 0 && statuses("east").length > 0);
  expect(statuses("west")).toEqual(["ON works"]);
  expect(statuses("east")).toEqual(["ON works"]);
  await until("a picture of each", () =>
    agent.cameras
      .health()
      .every(({ lastPictureAt, fps }) => lastPictureAt !== null && fps !== null),
  );
  const [west] = agent.cameras.health();
  expect(west).toMatchObject({
    ...{ status: "ON", faults: [], pictures: "stream", width: 320, height: 180, codec: "h264" },
    code: "44190000201310000001",
  });
  expect(west?.fps).toBeGreaterThan(20);
  const still = await agent.cameras.still("west", AbortSignal.timeout(10_000));
  expect(still.ok && still.value.mediaType).toBe("image/jpeg");
});

const faults: readonly (readonly [Fault, string, number])[] = [
  ["black", "black", 8],
  ["bright", "bright", 8],
  ["stall", "stalled", 8],
  ["gone", "no-stream", 8],
];

for (const [fault, told, seconds] of faults) {
  test(`a camera that turns ${fault} is an alarm at the platform within ${seconds} s and a little, and over when it is over`, async () => {
    const before = alarms("west").length;
    await server.switchTo("west", fault);
    const fromMs = clock.monotonicMs();
    await until(`an alarm: ${told}`, () => alarms("west").length > before);
    const neededMs = clock.monotonicMs() - fromMs;
    process.stdout.write(
      `${fault}: alarm at the platform after ${(neededMs / 1000).toFixed(1)} s\n`,
    );
    expect(alarms("west").at(-1)).toMatchObject({ event: "raise", tank: "T-1", priority: 3 });
    expect(statuses("west").at(-1)?.split(" ")[1]).toBe(told);
    // The machine of the tests has other work too.
    expect(neededMs).toBeLessThan(seconds * 1_000 + 30_000);
    await server.switchTo("west", "normal");
    await until("the alarm's end", () => alarms("west").at(-1)?.event === "return");
    expect(agent.cameras.health()[0]?.status).toBe("ON");
  });
}

test("a film that stands still and is coded anew each time is told as frozen once the camera's noise is known", async () => {
  const north = () => agent.cameras.health()[2];
  await until("its stream", () => north()?.lastPictureAt !== null);
  await new Promise((resolve) => setTimeout(resolve, 10_000));
  expect(north()?.faults).toEqual([]);
  await server.switchTo("north", "frozen");
  await until("an alarm", () => alarms("north").at(-1)?.event === "raise");
  expect(statuses("north").at(-1)).toBe("ON frozen");
  await server.switchTo("north", "normal");
  await until("its end", () => alarms("north").at(-1)?.event === "return");
});

test("a password that is right no more is told as such, and nothing of it touched the other camera", async () => {
  await server.switchTo("east", "otherPassword");
  await until("an alarm", () => alarms("east").length > 0);
  expect(statuses("east").at(-1)).toBe("OFF unauthorised");
  expect(alarms("east").at(-1)).toMatchObject({ event: "raise" });
  expect(agent.cameras.health()[0]).toMatchObject({ status: "ON", faults: [] });
  const east = agent.cameras.health()[1];
  expect(JSON.stringify(east)).not.toContain("right");
});
