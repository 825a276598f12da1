/** Evidence bundles as the platform holds them: put together from their pieces, every hash looked at. */

import { createHash } from "node:crypto";
import { type EvidenceBody, type EvidenceFile, evidenceBodySchema } from "../../wire/evidence.ts";
import { openPayload } from "../../wire/payload.ts";
import type { RecordStore } from "./recordStore.ts";

export interface BundleProof {
  readonly site: string;
  readonly box: string;
  readonly bundle: string;
  /** Null: it has not come yet. */
  readonly manifest: { readonly text: string; readonly sha256: string } | null;
  /** Files that will come, as the manifest says. */
  readonly files: readonly EvidenceFile[];
  readonly pieces: number;
  /** Pieces that have not come, by file and number, at most 100. */
  readonly missing: readonly string[];
  /** What does not fit its hash. */
  readonly faults: readonly string[];
  /** Everything is there and is what it was. */
  readonly isComplete: boolean;
}

const missingMax = 100;

interface Found {
  readonly site: string;
  readonly box: string;
  manifest: Extract<EvidenceBody, { part: "manifest" }> | null;
  /** Row of each piece, by file and number. */
  readonly rows: Map<string, number>;
  readonly faults: string[];
}

/** Reads every record of evidence, one at a time: memory does not grow with the size of clips. */
export function bundleProofs(store: RecordStore): readonly BundleProof[] {
  const found = new Map<string, Found>();
  for (const record of store.ofKind("evidence")) {
    const body = bodyOf(record.bytes);
    if (body === null) continue;
    const key = `${record.site}/${record.box}/${body.bundle}`;
    const { site, box } = record;
    const bundle: Found = found.get(key) ?? {
      site,
      box,
      manifest: null,
      rows: new Map(),
      faults: [],
    };
    found.set(key, bundle);
    if (body.part === "manifest") bundle.manifest = body;
    else if (sha256(Buffer.from(body.data, "base64")) === body.sha256) {
      bundle.rows.set(keyOf(body.file, body.piece), record.arrival);
    } else bundle.faults.push(`piece ${body.piece} of ${body.file} does not fit its hash`);
  }
  return [...found].map(([key, bundle]) => {
    return proofOf(store, key.slice(`${bundle.site}/${bundle.box}/`.length), bundle);
  });
}

/** One file of a bundle; null: not all of it has come. */
export function fileOf(
  store: RecordStore,
  wanted: { readonly bundle: string; readonly file: string },
): Uint8Array | null {
  const parts = new Map<number, Buffer>();
  let pieces: number | null = null;
  for (const { bytes } of store.ofKind("evidence")) {
    const body = bodyOf(bytes);
    if (body === null || body.bundle !== wanted.bundle) continue;
    if (body.part === "manifest") {
      pieces = body.files.find(({ name }) => name === wanted.file)?.pieces ?? pieces;
    } else if (body.file === wanted.file) parts.set(body.piece, Buffer.from(body.data, "base64"));
  }
  if (pieces === null || parts.size < pieces) return null;
  return Buffer.concat([...parts].sort(([a], [b]) => a - b).map(([, bytes]) => bytes));
}

function proofOf(store: RecordStore, bundle: string, found: Found): BundleProof {
  const { site, box, manifest, rows } = found;
  const faults = [...found.faults];
  const missing: string[] = [];
  if (manifest !== null && sha256(manifest.text) !== manifest.sha256) {
    faults.push("the manifest does not fit its hash");
  }
  for (const file of manifest?.files ?? []) {
    const absent = Array.from({ length: file.pieces }, (_, piece) => piece).filter(
      (piece) => !rows.has(keyOf(file.name, piece)),
    );
    missing.push(...absent.map((piece) => `${file.name} ${piece}`));
    if (file.pieces === 0 || absent.length > 0) continue;
    if (hashOf(store, file, rows) !== file.sha256) faults.push(`${file.name} is not what it was`);
  }
  return {
    ...{ site, box, bundle },
    manifest: manifest === null ? null : { text: manifest.text, sha256: manifest.sha256 },
    files: manifest?.files ?? [],
    pieces: rows.size,
    missing: missing.slice(0, missingMax),
    faults,
    isComplete: manifest !== null && missing.length === 0 && faults.length === 0,
  };
}

function hashOf(store: RecordStore, file: EvidenceFile, rows: ReadonlyMap<string, number>): string {
  const hash = createHash("sha256");
  for (let piece = 0; piece < file.pieces; piece += 1) {
    const bytes = store.bytesAt(rows.get(keyOf(file.name, piece)) ?? 0);
    const body = bytes === null ? null : bodyOf(bytes);
    if (body?.part === "piece") hash.update(Buffer.from(body.data, "base64"));
  }
  return hash.digest("hex");
}

function bodyOf(bytes: Uint8Array): EvidenceBody | null {
  const opened = openPayload(bytes);
  const body = opened.ok ? evidenceBodySchema.safeParse(opened.value.body) : null;
  return body?.success === true ? body.data : null;
}

function keyOf(file: string, piece: number): string {
  return `${piece} ${file}`;
}

function sha256(bytes: Uint8Array | string): string {
  return createHash("sha256").update(bytes).digest("hex");
}
