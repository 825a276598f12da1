import sharp from "sharp";
import { expect, test } from "vitest";
import type { CameraHealth } from "../../../agent/cameras/cameraHealth.ts";
import type { CameraLink } from "../../../agent/cameras/cameraLink.ts";
import { CameraTeller } from "../../../agent/cameras/cameraTeller.ts";
import { CameraWatch } from "../../../agent/cameras/cameraWatch.ts";
import { OnlineLedger } from "../../../agent/cameras/onlineLedger.ts";
import type { BoxEvent } from "../../../agent/records.ts";
import { readSite } from "../../../config/load.ts";
import type { Camera } from "../../../config/site.ts";
import { fail, ok, type Result } from "../../../config/words/result.ts";
import type { CameraError, CameraStream, Snapshot } from "../../../drivers/cameras/contract.ts";
import { FakeClock } from "../../fakes/fakeClock.ts";
import { Scene, still } from "./scene.ts";

const dayMs = 86_400_000;
const calendar = {
  dayStartMs: (ms: number) => Math.floor(ms / dayMs) * dayMs,
  monthStartMs: (ms: number) => Math.floor(ms / dayMs) * dayMs,
};

function settingsOf(text: string): Camera {
  const site = readSite({
    file: "site.yaml",
    text: `site: { id: s, name: s }\nbuses: {}\ndevices: {}\npoints: {}\ncameras: { c: ${text} }\n`,
    io: { fileMode: () => 0o100600 },
  });
  if (!site.ok) throw new Error(JSON.stringify(site.error));
  const camera = site.value.site.cameras["c"];
  if (camera === undefined) throw new Error("no camera");
  return camera;
}

interface Rig {
  readonly clock: FakeClock;
  readonly watch: CameraWatch;
  readonly changes: CameraHealth[];
  readonly ledger: OnlineLedger;
  readonly stop: () => Promise<void>;
}

function watching(link: Partial<CameraLink>, text: string, onSecond = () => {}): Rig {
  const clock = new FakeClock();
  const changes: CameraHealth[] = [];
  const ledger = new OnlineLedger([]);
  const watch = new CameraWatch({
    ...{ id: "c", settings: settingsOf(text), decoder: null, clock, calendar, ledger },
    link: { stream: null, snapshots: null, clockOffsetMs: null, events: null, ...link },
    random: () => 0.5,
    learnt: null,
    note: () => {},
    startAfterMs: 0,
    onChange: (health) => changes.push(health),
    onSecond,
  });
  const stopping = new AbortController();
  const run = watch.run(stopping.signal);
  const stop = async (): Promise<void> => {
    stopping.abort();
    await run;
  };
  return { clock, watch, changes, ledger, stop };
}

/** Lets time pass while real decoding goes on beside it. */
async function pass(clock: FakeClock, seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second += 1) {
    await clock.advance(1_000);
    if (second % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 15));
  }
}

async function jpegOf(grey: Uint8Array): Promise<Uint8Array> {
  return await sharp(grey, { raw: { width: 160, height: 90, channels: 1 } })
    .jpeg({ quality: 95 })
    .toBuffer();
}

test("snapshots that are one and the same picture again and again are told as frozen, and as over", async () => {
  const scene = new Scene(41);
  const seen = { isFrozen: false, copy: await jpegOf(scene.picture(0, still).grey) };
  const rig: Rig = watching(
    {
      snapshots: {
        async fetch(): Promise<Result<Snapshot, CameraError>> {
          const bytes = seen.isFrozen ? seen.copy : await jpegOf(scene.picture(0, still).grey);
          return ok({ takenAt: rig.clock.now(), mediaType: "image/jpeg", bytes });
        },
      },
    },
    '{ snapshot: "http://10.0.0.1/p", pictureEvery: 10s }',
  );
  await pass(rig.clock, 130);
  expect(rig.changes.map(({ status, faults }) => [status, faults])).toEqual([["ON", []]]);
  seen.isFrozen = true;
  await pass(rig.clock, 80);
  expect(rig.changes.at(-1)).toMatchObject({ status: "ON", faults: ["frozen"] });
  expect(rig.changes.at(-1)?.reason.zh).toBe("画面静止不变");
  seen.isFrozen = false;
  await pass(rig.clock, 40);
  expect(rig.changes.at(-1)).toMatchObject({ status: "ON", faults: [] });
  const { onPercent, goodPercent } = rig.ledger.share(0);
  expect(onPercent).toBe(100);
  expect(goodPercent).toBeGreaterThan(70);
  expect(goodPercent).toBeLessThan(95);
  await rig.stop();
  expect(rig.clock.pending).toBe(0);
});

function refusing(error: CameraError, tries: number[], clock: () => FakeClock): CameraStream {
  return {
    run: () => {
      tries.push(clock().monotonicMs());
      return Promise.resolve(error);
    },
  };
}

test("a wrong password is told after the stated time, and is not tried more often than every minute", async () => {
  const tries: number[] = [];
  const error: CameraError = { kind: "unauthorised", message: "it does not let us in" };
  const stream: CameraStream = refusing(error, tries, () => rig.clock);
  const rig: Rig = watching(
    { stream: () => Promise.resolve(ok(stream)) },
    '{ rtsp: "rtsp://10.0.0.1/1", username: u, passwordFile: p }',
  );
  await rig.clock.advance(40_000);
  expect(rig.changes.map(({ status, faults }) => [status, faults])).toEqual([
    ["OFF", ["unauthorised"]],
  ]);
  expect(rig.changes[0]?.trouble).toBe("it does not let us in");
  await rig.clock.advance(30 * 60_000);
  expect(tries.length).toBeLessThan(10);
  expect(Math.min(...tries.slice(1).map((at, i) => at - (tries[i] ?? 0)))).toBeGreaterThan(59_000);
  await rig.stop();
});

test("a camera that fails at once for an hour is tried at a bounded pace, and one that names no stream is OFF", async () => {
  const tries: number[] = [];
  const rig: Rig = watching(
    {
      stream: () => {
        tries.push(1);
        return Promise.resolve(fail({ kind: "refused", message: "it names no stream by ONVIF" }));
      },
    },
    '{ onvif: "http://10.0.0.1/onvif" }',
  );
  await rig.clock.advance(3_600_000);
  expect(rig.changes.map(({ faults }) => faults)).toEqual([["no-stream"]]);
  expect(tries.length).toBeLessThan(200);
  await rig.stop();
});

test("a clock that is minutes off is told after a second look", async () => {
  const rig = watching(
    {
      stream: () => new Promise(() => {}),
      clockOffsetMs: () => Promise.resolve(ok(-240_000)),
    },
    '{ onvif: "http://10.0.0.1/onvif", checks: { offline: off } }',
  );
  await rig.clock.advance(70_000);
  expect(rig.watch.health()).toMatchObject({ faults: ["clock"], clockOffsetMs: -240_000 });
});

test("an alarm of the last life goes on until there was time to see its fault again; a new one is told at once", async () => {
  const clock = new FakeClock();
  const told: boolean[] = [];
  const notes: BoxEvent[] = [];
  const settings = settingsOf('{ rtsp: "rtsp://10.0.0.1/1" }');
  const teller = new CameraTeller({
    ...{ checks: settings.checks, stood: true, clock, note: (event) => notes.push(event) },
    condition: ({ faults }) => told.push(faults.length > 0),
  });
  const rig = watching({}, '{ rtsp: "rtsp://10.0.0.1/1" }');
  const health: CameraHealth = { ...rig.watch.health(), status: "ON" };
  teller.changed(health);
  await clock.advance(100_000);
  teller.second(() => health);
  expect(told).toEqual([]);
  await clock.advance(60_000);
  teller.second(() => health);
  expect(told).toEqual([false]);
  teller.changed({ ...health, faults: ["black"] });
  expect(told).toEqual([false, true]);
  expect(notes.map(({ type, note }) => [type, note])).toEqual([
    ["camera-status", "camera c is ON: works"],
    ["camera-status", "camera c is ON: works"],
  ]);
  await rig.stop();
});
