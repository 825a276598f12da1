/** Makes one bundle, from the alarm that opened it to its manifest: pictures, clip, readings, or why they are missing. */

import { fail, type Result } from "../../config/words/result.ts";
import type { Clock } from "../../config/words/time.ts";
import type { BundleStore } from "./bundleStore.ts";
import { type AlarmRef, type Draft, type KeptFile, type MissingFile, sha256 } from "./manifest.ts";
import type { ReadingMemory } from "./readingMemory.ts";
import type { EvidenceSource } from "./source.ts";

export interface MakerTools {
  readonly clock: Clock;
  readonly store: BundleStore;
  readonly source: EvidenceSource;
  readonly memory: ReadingMemory;
  /** Tags of the points whose readings belong to this alarm. */
  pointsOf(alarm: AlarmRef): readonly string[];
  readonly beforeMs: number;
  readonly afterMs: number;
}

/** Readings around the alarm. */
export const readingsSpan = { beforeMs: 60_000, afterMs: 30_000 } as const;
/** Moments of the pictures, by the name of their file. */
export const pictureMoments = [
  { name: "before", offsetMs: -10_000 },
  { name: "at", offsetMs: 0 },
  { name: "after", offsetMs: 10_000 },
] as const;
/** The last pictures of a span are waited for so long. */
const settleMs = 3_000;
/** A camera has so long to give one picture or clip. */
export const captureMsMax = 20_000;
/** Larger files are not kept. */
export const fileBytesMax = 64 * 1024 * 1024;

const endings: Readonly<Record<string, string>> = {
  "image/jpeg": "jpg",
  "image/png": "png",
  "video/mp4": "mp4",
  "application/json": "json",
};

export class BundleMaker {
  readonly #tools: MakerTools;
  #draft: Draft;
  /** Changes of the draft, one after the other. */
  #turn: Promise<Result<void, string>>;
  #isSaveDue = false;
  /** By camera: lets its video go. */
  readonly #held: ReadonlyMap<string, () => void>;

  constructor(tools: MakerTools, draft: Draft) {
    this.#tools = tools;
    this.#draft = draft;
    const fromMs =
      draft.openedAt.monotonicMs - Math.max(tools.beforeMs, -pictureMoments[0].offsetMs);
    this.#held = new Map(draft.cameras.map(({ id }) => [id, tools.source.hold(id, fromMs)]));
    this.#turn = tools.store.save(draft);
  }

  /** As far as it is. */
  get draft(): Draft {
    return this.#draft;
  }

  /** Whether it could be begun on the disk. */
  begun(): Promise<Result<void, string>> {
    return this.#turn;
  }

  /** It is made, or will not be: no more video is held for it. */
  release(): void {
    for (const letGo of this.#held.values()) letGo();
  }

  /** A further alarm of the same cameras; `isNamed` false: it is only counted. */
  join(alarm: AlarmRef, isNamed: boolean): void {
    void this.#change((draft) =>
      isNamed
        ? { ...draft, alarms: [...draft.alarms, alarm] }
        : { ...draft, moreAlarms: draft.moreAlarms + 1 },
    );
  }

  /** Resolves with all that could be had. After an abort it ends soon; what is not there yet is then missing. */
  async make(signal: AbortSignal): Promise<Draft> {
    await this.#readings();
    await Promise.all([
      ...this.#draft.cameras.map(({ id }) => this.#film(id, signal)),
      this.#until(readingsSpan.afterMs + settleMs, signal),
    ]);
    await this.#readings();
    await this.#turn;
    return this.#draft;
  }

  async #film(camera: string, signal: AbortSignal): Promise<void> {
    const { source, beforeMs, afterMs } = this.#tools;
    const openedMs = this.#draft.openedAt.monotonicMs;
    for (const { name, offsetMs } of pictureMoments) {
      if (offsetMs > 0) await this.#until(offsetMs + settleMs, signal);
      const missing = { what: "picture", camera, offsetMs } as const;
      const got = await this.#ask(signal, (inner) =>
        source.still(camera, openedMs + offsetMs, inner),
      );
      if (!got.ok) await this.#miss({ ...missing, why: got.error });
      else {
        const { bytes, mediaType, takenAtMs: atMs } = got.value;
        const about = { camera, mediaType, fromMs: atMs, toMs: atMs, codec: null, notes: [] };
        await this.#add({ name: `${camera}.${name}`, what: "picture", ...about }, bytes, offsetMs);
      }
    }
    await this.#until(afterMs + settleMs, signal);
    const span = { fromMs: openedMs - beforeMs, toMs: openedMs + afterMs };
    const clips = await this.#ask(signal, (inner) => source.clips(camera, span, inner));
    this.#held.get(camera)?.();
    const missing = { what: "clip", camera, offsetMs: null } as const;
    if (!clips.ok) await this.#miss({ ...missing, why: clips.error });
    else if (clips.value.length === 0) await this.#miss({ ...missing, why: "there is no video" });
    for (const [i, { bytes, notes, ...about }] of (clips.ok ? clips.value : []).entries()) {
      const name = `${camera}.clip${i === 0 ? "" : i + 1}`;
      await this.#add({ name, what: "clip", camera, ...about, notes: [...notes] }, bytes, null);
    }
  }

  /** A source that hangs, or throws, is one that has failed. */
  async #ask<T>(
    signal: AbortSignal,
    ask: (signal: AbortSignal) => Promise<Result<T, string>>,
  ): Promise<Result<T, string>> {
    const stopped = fail("the agent was stopped");
    if (signal.aborted) return stopped;
    const asking = new AbortController();
    const over = this.#tools.clock.sleep(captureMsMax, AbortSignal.any([signal, asking.signal]));
    const first = await Promise.race([
      ask(asking.signal).catch((error: unknown) => fail(`it failed: ${String(error)}`)),
      over.then(() => null),
    ]);
    asking.abort();
    if (first !== null) return first;
    return signal.aborted ? stopped : fail(`no answer within ${captureMsMax / 1000} s`);
  }

  async #readings(): Promise<void> {
    const { memory, pointsOf } = this.#tools;
    const openedMs = this.#draft.openedAt.monotonicMs;
    const points = new Set(this.#draft.alarms.flatMap((alarm) => pointsOf(alarm)));
    const [fromMs, toMs] = [openedMs - readingsSpan.beforeMs, openedMs + readingsSpan.afterMs];
    const columns = memory.between(points, fromMs, toMs);
    const bytes = Buffer.from(JSON.stringify({ v: 1, fromMs, toMs, points: columns }));
    const about = { camera: null, mediaType: "application/json", fromMs, toMs };
    await this.#add(
      { name: "readings", what: "readings", ...about, codec: null, notes: [] },
      bytes,
      null,
    );
  }

  async #add(
    head: Omit<KeptFile, "sizeBytes" | "sha256">,
    bytes: Uint8Array,
    offsetMs: number | null,
  ): Promise<void> {
    const name = `${head.name}.${endings[head.mediaType] ?? "bin"}`;
    const { what, camera } = head;
    const kept =
      bytes.length > fileBytesMax
        ? fail(`${bytes.length} bytes are more than is kept`)
        : await this.#tools.store.add(this.#draft, name, bytes);
    if (!kept.ok) {
      await this.#miss({ what, camera, offsetMs, why: kept.error });
      return;
    }
    const file = { ...head, name, sizeBytes: bytes.length, sha256: sha256(bytes) };
    await this.#change((draft) => ({
      ...draft,
      files: [...draft.files.filter((other) => other.name !== name), file],
    }));
  }

  async #miss(missing: MissingFile): Promise<void> {
    await this.#change((draft) => ({ ...draft, missing: [...draft.missing, missing] }));
  }

  async #change(change: (draft: Draft) => Draft): Promise<void> {
    this.#draft = change(this.#draft);
    // One writing for all changes that wait for it, as in a flood. A refusal is met again at the closing.
    if (!this.#isSaveDue) {
      this.#isSaveDue = true;
      this.#turn = this.#turn.then(() => {
        this.#isSaveDue = false;
        return this.#tools.store.save(this.#draft);
      });
    }
    await this.#turn;
  }

  /** Until so long after the alarm that opened it. */
  async #until(offsetMs: number, signal: AbortSignal): Promise<void> {
    const { clock } = this.#tools;
    const restMs = this.#draft.openedAt.monotonicMs + offsetMs - clock.monotonicMs();
    if (restMs > 0) await clock.sleep(restMs, signal);
  }
}
