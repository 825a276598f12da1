/**
 * Gives closed bundles to the journal, a bounded number of pieces at a time: first the manifests of all, so that the
 * platform knows early what there is, then the pieces of the oldest bundle. What the journal has lost is given again.
 */

import { type FileHandle, open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fail, ok, type Result } from "../../config/words/result.ts";
import type { Clock } from "../../config/words/time.ts";
import type { BoxEvent, EvidenceOutbox } from "../records.ts";
import type { EvidenceBody } from "../wire/evidence.ts";
import { HeldRanges } from "../wire/heldRanges.ts";
import type { BundleStore, StoredBundle } from "./bundleStore.ts";
import { writeDurably } from "./durable.ts";
import { sha256 } from "./manifest.ts";
import {
  given,
  inEpoch,
  itemsToGive,
  newUpload,
  type Piece,
  piecesIn,
  piecesOf,
  settled,
  type Upload,
  type UploadMode,
  uploadSchema,
} from "./uploadState.ts";

export interface UploaderOptions {
  readonly store: Pick<BundleStore, "bundles">;
  readonly outbox: EvidenceOutbox;
  readonly clock: Clock;
  readonly mode: UploadMode;
  note(event: BoxEvent): void;
}

export interface Uploader {
  /** Ends when `signal` aborts. */
  run(signal: AbortSignal): Promise<void>;
  /** Whether all that is ever to be sent of it was delivered. */
  isDone(bundle: string): boolean;
  /** A bundle was closed. */
  closed(): void;
}

export const uploadName = "upload.json";
/** Pieces that wait in the journal at most. */
export const waitingMax = 128;
/** Manifests, which are small, may wait beside them: the platform is to know early what there is. */
const manifestsMax = 2_000;
/** Given in one transaction of the journal: an alarm may have to wait for it. */
const batchMax = 4;
/**
 * After each such transaction the journal is left to the alarms for so long, and for as long as it took: on a slow disk
 * evidence never has more than half of its time.
 */
const breathMs = 20;
/** How far an upload is goes to the disk so often: an alarm's commit waits behind each sync of it. */
const saveEveryMs = 1_000;
/** While pieces move; while nothing does, twice as long each time, up to the other. */
const busyMs = 100;
const idleMs = 5_000;

export function createUploader(options: UploaderOptions): Uploader {
  return new Feeding(options);
}

class Feeding implements Uploader {
  readonly #options: UploaderOptions;
  readonly #uploads = new Map<string, Upload>();
  /** Further than the disk knows. */
  readonly #unsaved = new Set<string>();
  #savedMs = Number.NEGATIVE_INFINITY;
  #batch = batchMax;
  #wake = new AbortController();

  constructor(options: UploaderOptions) {
    this.#options = options;
  }

  isDone(bundle: string): boolean {
    return this.#options.mode === "none" || this.#uploads.get(bundle)?.isDone === true;
  }

  closed(): void {
    this.#wake.abort();
  }

  async run(signal: AbortSignal): Promise<void> {
    if (this.#options.mode === "none") return;
    let pauseMs: number = busyMs;
    while (!signal.aborted) {
      const hasMoved = await this.#step(signal);
      pauseMs = hasMoved ? busyMs : Math.min(idleMs, 2 * pauseMs);
      this.#wake = new AbortController();
      const until = AbortSignal.any([signal, this.#wake.signal]);
      await this.#options.clock.sleep(pauseMs, until);
    }
    // Without it some pieces come twice.
    await this.#saveAll().catch(() => {});
  }

  /** True: something was given or delivered. A journal that cannot be asked now is asked again later. */
  async #step(signal: AbortSignal): Promise<boolean> {
    try {
      await this.#load();
      const todo = this.#options.store.bundles.filter(({ id }) => !this.isDone(id));
      const hasSettled = await this.#settle(todo);
      const hasGiven = await this.#give(todo, signal);
      this.#batch = Math.min(batchMax, this.#batch + 1);
      if (!hasSettled && !hasGiven) await this.#saveAll();
      return hasSettled || hasGiven;
    } catch {
      // It has no room for so much, or is ending: less, and later.
      this.#batch = Math.max(1, Math.floor(this.#batch / 2));
      return false;
    }
  }

  /** Those that are new here; those dropped meanwhile are forgotten. */
  async #load(): Promise<void> {
    const { store, outbox } = this.#options;
    const { bundles } = store;
    for (const { id, path } of bundles) {
      if (this.#uploads.has(id)) continue;
      const read = await uploadIn(path);
      this.#uploads.set(id, inEpoch(read ?? newUpload(outbox.epoch), outbox.epoch));
    }
    if (this.#uploads.size === bundles.length) return;
    const known = new Set(bundles.map(({ id }) => id));
    for (const id of this.#uploads.keys()) if (!known.has(id)) this.#uploads.delete(id);
  }

  /** What became of what waited. True: some of it was settled. */
  async #settle(todo: readonly StoredBundle[]): Promise<boolean> {
    const waiting = todo.flatMap(({ id }) => this.#of(id).waiting.map(([seq]) => seq));
    if (waiting.length === 0) return false;
    const asked = new HeldRanges();
    for (const seq of waiting) asked.add(seq);
    const fates = await this.#options.outbox.fates(asked.ranges);
    let hasMoved = false;
    for (const bundle of todo) {
      const before = this.#of(bundle.id);
      if (before.waiting.length === 0) continue;
      const after = settled(before, fates, itemsIn(bundle, this.#options.mode));
      if (after.waiting.length === before.waiting.length) continue;
      hasMoved = true;
      await this.#keep(bundle, after);
    }
    return hasMoved;
  }

  async #give(todo: readonly StoredBundle[], signal: AbortSignal): Promise<boolean> {
    const { clock } = this.#options;
    let hasGiven = false;
    const untold = todo.filter(({ id }) => this.#of(id).next === 0);
    for (const [bundles, itemsMax] of [
      [untold, 1],
      [todo, waitingMax],
    ] as const) {
      for (const bundle of bundles) {
        for (let given = 0; given < itemsMax && !signal.aborted; ) {
          const begunMs = clock.monotonicMs();
          const count = await this.#giveSome(bundle, Math.min(itemsMax, this.#batch));
          if (count === 0) break;
          await clock.sleep(Math.max(breathMs, clock.monotonicMs() - begunMs), signal);
          given += count;
          hasGiven = true;
        }
      }
    }
    return hasGiven;
  }

  /** How many items were given. */
  async #giveSome(bundle: StoredBundle, max: number): Promise<number> {
    const { mode, outbox } = this.#options;
    const upload = this.#of(bundle.id);
    const free = upload.next === 0 ? manifestsMax - this.#manifests : waitingMax - this.#pieces;
    const items = itemsToGive(upload, itemsIn(bundle, mode), Math.min(max, free));
    if (items.length === 0) return 0;
    const bodies = await bodiesOf(bundle, { items, mode });
    const readable = items.filter((_, i) => bodies[i]?.ok === true);
    if (readable.length < items.length) this.#tellUnreadable(bundle);
    const seqs = await outbox.keepEvidence(bodies.flatMap((one) => (one.ok ? [one.value] : [])));
    // What cannot be read is not tried for ever: the platform sees what is missing.
    const after = given(this.#of(bundle.id), { items, readable, seqs });
    const isDone = after.waiting.length + after.again.length === 0;
    await this.#keep(bundle, { ...after, isDone: isDone && after.next >= itemsIn(bundle, mode) });
    return items.length;
  }

  #tellUnreadable({ id }: StoredBundle): void {
    const { note, clock } = this.#options;
    note({
      ...{ type: "evidence", at: clock.now(), by: "box" },
      note: `files of the evidence ${id} are no longer what they were: they cannot be sent`,
      details: { outcome: "unreadable", bundle: id },
    });
  }

  #of(id: string): Upload {
    return this.#uploads.get(id) ?? newUpload(this.#options.outbox.epoch);
  }

  /** Manifests and pieces that wait in the journal, of all bundles. */
  get #manifests(): number {
    return this.#waiting.filter((item) => item === 0).length;
  }
  get #pieces(): number {
    return this.#waiting.filter((item) => item > 0).length;
  }
  get #waiting(): readonly number[] {
    return [...this.#uploads.values()].flatMap(({ waiting }) => waiting.map(([, item]) => item));
  }

  async #keep(bundle: StoredBundle, upload: Upload): Promise<void> {
    this.#uploads.set(bundle.id, upload);
    this.#unsaved.add(bundle.id);
    const agoMs = this.#options.clock.monotonicMs() - this.#savedMs;
    if (upload.isDone || agoMs >= saveEveryMs) await this.#saveAll();
  }

  async #saveAll(): Promise<void> {
    this.#savedMs = this.#options.clock.monotonicMs();
    for (const { id, path } of this.#options.store.bundles) {
      const upload = this.#uploads.get(id);
      if (upload === undefined || !this.#unsaved.has(id)) continue;
      await writeDurably(path, uploadName, Buffer.from(JSON.stringify(upload)));
      this.#unsaved.delete(id);
    }
  }
}

/** The manifest and all pieces. */
function itemsIn({ manifest }: StoredBundle, mode: UploadMode): number {
  return manifest.files.reduce((sum, file) => sum + piecesOf(file, mode), 1);
}

async function bodiesOf(
  bundle: StoredBundle,
  { items, mode }: { readonly items: readonly number[]; readonly mode: UploadMode },
): Promise<readonly Result<EvidenceBody, string>[]> {
  const pieces = piecesIn(bundle.manifest, mode);
  const bodies: Result<EvidenceBody, string>[] = [];
  for (const item of items) {
    const piece = pieces[item - 1];
    if (item === 0) bodies.push(ok(manifestBody(bundle, mode)));
    else if (piece !== undefined) bodies.push(await pieceBody(bundle, piece));
  }
  return bodies;
}

function manifestBody({ id, sha256: hash, text, manifest }: StoredBundle, mode: UploadMode) {
  const files = manifest.files.map((file) => {
    const { name, mediaType, sizeBytes, sha256: fileHash } = file;
    return { name, mediaType, sizeBytes, sha256: fileHash, pieces: piecesOf(file, mode) };
  });
  return { part: "manifest", bundle: id, sha256: hash, text, files } as const;
}

async function pieceBody(
  { id, path }: StoredBundle,
  { file, piece, offset, sizeBytes }: Piece,
): Promise<Result<EvidenceBody, string>> {
  const bytes = await partOf(join(path, file), offset, sizeBytes);
  if (bytes === null) return fail("it is not there, or shorter than it was");
  const data = bytes.toString("base64");
  return ok({ part: "piece", bundle: id, file, piece, offset, sha256: sha256(bytes), data });
}

async function partOf(path: string, offset: number, sizeBytes: number): Promise<Buffer | null> {
  let file: FileHandle | null = null;
  try {
    file = await open(path, "r");
    const { buffer, bytesRead } = await file.read(Buffer.alloc(sizeBytes), 0, sizeBytes, offset);
    return bytesRead === sizeBytes ? buffer : null;
  } catch {
    return null;
  } finally {
    await file?.close();
  }
}

/** Null: there is none, or none that can be read: all is sent once more. */
async function uploadIn(path: string): Promise<Upload | null> {
  try {
    const read = uploadSchema.safeParse(JSON.parse(await readFile(join(path, uploadName), "utf8")));
    return read.success ? read.data : null;
  } catch {
    return null;
  }
}
