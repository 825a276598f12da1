/** Whether the evidence on a disk is what it was: every file's hash, every manifest, the chain, nothing taken away. */

import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fail, ok, type Result } from "../../config/words/result.ts";
import { type ClosedLine, readChain } from "./chain.ts";
import { type Manifest, parseManifest, sha256 } from "./manifest.ts";

export interface EvidenceVerdict {
  readonly bundles: number;
  readonly files: number;
  readonly sizeBytes: number;
  /** Dropped for space, with a word. */
  readonly dropped: number;
  /** Bundles not closed yet. */
  readonly open: number;
  /** SHA-256 of the newest manifest: compare it with what the platform has; null: there is none. */
  readonly head: string | null;
  readonly faults: readonly string[];
}

export interface BundleFound {
  readonly id: string;
  readonly day: string;
  readonly path: string;
  readonly isOpen: boolean;
}

/** Bundles in the folder, by day and id. Fails with one sentence. */
export async function bundlesIn(folder: string): Promise<Result<readonly BundleFound[], string>> {
  try {
    const found: BundleFound[] = [];
    for (const day of await foldersIn(folder)) {
      for (const name of await foldersIn(join(folder, day))) {
        const isOpen = name.endsWith(".open");
        const id = isOpen ? name.slice(0, -".open".length) : name;
        found.push({ id, day, path: join(folder, day, name), isOpen });
      }
    }
    return ok(found);
  } catch (error) {
    return fail(`${folder} cannot be read: ${String(error)}`);
  }
}

/** Fails with one sentence when there is nothing that can be read. */
export async function verifyEvidence(folder: string): Promise<Result<EvidenceVerdict, string>> {
  const found = await bundlesIn(folder);
  if (!found.ok) return found;
  const chain = await readChain(join(folder, "chain.jsonl"));
  const faults = [...chain.faults];
  const closed = found.value.filter(({ isOpen }) => !isOpen);
  const sum = { files: 0, sizeBytes: 0 };
  for (const bundle of closed) {
    const line = chain.closed.find(({ id }) => id === bundle.id);
    const read = await verifyBundle(bundle, line);
    faults.push(...read.faults.map((fault) => `${bundle.day}/${bundle.id}: ${fault}`));
    sum.files += read.files;
    sum.sizeBytes += read.sizeBytes;
  }
  const there = new Set(closed.map(({ id }) => id));
  for (const { id, day } of chain.closed) {
    if (!there.has(id) && !chain.dropped.has(id)) faults.push(`${day}/${id}: it was taken away`);
  }
  return ok({
    ...{ bundles: closed.length, ...sum, dropped: chain.dropped.size },
    open: found.value.length - closed.length,
    head: chain.closed.at(-1)?.sha256 ?? null,
    faults,
  });
}

async function verifyBundle(
  { id, path }: BundleFound,
  line: ClosedLine | undefined,
): Promise<{ files: number; sizeBytes: number; faults: readonly string[] }> {
  const manifest = await manifestIn(path);
  if (!manifest.ok) return { files: 0, sizeBytes: 0, faults: [manifest.error] };
  const { text, value } = manifest.value;
  const faults: string[] = [];
  if (value.id !== id) faults.push("its manifest is that of another");
  if (line === undefined) faults.push("it is not in the chain");
  else if (line.sha256 !== sha256(text)) faults.push("its manifest was changed");
  for (const file of value.files) {
    const hash = await hashOf(join(path, file.name));
    if (hash === null) faults.push(`${file.name} is not there`);
    else if (hash !== file.sha256) faults.push(`${file.name} was changed`);
  }
  const own = new Set([...value.files.map(({ name }) => name), "manifest.json", "upload.json"]);
  for (const name of await readdir(path)) {
    const isLeftOver = name === "draft.json" || name.endsWith(".new");
    if (!own.has(name) && !isLeftOver) faults.push(`${name} does not belong to it`);
  }
  const sizeBytes = value.files.reduce((sum, file) => sum + file.sizeBytes, 0);
  return { files: value.files.length, sizeBytes, faults };
}

export async function manifestIn(
  path: string,
): Promise<Result<{ readonly text: string; readonly value: Manifest }, string>> {
  try {
    const text = await readFile(join(path, "manifest.json"), "utf8");
    const manifest = parseManifest(text);
    return manifest.ok ? ok({ text, value: manifest.value }) : fail("its manifest is none");
  } catch {
    return fail("it has no manifest");
  }
}

async function foldersIn(path: string): Promise<readonly string[]> {
  const entries = await readdir(path, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

/** Null: it cannot be read. */
async function hashOf(path: string): Promise<string | null> {
  try {
    const hash = createHash("sha256");
    for await (const chunk of createReadStream(path)) hash.update(chunk);
    return hash.digest("hex");
  } catch {
    return null;
  }
}
