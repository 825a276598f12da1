/**
 * Evidence of alarms: decides which bundle an alarm belongs to, has it made, closes it into the chain. An alarm that
 * cameras belong to is in exactly one bundle, or in an event that says why in none.
 */

import type { Instant } from "../../config/words/time.ts";
import type { AlarmEvent } from "../alarmRecords.ts";
import type { BoxEvent } from "../records.ts";
import type { ClockState } from "../wire/envelope.ts";
import { BundleMaker, type MakerTools } from "./bundleMaker.ts";
import type { StoredBundle } from "./bundleStore.ts";
import { Gathering, type RefusalReason } from "./gathering.ts";
import type { AlarmRef, Draft, Manifest } from "./manifest.ts";
import { RefusalBook } from "./refusalBook.ts";
import type { CameraHead } from "./source.ts";

export interface EvidenceDeskOptions extends MakerTools {
  readonly site: string;
  readonly box: string;
  readonly perCameraPerDay: number;
  /** From 0 to below 1. */
  readonly random: () => number;
  clockState(): ClockState;
  /** Newest line of the audit log; null: there is none. */
  auditHead(): Promise<{ readonly n: number; readonly hash: string } | null>;
  /** Must be kept in the journal. */
  note(event: BoxEvent): void;
  onClosed(bundle: StoredBundle): void;
}

export interface EvidenceDesk {
  /** Transitions as they are announced. Never blocks. */
  alarms(events: readonly AlarmEvent[]): void;
  /** Finishes what an earlier life left open; after an abort cuts short what is under way, and ends within seconds. */
  run(drafts: readonly Draft[], signal: AbortSignal): Promise<void>;
  /** Bundles being made. */
  readonly open: number;
}

/** Of these the alarm is about the box and its cameras, not about the plant. */
const withoutEvidence: ReadonlySet<AlarmEvent["type"]> = new Set(["CAMERA", "SELF", "OFFLINE"]);
const lookEveryMs = 1_000;

export function createEvidenceDesk(options: EvidenceDeskOptions): EvidenceDesk {
  return new Desk(options);
}

class Desk implements EvidenceDesk {
  readonly #options: EvidenceDeskOptions;
  readonly #gathering: Gathering;
  readonly #refusals: RefusalBook;
  readonly #makers = new Map<string, BundleMaker>();
  readonly #works = new Set<Promise<void>>();
  readonly #stopping = new AbortController();
  /** Closing is a matter of the chain: one at a time. */
  #closing: Promise<void> = Promise.resolve();

  constructor(options: EvidenceDeskOptions) {
    this.#options = options;
    this.#refusals = new RefusalBook(options);
    this.#gathering = new Gathering({
      windowMs: options.afterMs,
      perCameraPerDay: options.perCameraPerDay,
      countOf: (camera, day) => options.store.countOf(camera, day),
    });
  }

  get open(): number {
    return this.#works.size;
  }

  alarms(events: readonly AlarmEvent[]): void {
    for (const event of events) {
      const isCall = event.event === "raise" || event.event === "escalate";
      if (!isCall || withoutEvidence.has(event.type)) continue;
      const { tank, source: point } = event;
      const cameras = this.#options.source.cameras({ tank, point });
      if (cameras.length > 0) this.#take(refOf(event), cameras);
    }
  }

  #take(alarm: AlarmRef, cameras: readonly CameraHead[]): void {
    if (this.#stopping.signal.aborted) {
      this.#refusals.add(alarm, "stopped");
      this.#refusals.tell();
      return;
    }
    const { clock, random } = this.#options;
    const at = clock.now();
    const day = dayOf(at);
    const taken = this.#gathering.take(alarm, {
      ...{ cameras: cameras.map(({ id }) => id), day, nowMs: at.monotonicMs },
      newId: idOf(at, random),
    });
    switch (taken.kind) {
      case "refused":
        this.#refusals.add(alarm, taken.why);
        return;
      case "joined":
        this.#makers.get(taken.bundle)?.join(alarm, taken.isNamed);
        return;
      case "opened":
        this.#begin({
          ...{ id: taken.bundle, day, openedAt: at, alarms: [alarm], moreAlarms: 0 },
          ...{ cameras: [...cameras], files: [], missing: [] },
        });
        return;
      case "known":
    }
  }

  #begin(draft: Draft): void {
    const maker = new BundleMaker(this.#options, draft);
    this.#makers.set(draft.id, maker);
    const work = this.#work(maker, draft.id).finally(() => {
      maker.release();
      this.#works.delete(work);
      this.#gathering.close(draft.id);
      this.#makers.delete(draft.id);
    });
    this.#works.add(work);
  }

  async #work(maker: BundleMaker, id: string): Promise<void> {
    const { signal } = this.#stopping;
    const begun = await maker.begun();
    if (!begun.ok) {
      // No further alarm joins what will not be.
      this.#gathering.close(id);
      this.#refuse(maker.draft, begun.error === "no room" ? "no-room" : "disk");
      return;
    }
    const draft = await maker.make(signal);
    await this.#close(draft, signal.aborted ? "cut-short" : "whole");
  }

  #refuse(draft: Draft, why: RefusalReason): void {
    for (const alarm of draft.alarms) this.#refusals.add(alarm, why);
  }

  #close(draft: Draft, state: Manifest["state"]): Promise<void> {
    this.#closing = this.#closing.then(() => this.#closeNext(draft, state));
    return this.#closing;
  }

  async #closeNext(draft: Draft, state: Manifest["state"]): Promise<void> {
    const { store, site, box, clock } = this.#options;
    const closed = await store.close(draft, {
      ...{ site, box, state },
      audit: await this.#options.auditHead(),
      clock: this.#options.clockState(),
      closedAt: clock.now(),
    });
    if (!closed.ok) {
      this.#refuse(draft, "disk");
      return;
    }
    if (state === "cut-short") this.#tellCutShort(draft);
    this.#options.onClosed(closed.value);
  }

  #tellCutShort({ id, alarms }: Draft): void {
    this.#options.note({
      type: "evidence",
      at: this.#options.clock.now(),
      by: "box",
      note: `the evidence ${id} was cut short: the agent ended while it was made`,
      details: { outcome: "cut-short", bundle: id, alarms: alarms.map(({ alarmId }) => alarmId) },
    });
  }

  async run(drafts: readonly Draft[], signal: AbortSignal): Promise<void> {
    for (const draft of drafts) await this.#close(withWhy(draft), "cut-short");
    while (!signal.aborted) {
      await this.#options.clock.sleep(lookEveryMs, signal);
      this.#refusals.look();
    }
    this.#stopping.abort();
    await Promise.all(this.#works);
    this.#refusals.tell();
  }
}

/** The clip is last: whatever has none was cut before it. */
function withWhy(draft: Draft): Draft {
  const hasClip = (camera: string): boolean =>
    [...draft.files, ...draft.missing].some((one) => one.camera === camera && one.what === "clip");
  const missing = draft.cameras
    .filter(({ id }) => !hasClip(id))
    .map(({ id: camera }) => {
      const why = "the agent ended before";
      return { what: "clip", camera, offsetMs: null, why } as const;
    });
  return { ...draft, missing: [...draft.missing, ...missing] };
}

function refOf(event: AlarmEvent): AlarmRef {
  const { alarmId, source, tank, type, priority, at } = event;
  return { alarmId, source, tank, type, priority, event: event.event, at };
}

function dayOf({ wallMs }: Instant): string {
  return new Date(wallMs).toISOString().slice(0, 10);
}

function idOf({ wallMs }: Instant, random: () => number): string {
  const stamp = new Date(wallMs).toISOString().replaceAll(/[-:.]/g, "");
  return `${stamp}-${Math.trunc(random() * 2 ** 32)
    .toString(16)
    .padStart(8, "0")}`;
}
