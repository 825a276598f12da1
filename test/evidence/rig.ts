/** Evidence on a folder of its own, with cameras that do what a test says. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { AlarmEvent } from "../../agent/alarmRecords.ts";
import type { StoredBundle } from "../../agent/evidence/bundleStore.ts";
import { type BundleStore, BundleStore as Store } from "../../agent/evidence/bundleStore.ts";
import { createEvidenceDesk, type EvidenceDesk } from "../../agent/evidence/evidenceDesk.ts";
import { ReadingMemory } from "../../agent/evidence/readingMemory.ts";
import type { CameraHead, Clip, EvidenceSource, Still } from "../../agent/evidence/source.ts";
import type { BoxEvent } from "../../agent/records.ts";
import { unknownClock } from "../../agent/wire/envelope.ts";
import { fail, ok, type Result } from "../../config/words/result.ts";
import type { Clock } from "../../config/words/time.ts";
import { FakeClock } from "../fakes/fakeClock.ts";
import { alarm, block, noise } from "../store/samples.ts";

export function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), "hazgate-evidence-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** T-101 is seen by two cameras, T-102 by one of them, T-103 by none. */
const seenBy: Readonly<Record<string, readonly string[]>> = {
  "T-101": ["东侧", "cam-2"],
  "T-102": ["cam-2"],
  "T-103": [],
};

export function cameraHead(id: string): CameraHead {
  return { id, name: null, code: "34020000001320000001", place: "tank-farm" };
}

export type CameraMood = "well" | "down" | "hanging" | "throwing";

export class FakeCameras implements EvidenceSource {
  moods: Record<string, CameraMood> = {};
  clipBytes = 50_000;
  asked: string[] = [];
  /** Cameras whose video is held now, once for each bundle. */
  readonly held: string[] = [];
  #seed = 0;

  cameras({ tank }: { readonly tank: string | null }): readonly CameraHead[] {
    return (seenBy[tank ?? ""] ?? []).map(cameraHead);
  }

  hold(camera: string): () => void {
    this.held.push(camera);
    let letGo = (): void => void this.held.splice(this.held.indexOf(camera), 1);
    return () => {
      letGo();
      letGo = () => {};
    };
  }

  still(camera: string, atMs: number): Promise<Result<Still, string>> {
    this.asked.push(`${camera} still`);
    const bytes = noise(this.#next(), 2_000);
    return this.#answer(camera, { bytes, mediaType: "image/jpeg", takenAtMs: atMs - 400 });
  }

  clips(
    camera: string,
    span: { readonly fromMs: number; readonly toMs: number },
  ): Promise<Result<readonly Clip[], string>> {
    this.asked.push(`${camera} clip`);
    const bytes = noise(this.#next(), this.clipBytes);
    const about = { mediaType: "video/mp4", codec: "avc1.640028", notes: [] };
    return this.#answer(camera, [{ bytes, ...about, ...span }]);
  }

  #next(): number {
    this.#seed += 1;
    return this.#seed;
  }

  #answer<T>(camera: string, answer: T): Promise<Result<T, string>> {
    const mood = this.moods[camera] ?? "well";
    if (mood === "hanging") return new Promise(() => {});
    if (mood === "throwing") return Promise.reject(new Error("a bug of a camera"));
    return Promise.resolve(mood === "down" ? fail("the camera does not answer") : ok(answer));
  }
}

export interface Life {
  readonly desk: EvidenceDesk;
  readonly store: BundleStore;
  readonly closed: readonly StoredBundle[];
  readonly events: readonly BoxEvent[];
  readonly memory: ReadingMemory;
  /** Lets time pass, and the disk do its work. */
  pass(ms: number): Promise<void>;
  stop(): Promise<void>;
  /** From now on nothing of it happens any more. */
  kill(): void;
}

export interface Plant {
  readonly folder: string;
  readonly clock: FakeClock;
  readonly cameras: FakeCameras;
}

export function plant(): Plant {
  return { folder: scratch(), clock: new FakeClock(), cameras: new FakeCameras() };
}

let randoms = 0;

export async function begin(
  { folder, clock, cameras }: Plant,
  more: {
    readonly maxSizeBytes?: number;
    readonly perCameraPerDay?: number;
    readonly mayDrop?: (bundle: StoredBundle) => boolean;
  } = {},
): Promise<Life> {
  const opened = await Store.open({
    folder,
    maxSizeBytes: more.maxSizeBytes ?? 1e9,
    mayDrop: more.mayDrop ?? (() => false),
    nowWallMs: () => clock.now().wallMs,
  });
  if (!opened.ok) throw new Error(opened.error);
  const { store, drafts } = opened.value;
  const closed: StoredBundle[] = [];
  const events: BoxEvent[] = [];
  const memory = new ReadingMemory([
    { id: "LT-101", unit: "m", position: 0 },
    { id: "LT-102", unit: "m", position: 1 },
  ]);
  let isDead = false;
  const desk = createEvidenceDesk({
    ...{
      site: "demo",
      box: "box1",
      clock: mortal(clock, () => isDead),
      store,
      memory,
      source: cameras,
    },
    ...{ beforeMs: 10_000, afterMs: 20_000, perCameraPerDay: more.perCameraPerDay ?? 1_000 },
    random: () => {
      randoms += 1;
      return (randoms % 65_536) / 65_536;
    },
    pointsOf: ({ tank }) => [tank === "T-101" ? "LT-101" : "LT-102"],
    clockState: () => unknownClock,
    auditHead: () => Promise.resolve({ n: 7, hash: "a".repeat(64) }),
    note: (event) => void events.push(event),
    onClosed: (bundle) => void closed.push(bundle),
  });
  const stopping = new AbortController();
  const running = desk.run(drafts, stopping.signal);
  const pass = async (ms: number): Promise<void> => {
    // In seconds, with a moment for the disk between: files are real.
    for (let at = 0; at < ms; at += 1_000) {
      await clock.advance(Math.min(1_000, ms - at));
      await diskTurn();
    }
  };
  return {
    ...{ desk, store, closed, events, memory, pass },
    kill() {
      isDead = true;
    },
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

/** A clock that no longer rings for who is dead. */
function mortal(clock: FakeClock, isDead: () => boolean): Clock {
  return {
    now: () => clock.now(),
    monotonicMs: () => clock.monotonicMs(),
    timer: (ms, ring) => clock.timer(ms, () => (isDead() ? undefined : ring())),
    async sleep(ms, signal) {
      await clock.sleep(ms, signal);
      if (isDead()) await new Promise(() => {});
    },
  };
}

/** Until the disk has done whatever it was asked for, and what follows from that. */
export async function diskTurn(): Promise<void> {
  for (let quietTurns = 0; quietTurns < 3; ) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    await new Promise((resolve) => setImmediate(resolve));
    const isBusy = process.getActiveResourcesInfo().some((kind) => kind.startsWith("FSReq"));
    quietTurns = isBusy ? 0 : quietTurns + 1;
  }
}

export async function until(holds: () => boolean, step: () => Promise<void>): Promise<void> {
  for (let tries = 0; tries < 2_000 && !holds(); tries += 1) await step();
  if (!holds()) throw new Error("it never came to be");
}

let alarms = 0;

export function raise(
  clock: FakeClock,
  tank: string | null,
  change: Partial<AlarmEvent> = {},
): AlarmEvent {
  alarms += 1;
  const alarmId = `alarm-${alarms}`;
  return alarm(clock.now(), { alarmId, tank, source: "LT-101", ...change });
}

export { block };
