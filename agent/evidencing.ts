/** Evidence of alarms: the cameras' video, the bundles on disk, their upload. Joins them; no logic of its own. */

import { join } from "node:path";
import type { StreamEars } from "../drivers/cameras/contract.ts";
import type { Agent, AgentOptions } from "./agent.ts";
import type { Cameras } from "./cameras/cameraHealth.ts";
import { BundleStore } from "./evidence/bundleStore.ts";
import { createEvidenceDesk } from "./evidence/evidenceDesk.ts";
import { createEvidenceIndex, type EvidenceIndex } from "./evidence/evidenceIndex.ts";
import { ReadingMemory } from "./evidence/readingMemory.ts";
import type { EvidenceSource } from "./evidence/source.ts";
import { createUploader, type Uploader } from "./evidence/uploader.ts";
import { createEvidenceField } from "./evidenceField.ts";
import { auditHeadIn } from "./page/server/auditHead.ts";
import type { PointList } from "./pointList.ts";
import type { BoxEvent, EvidenceOutbox } from "./records.ts";
import type { ClockState } from "./wire/envelope.ts";

export interface EvidenceParts {
  readonly options: Pick<AgentOptions, "site" | "dataDir" | "clock" | "random" | "log">;
  readonly list: PointList;
  readonly heard: Pick<Agent["heard"], "readings" | "told">;
  readonly outbox: EvidenceOutbox;
  readonly still: Cameras["still"];
  readonly clockState: () => ClockState;
  readonly note: (event: BoxEvent) => void;
}

export interface Evidence {
  /** Null: evidence cannot be kept, or no camera belongs to any point. */
  readonly index: EvidenceIndex | null;
  /** What a camera streams is kept in memory, for an alarm. */
  earsOf(camera: string): StreamEars;
  /** Ends within seconds after an abort; what is being made then is cut short, and says so. */
  run(signal: AbortSignal): Promise<void>;
}

/** Nothing but evidence is lost when its folder cannot be read: the log says so. */
export async function openEvidence(parts: EvidenceParts): Promise<Evidence> {
  const { site, dataDir, clock, log } = parts.options;
  const source = createEvidenceField({ site, clock, still: parts.still });
  const points = parts.list.points
    .filter(({ id, tank }) => source.cameras({ tank, point: id }).length > 0)
    .map(({ id, position, settings }) => ({ id, position, unit: settings.unit }));
  const none = { index: null, earsOf: source.earsOf, run: () => Promise.resolve() };
  if (points.length === 0) return none;
  let uploader: Uploader | null = null;
  const isSent = (id: string): boolean => uploader?.isDone(id) ?? false;
  const opened = await BundleStore.open({
    folder: join(dataDir, "evidence"),
    maxSizeBytes: site.evidence.maxSize,
    mayDrop: ({ id }) => isSent(id),
    nowWallMs: () => clock.now().wallMs,
  });
  if (!opened.ok) {
    log.error("no evidence of alarms is kept", { trouble: opened.error });
    return none;
  }
  const { store, drafts } = opened.value;
  const mode = Object.keys(site.uplinks).length === 0 ? "none" : site.evidence.upload;
  const feeding = createUploader({ store, outbox: parts.outbox, clock, mode, note: parts.note });
  uploader = feeding;
  const memory = new ReadingMemory(points);
  const desk = deskOf(parts, { source, store, memory, onClosed: () => feeding.closed() });
  return {
    index: createEvidenceIndex({ store, isSent }),
    earsOf: source.earsOf,
    async run(signal) {
      parts.heard.readings.subscribe((block) => memory.take(block), signal);
      // To the end: what is told while all is being stopped is refused with a word.
      const always = new AbortController().signal;
      parts.heard.told.subscribe(({ event }) => desk.alarms([event]), always);
      await Promise.all([desk.run(drafts, signal), feeding.run(signal)]);
    },
  };
}

function deskOf(
  { options, clockState, note }: EvidenceParts,
  parts: {
    readonly source: EvidenceSource;
    readonly store: BundleStore;
    readonly memory: ReadingMemory;
    readonly onClosed: () => void;
  },
) {
  const { site, dataDir, clock, random } = options;
  const { before, after, perCameraPerDay } = site.evidence;
  return createEvidenceDesk({
    ...{ ...parts, clock, random, clockState, note, perCameraPerDay },
    ...{ site: site.site.id, box: site.site.box, beforeMs: before, afterMs: after },
    pointsOf: ({ tank, source }) => [
      ...new Set([source, ...(tank === null ? [] : (site.tanks[tank]?.points ?? []))]),
    ],
    auditHead: () => auditHeadIn(dataDir),
  });
}
