/** A simulated plant, a real camera, a real broker: an alarm's evidence is on the box and at the platform. */

import { mkdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { checkIoFor } from "../../agent/checkIo.ts";
import { startAgent } from "../../agent/compose.ts";
import { parseManifest } from "../../agent/evidence/manifest.ts";
import { verifyEvidence } from "../../agent/evidence/verify.ts";
import { createRealClock } from "../../agent/realClock.ts";
import { startPlant } from "../../agent/sim/plant/plant.ts";
import { siteFile } from "../../agent/sim/plant/siteFile.ts";
import { fileOf } from "../../agent/sim/platform/bundles.ts";
import { startPlatform } from "../../agent/sim/platform/platform.ts";
import { createLog } from "../../agent/watch/log.ts";
import { readSite } from "../../config/load.ts";
import { startRtspServer } from "../cameras/gst/rtspServer.ts";
import { until } from "../soak/processes.ts";
import { scratch } from "./rig.ts";

test("an alarm of a tank that a camera sees: pictures from before it, a clip, readings; whole at the platform", async () => {
  const clock = createRealClock();
  const dir = scratch();
  mkdirSync(join(dir, "agent"));
  await using server = await startRtspServer({ cameras: [{ name: "west" }] });
  await using plant = await startPlant({ seed: 5, speed: 5, clock, dataDir: dir, tcpPort: 0 });
  await using platform = await startPlatform({ dataDir: join(dir, "platform"), clock });
  const uplink = { uplinkUrl: platform.url, protocol: 4, ack: "platform", lang: "en" } as const;
  const text = `${siteFile(plant, uplink)}
cameras:
  west:
    code: "44190000201310000001"
    place: tank-farm
    tanks: [T-101, T-102, T-103, T-104]
    rtsp: ${server.url("west")}
evidence: { before: 5s, after: 5s }
`;
  const site = readSite({ file: "site.yaml", text, io: checkIoFor("site.yaml") });
  if (!site.ok) throw new Error(JSON.stringify(site.error));
  const started = await startAgent({
    ...{ site: site.value.site, dataDir: join(dir, "agent"), secrets: {}, clock },
    random: Math.random,
    log: createLog(
      () => {},
      () => clock.monotonicMs(),
    ),
  });
  if (!started.ok) throw new Error(started.error);
  const agent = started.value;
  onTestFinished(() => agent.stop());
  await until("video", () => agent.cameras.health().every((one) => one.fps !== null));
  await new Promise((resolve) => setTimeout(resolve, 8_000));
  const begun = plant.start("gas-leak");
  if (!begun.ok) throw new Error(JSON.stringify(begun.error));
  await until("a bundle", () => (agent.evidence?.bundles.length ?? 0) > 0, 90_000);
  const bundle = agent.evidence?.bundles[0];
  expect(bundle?.manifest).toMatchObject({
    ...{ n: 1, state: "whole", site: site.value.site.site.id, missing: [] },
    cameras: [{ id: "west", code: "44190000201310000001", place: "tank-farm" }],
  });
  const names = bundle?.manifest.files.map(({ name }) => name).sort();
  expect(names).toEqual([
    ...["readings.json", "west.after.jpg", "west.at.jpg", "west.before.jpg", "west.clip.mp4"],
  ]);
  const of = (name: string) => bundle?.manifest.files.find((file) => file.name === name);
  const openedMs = bundle?.manifest.openedAt.monotonicMs ?? 0;
  const offset = (name: string): number => (of(name)?.fromMs ?? 0) - openedMs;
  expect(Math.abs(offset("west.before.jpg") + 10_000)).toBeLessThan(6_000);
  expect(Math.abs(offset("west.at.jpg"))).toBeLessThan(6_000);
  expect(Math.abs(offset("west.after.jpg") - 10_000)).toBeLessThan(6_000);
  expect(offset("west.clip.mp4")).toBeLessThanOrEqual(-4_500);
  expect((of("west.clip.mp4")?.toMs ?? 0) - openedMs).toBeGreaterThanOrEqual(4_500);
  expect(of("west.clip.mp4")).toMatchObject({ mediaType: "video/mp4", codec: "h264" });
  const jpeg = await readFile(join(bundle?.path ?? "", "west.at.jpg"));
  expect(jpeg.subarray(0, 2).toString("hex")).toBe("ffd8");
  const alarmId = bundle?.manifest.alarms[0]?.alarmId ?? "";
  expect(agent.evidence?.evidenceOf(alarmId).map(({ id }) => id)).toEqual([bundle?.id]);
  expect(await agent.evidence?.file(bundle?.id ?? "", "west.clip.mp4")).toMatchObject({
    mediaType: "video/mp4",
  });
  expect(await agent.evidence?.file(bundle?.id ?? "", "../chain.jsonl")).toBeNull();

  await until(
    "the platform has it",
    () => agent.evidence?.isSent(bundle?.id ?? "") === true,
    60_000,
  );
  const proof = platform.bundles().find((one) => one.bundle === bundle?.id);
  expect(proof).toMatchObject({ isComplete: true });
  expect(parseManifest(proof?.manifest?.text ?? "")).toMatchObject({ ok: true });
  const clip = fileOf(platform.store, { bundle: bundle?.id ?? "", file: "west.clip.mp4" });
  expect(clip?.length).toBe(of("west.clip.mp4")?.sizeBytes);
  await agent.stop();
  expect(await verifyEvidence(join(dir, "agent", "evidence"))).toMatchObject({
    value: { faults: [] },
  });
});
