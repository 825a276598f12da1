/** The agent's cameras and evidence as the page sees them. */

import { dirname } from "node:path";
import type { Site } from "../../../config/site.ts";
import type { Clock } from "../../../config/words/time.ts";
import type { Agent } from "../../agent.ts";
import type { CameraHealth } from "../../cameras/cameraHealth.ts";
import type { Manifest } from "../../evidence/manifest.ts";
import type { CameraView, EvidenceView } from "../protocol/cameras.ts";
import type { CameraSource } from "../server/sources.ts";
import { createStillCache } from "./stillCache.ts";

export function createCameraSource(options: {
  readonly site: Site;
  readonly agent: Pick<Agent, "cameras" | "evidence">;
  readonly clock: Clock;
}): CameraSource {
  const { site, agent, clock } = options;
  const stills = createStillCache({ cameras: agent.cameras, clock });
  return {
    now: () =>
      agent.cameras.health().map((one) => cameraView(one, site.cameras[one.id]?.points ?? [])),
    picture: stills.picture,
    learnViewAnew: (camera) => agent.cameras.learnViewAnew(camera),
    evidenceOf: (alarmId) => {
      const bundles = agent.evidence?.evidenceOf(alarmId) ?? [];
      return Promise.resolve(bundles.map(({ manifest }) => evidenceView(manifest)).toReversed());
    },
    async evidenceFile(bundle, name) {
      const file = (await agent.evidence?.file(bundle, name)) ?? null;
      if (file === null) return null;
      return { folder: dirname(file.path), name: file.name, mediaType: file.mediaType };
    },
  };
}

function cameraView(health: CameraHealth, points: readonly string[]): CameraView {
  const { id, name, code, place, tanks, status, reason, faults } = health;
  const { codec, width, height, fps, kbps, clockOffsetMs } = health;
  return {
    ...{ id, name, code, place, tanks, points, status, reason },
    isWell: status === "ON" && faults.length === 0,
    trouble: health.trouble,
    sinceMs: health.since.wallMs,
    lastPictureMs: health.lastPictureAt?.wallMs ?? null,
    ...{ codec, width, height, fps, kbps, clockOffsetMs },
    onPercent: health.month.onPercent,
  };
}

function evidenceView(manifest: Manifest): EvidenceView {
  const { id, alarms, openedAt, state, files, missing } = manifest;
  const wallOf = (monotonicMs: number | null): number =>
    openedAt.wallMs + (monotonicMs === null ? 0 : monotonicMs - openedAt.monotonicMs);
  return {
    id,
    alarms: alarms.map(({ alarmId }) => alarmId),
    atMs: openedAt.wallMs,
    state: state === "whole" ? "done" : state,
    files: files.map(({ name, what, camera, mediaType, sizeBytes, fromMs }) => ({
      ...{ name, kind: what, camera, atMs: wallOf(fromMs), mediaType, sizeBytes },
    })),
    missing: missing.map(({ what, camera, offsetMs, why }) => ({
      what: [camera, what, offsetMs === null ? null : `${offsetMs / 1_000} s`]
        .filter((part) => part !== null)
        .join(" "),
      why,
    })),
  };
}
