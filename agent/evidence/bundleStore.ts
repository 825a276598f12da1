/**
 * Bundles on disk: `evidence/<day>/<id>/`, as `<id>.open` while they are made; see FORMAT.md beside this file.
 *
 * - A file is whole or not there; a bundle is closed by one rename, after its manifest is durable.
 * - All of it stays within `maxSizeBytes` and `bundlesMax`: the oldest bundle that was sent goes first, one that was
 *   not is never dropped; then there is no room, and who asks is told so.
 * - What is not said to reject never does for trouble of the disk.
 */

import { mkdir, readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { fail, ok, type Result } from "../../config/words/result.ts";
import { appendToChain, type ClosedLine, mendChain, readChain } from "./chain.ts";
import { renameDurably, syncFolder, writeDurably } from "./durable.ts";
import {
  type Draft,
  firstPrevious,
  type Manifest,
  parseDraft,
  parseManifest,
  sha256,
} from "./manifest.ts";

export interface BundleStoreOptions {
  /** `evidence` in the agent's data folder; made when missing. */
  readonly folder: string;
  readonly maxSizeBytes: number;
  /** Whether a bundle may be dropped for room: it was sent, or is never to be. */
  mayDrop(bundle: StoredBundle): boolean;
  nowWallMs(): number;
}

/** A closed bundle. */
export interface StoredBundle {
  readonly id: string;
  readonly n: number;
  readonly day: string;
  /** Its folder. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly manifest: Manifest;
  /** As it lies on the disk: what the hash is of. */
  readonly text: string;
}

/** Bundles kept at most, however small. */
export const bundlesMax = 10_000;

const draftName = "draft.json";
const manifestName = "manifest.json";
const openEnding = ".open";

export class BundleStore {
  readonly #options: BundleStoreOptions;
  readonly #bundles = new Map<string, StoredBundle>();
  readonly #openSizes = new Map<string, number>();
  readonly #perDay = new Map<string, number>();
  #head: { readonly n: number; readonly sha256: string } = { n: 0, sha256: firstPrevious };
  #usedBytes = 0;

  private constructor(options: BundleStoreOptions) {
    this.#options = options;
  }

  /** Reads all that is there. The drafts are bundles that were not closed. Fails with one sentence. */
  static async open(
    options: BundleStoreOptions,
  ): Promise<Result<{ store: BundleStore; drafts: readonly Draft[] }, string>> {
    const store = new BundleStore(options);
    try {
      await mkdir(options.folder, { recursive: true });
      const drafts = await store.#load();
      return ok({ store, drafts });
    } catch (error) {
      return fail(`evidence in ${options.folder} cannot be read: ${String(error)}`);
    }
  }

  /** Closed bundles, the oldest first. */
  get bundles(): readonly StoredBundle[] {
    return [...this.#bundles.values()];
  }

  get usedBytes(): number {
    return this.#usedBytes;
  }

  bundle(id: string): StoredBundle | null {
    return this.#bundles.get(id) ?? null;
  }

  /** Bundles of a camera that were begun on this day and are closed. */
  countOf(camera: string, day: string): number {
    return this.#perDay.get(`${day} ${camera}`) ?? 0;
  }

  /** Begins a bundle, or writes down how far it is. */
  async save(draft: Draft): Promise<Result<void, string>> {
    const bytes = Buffer.from(JSON.stringify(draft));
    if (!(await this.#makeRoom(bytes.length))) return fail("no room");
    return await guarded(async () => {
      const path = this.#openPath(draft);
      await mkdir(path, { recursive: true });
      await writeDurably(path, draftName, bytes);
      await syncFolder(join(this.#options.folder, draft.day));
    });
  }

  /** A file of a bundle that is open. */
  async add(draft: Draft, name: string, bytes: Uint8Array): Promise<Result<void, string>> {
    if (!(await this.#makeRoom(bytes.length))) return fail("no room");
    // Before it is written: others are writing too.
    this.#grow(draft.id, bytes.length);
    const done = await guarded(() => writeDurably(this.#openPath(draft), name, bytes));
    if (!done.ok) this.#grow(draft.id, -bytes.length);
    return done;
  }

  /** Closes a bundle; it is the next in the chain. Files that it does not name are removed. */
  async close(
    draft: Draft,
    rest: Omit<Manifest, keyof Draft | "v" | "n" | "previous">,
  ): Promise<Result<StoredBundle, string>> {
    const n = this.#head.n + 1;
    const manifest: Manifest = { v: 1, n, previous: this.#head.sha256, ...draft, ...rest };
    const text = JSON.stringify(manifest, null, 1);
    const open = this.#openPath(draft);
    const path = this.#path(draft);
    const done = await guarded(async () => {
      await writeDurably(open, manifestName, Buffer.from(text));
      await renameDurably(open, path);
      const line = { n, id: draft.id, day: draft.day, sha256: sha256(text) };
      await appendToChain(this.#chainPath, { ...line, previous: manifest.previous });
      await removeStrangers(path, new Set([manifestName, ...draft.files.map(({ name }) => name)]));
    });
    if (!done.ok) return done;
    const sizeBytes = sizeOf(manifest, text);
    this.#grow(draft.id, -(this.#openSizes.get(draft.id) ?? 0));
    this.#openSizes.delete(draft.id);
    return ok(
      this.#enter({
        id: draft.id,
        n,
        day: draft.day,
        path,
        sizeBytes,
        ...{ manifest, text, sha256: sha256(text) },
      }),
    );
  }

  get #chainPath(): string {
    return join(this.#options.folder, "chain.jsonl");
  }

  #path({ day, id }: { readonly day: string; readonly id: string }): string {
    return join(this.#options.folder, day, id);
  }

  #openPath(draft: Draft): string {
    return `${this.#path(draft)}${openEnding}`;
  }

  #grow(id: string, bytes: number): void {
    this.#openSizes.set(id, (this.#openSizes.get(id) ?? 0) + bytes);
    this.#usedBytes += bytes;
  }

  #enter(bundle: StoredBundle): StoredBundle {
    this.#bundles.set(bundle.id, bundle);
    this.#usedBytes += bundle.sizeBytes;
    if (bundle.n > this.#head.n) this.#head = { n: bundle.n, sha256: bundle.sha256 };
    for (const { id } of bundle.manifest.cameras) {
      const key = `${bundle.day} ${id}`;
      this.#perDay.set(key, (this.#perDay.get(key) ?? 0) + 1);
    }
    return bundle;
  }

  /** False: all that could go has gone, and it is not enough. */
  async #makeRoom(bytes: number): Promise<boolean> {
    const { maxSizeBytes, mayDrop } = this.#options;
    const isTight = (): boolean =>
      this.#usedBytes + bytes > maxSizeBytes || this.#bundles.size >= bundlesMax;
    if (!isTight()) return true;
    for (const bundle of this.bundles) {
      if (!mayDrop(bundle)) continue;
      const atWallMs = this.#options.nowWallMs();
      const done = await guarded(async () => {
        // First the word, then the deed: what is gone is never without a word.
        await appendToChain(this.#chainPath, { dropped: bundle.id, atWallMs, why: "no room" });
        await rm(bundle.path, { recursive: true, force: true });
      });
      if (!done.ok) return false;
      this.#bundles.delete(bundle.id);
      this.#usedBytes -= bundle.sizeBytes;
      if (!isTight()) return true;
    }
    return !isTight();
  }

  async #load(): Promise<readonly Draft[]> {
    const chain = await readChain(this.#chainPath);
    await mendChain(this.#chainPath, chain);
    const last = chain.closed.at(-1);
    if (last !== undefined) this.#head = { n: last.n, sha256: last.sha256 };
    const drafts: Draft[] = [];
    const found: StoredBundle[] = [];
    for (const day of await foldersIn(this.#options.folder)) {
      for (const name of await foldersIn(join(this.#options.folder, day))) {
        const path = join(this.#options.folder, day, name);
        if (name.endsWith(openEnding)) drafts.push(...(await draftIn(path)));
        else if (chain.dropped.has(name)) await rm(path, { recursive: true, force: true });
        else found.push(...(await bundleIn(path, { day, id: name })));
      }
    }
    for (const bundle of found.sort((a, b) => a.n - b.n)) {
      await this.#heal(bundle, chain.closed);
      this.#enter(bundle);
    }
    for (const draft of drafts) {
      for (const { sizeBytes } of draft.files) this.#grow(draft.id, sizeBytes);
    }
    return drafts;
  }

  /** Closed by its rename, but a power cut came before its line. */
  async #heal(bundle: StoredBundle, closed: readonly ClosedLine[]): Promise<void> {
    const { n, id, day, sha256: hash, manifest } = bundle;
    const isNext = n === this.#head.n + 1 && manifest.previous === this.#head.sha256;
    if (closed.some((line) => line.id === id) || !isNext) return;
    await appendToChain(this.#chainPath, { n, id, day, sha256: hash, previous: manifest.previous });
  }
}

async function foldersIn(path: string): Promise<readonly string[]> {
  const entries = await readdir(path, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

/** None: it was only just begun; or its draft is damaged, and `evidence verify` tells of it. */
async function draftIn(path: string): Promise<readonly Draft[]> {
  const text = await textOrNull(join(path, draftName));
  if (text === null) await rm(path, { recursive: true, force: true });
  const draft = text === null ? null : parseDraft(text);
  return draft?.ok === true ? [draft.value] : [];
}

/** None: its manifest is gone or none; `evidence verify` tells of it. */
async function bundleIn(
  path: string,
  { day, id }: { readonly day: string; readonly id: string },
): Promise<readonly StoredBundle[]> {
  const text = await textOrNull(join(path, manifestName));
  const manifest = text === null ? null : parseManifest(text);
  if (text === null || manifest?.ok !== true || manifest.value.id !== id) return [];
  const { n } = manifest.value;
  const sizeBytes = sizeOf(manifest.value, text);
  return [
    { ...{ id, n, day, path, sizeBytes, text }, sha256: sha256(text), manifest: manifest.value },
  ];
}

function sizeOf({ files }: Manifest, text: string): number {
  return files.reduce((sum, file) => sum + file.sizeBytes, Buffer.byteLength(text));
}

/** What a power cut left of a file, and the draft. */
async function removeStrangers(path: string, names: ReadonlySet<string>): Promise<void> {
  for (const name of await readdir(path)) {
    if (!names.has(name)) await rm(join(path, name), { recursive: true, force: true });
  }
}

/** Whether a file is there, with this size. */
export async function hasSize(path: string, sizeBytes: number): Promise<boolean> {
  const found = await guarded(() => stat(path));
  return found.ok && found.value.size === sizeBytes;
}

async function textOrNull(path: string): Promise<string | null> {
  const read = await guarded(() => readFile(path, "utf8"));
  return read.ok ? read.value : null;
}

async function guarded<T>(work: () => Promise<T>): Promise<Result<T, string>> {
  try {
    return ok(await work());
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  }
}
