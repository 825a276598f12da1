/** Points, settings, readings and alarms for tests of the journal; free of the test runner. */

import { createHash } from "node:crypto";
import type { AlarmEvent } from "../../agent/alarmRecords.ts";
import type { PointHead, ReadingBlock } from "../../agent/records.ts";
import type { JournalSettings } from "../../agent/store/engineOptions.ts";
import { type EvidenceBody, pieceBytes } from "../../agent/wire/evidence.ts";
import { pointId } from "../../config/words/names.ts";
import type { Instant } from "../../config/words/time.ts";

export const heads: readonly PointHead[] = [
  { id: pointId("LT-101"), unit: "m", decimals: 2 },
  { id: pointId("PT-101"), unit: "kPa", decimals: 1 },
  { id: pointId("TT-101"), unit: "°C", decimals: undefined },
  { id: pointId("气体-1"), unit: "%LEL", decimals: 1 },
];

export const settings: JournalSettings = {
  maxSizeBytes: 64 * 1024 * 1024,
  keepReadingsMs: 90 * 86_400_000,
  keepAlarmsMs: 1095 * 86_400_000,
  liveEveryMs: 5_000,
  backlogEveryMs: 60_000,
};

/** One reading of each value, of points 0, 1, 2, ... */
export function block(takenAt: Instant, values: readonly number[], quality = 0): ReadingBlock {
  return {
    takenAt,
    points: Uint32Array.from(values, (_, position) => position),
    values: Float64Array.from(values),
    qualities: new Uint8Array(values.length).fill(quality),
  };
}

export function alarm(at: Instant, change: Partial<AlarmEvent> = {}): AlarmEvent {
  return {
    alarmId: "01J0000000000000000000000A",
    source: "LT-101",
    tank: "T-101",
    hazard: null,
    type: "HH",
    event: "raise",
    value: 9.5,
    quality: "good",
    unit: "m",
    limit: 9,
    priority: 1,
    stateAfter: "unacked",
    reason: "level 9.5 m above HH 9 m",
    at,
    ...change,
  };
}

/** What says of which pieces a bundle consists. */
export function manifestBody(bundle: string): EvidenceBody {
  const text = JSON.stringify({ id: bundle });
  return { part: "manifest", bundle, sha256: sha256(Buffer.from(text)), text, files: [] };
}

/** A piece of video: bytes that no compression makes smaller. */
export function pieceBody(
  bundle: string,
  piece: number,
  sizeBytes: number = pieceBytes,
): EvidenceBody {
  const bytes = noise(piece, sizeBytes);
  const data = bytes.toString("base64");
  const offset = piece * pieceBytes;
  return { part: "piece", bundle, file: "clip.mp4", piece, offset, sha256: sha256(bytes), data };
}

/** The same bytes for the same seed. */
export function noise(seed: number, sizeBytes: number): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < sizeBytes; at += 32) {
    parts.push(createHash("sha256").update(`${seed} ${at}`).digest());
  }
  return Buffer.concat(parts).subarray(0, sizeBytes);
}

export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
