/** Cameras for the page without any camera: drawn pictures, one of them dead, and a bundle of evidence on disk. */

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import type { CameraView, EvidenceFile, EvidenceView } from "../../agent/page/protocol/cameras.ts";
import type { CameraSource } from "../../agent/page/server/sources.ts";
import { drawScene } from "../../agent/sim/cameras/scene.ts";
import { word } from "../../config/words/bilingual.ts";

export interface FakeCameras extends CameraSource {
  readonly site: readonly Pick<CameraView, "id" | "name" | "tanks" | "points">[];
  /** Writes a bundle for this alarm into the folder. */
  gather(alarmId: string, folder: string): Promise<void>;
  /** Pictures asked for so far. */
  readonly asked: string[];
  /** Whose view was to be learnt anew. */
  readonly learnt: string[];
  /** No picture is answered any more. */
  isSilent: boolean;
}

const second = 1_000;

export function createFakeCameras(nowMs: () => number, count = 6): FakeCameras {
  const views = Array.from({ length: count }, (_, i) => cameraView(i, nowMs()));
  const bundles = new Map<string, EvidenceView>();
  const folders = new Map<string, string>();
  const asked: string[] = [];
  const fake: FakeCameras = {
    asked,
    learnt: [],
    isSilent: false,
    site: views.map(({ id, name, tanks, points }) => ({ id, name, tanks, points })),
    now: () =>
      views.map((view) =>
        view.status === "OFF" ? view : { ...view, lastPictureMs: nowMs() - second },
      ),
    async picture(camera, widthMax) {
      asked.push(camera);
      if (fake.isSilent) await new Promise(() => {});
      const at = views.findIndex(({ id }) => id === camera);
      const view = views[at];
      if (view === undefined) return null;
      const takenMs = view.status === "OFF" ? (view.lastPictureMs ?? 0) : nowMs() - 400;
      return { mediaType: "image/jpeg", bytes: await drawn(at, takenMs, widthMax), takenMs };
    },
    learnViewAnew(camera) {
      fake.learnt.push(camera);
      return views.some(({ id }) => id === camera);
    },
    evidenceOf: async (alarmId) =>
      [...bundles.values()].filter((one) => one.alarms.includes(alarmId)),
    async evidenceFile(bundle, name) {
      const file = bundles.get(bundle)?.files.find((one) => one.name === name);
      const folder = folders.get(bundle);
      if (file === undefined || folder === undefined) return null;
      return { folder, name, mediaType: file.mediaType };
    },
    async gather(alarmId, folder) {
      const id = `bundle-${alarmId}`;
      mkdirSync(folder, { recursive: true });
      const atMs = nowMs();
      const files: EvidenceFile[] = [];
      for (const offsetS of [-10, 0, 10]) {
        const name = `CAM-01${offsetS < 0 ? "" : "+"}${offsetS}s.jpg`;
        const bytes = await drawn(0, atMs + offsetS * second, 640);
        writeFileSync(join(folder, name), bytes);
        files.push({
          ...{ name, kind: "picture", camera: "CAM-01", atMs: atMs + offsetS * second },
          ...{ mediaType: "image/jpeg", sizeBytes: bytes.length },
        });
      }
      const readings = Buffer.from('{"points":{}}');
      writeFileSync(join(folder, "readings.json"), readings);
      files.push({
        ...{ name: "readings.json", kind: "readings", camera: null, atMs },
        ...{ mediaType: "application/json", sizeBytes: readings.length },
      });
      folders.set(id, folder);
      bundles.set(id, {
        ...{ id, alarms: [alarmId], atMs, state: "done", files },
        missing: [{ what: "CAM-01 clip", why: "the camera gives no stream" }],
      });
    },
  };
  return fake;
}

async function drawn(seed: number, takenMs: number, widthMax: number): Promise<Buffer> {
  const { rgb, width, height } = drawScene({
    ...{ seed, atS: (takenMs / second) % 1_000, number: seed + 1 },
    clockText: new Date(takenMs).toISOString().slice(11, 19),
  });
  return await sharp(rgb, { raw: { width, height, channels: 3 } })
    .resize({ width: widthMax, withoutEnlargement: true })
    // Grey: the tests of colour look at the page, not at what a camera sees.
    .greyscale()
    .jpeg({ quality: 75 })
    .toBuffer();
}

function cameraView(i: number, nowMs: number): CameraView {
  const isOff = i === 3;
  const isFrozen = i === 4;
  const words = isOff
    ? word("连接不上", "cannot be reached")
    : isFrozen
      ? word("画面静止不变", "frozen picture")
      : word("正常", "works");
  return {
    id: `CAM-${String(i + 1).padStart(2, "0")}`,
    name: `罐区 ${i + 1} 号`,
    code: `4419000000132000${String(i + 1).padStart(4, "0")}`,
    place: i === 5 ? "gate" : "tank-farm",
    tanks: i === 5 ? [] : [`V-${101 + i}`],
    points: [],
    status: isOff ? "OFF" : "ON",
    reason: words,
    isWell: !isOff && !isFrozen,
    trouble: isOff ? "no connection within 5 s" : null,
    sinceMs: nowMs - 3_600 * second,
    lastPictureMs: nowMs - (isOff ? 754 : 1) * second,
    ...{
      codec: "h264",
      width: 1920,
      height: 1080,
      fps: isOff ? null : 25,
      kbps: isOff ? null : 3_020,
    },
    clockOffsetMs: isOff ? null : 240,
    onPercent: isOff ? 91.2 : 99.8,
  };
}
