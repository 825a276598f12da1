/**
 * The manifest of a bundle: what it is evidence of, each file with its hash, and what is missing and why. Each names
 * the hash of the one before it, so that none can be changed or taken away unseen. Pure but for the hash function.
 */

import { createHash } from "node:crypto";
import { z } from "zod";
import { fail, ok, type Result } from "../../config/words/result.ts";
import { clockState } from "../wire/envelope.ts";

const instant = z.object({ wallMs: z.number(), monotonicMs: z.number() });
const sha256Text = z.string().regex(/^[0-9a-f]{64}$/);

const alarmRef = z.object({
  alarmId: z.string(),
  source: z.string(),
  tank: z.string().nullable(),
  type: z.string(),
  priority: z.int(),
  event: z.string(),
  at: instant,
});
export type AlarmRef = z.output<typeof alarmRef>;

export const whats = ["readings", "picture", "clip"] as const;

const keptFile = z.object({
  name: z.string().regex(/^[\p{L}\p{N}][\p{L}\p{N}._+-]{0,127}$/u),
  what: z.enum(whats),
  camera: z.string().nullable(),
  mediaType: z.string(),
  sizeBytes: z.int().min(0),
  sha256: sha256Text,
  /** What it shows, on the monotonic clock; null: not known. */
  fromMs: z.number().nullable(),
  toMs: z.number().nullable(),
  codec: z.string().nullable(),
  notes: z.array(z.string()),
});
export type KeptFile = z.output<typeof keptFile>;

const missingFile = z.object({
  what: z.enum(whats),
  camera: z.string().nullable(),
  /** Moment after the alarm that it was to show, in ms; null: no single one. */
  offsetMs: z.number().nullable(),
  why: z.string(),
});
export type MissingFile = z.output<typeof missingFile>;

const cameraHead = z.object({
  id: z.string(),
  name: z.string().nullable(),
  code: z.string().nullable(),
  place: z.string().nullable(),
});

/** What a bundle under way knows of itself; kept beside its files, so that a restart can finish it. */
export const draftSchema = z.object({
  id: z.string(),
  day: z.string(),
  openedAt: instant,
  alarms: z.array(alarmRef).min(1),
  /** Further alarms of a flood, not named above. */
  moreAlarms: z.int().min(0),
  cameras: z.array(cameraHead),
  files: z.array(keptFile),
  missing: z.array(missingFile),
});
export type Draft = z.output<typeof draftSchema>;

export const manifestSchema = draftSchema.extend({
  v: z.literal(1),
  /** Place in the chain, from 1. */
  n: z.int().min(1),
  /** SHA-256 of the manifest before this one; zeros at the first. */
  previous: sha256Text,
  /** Newest line of the box's audit log when this was closed; null: there was none. */
  audit: z.object({ n: z.int(), hash: z.string() }).nullable(),
  site: z.string(),
  box: z.string(),
  clock: clockState,
  closedAt: instant,
  /** `cut-short`: the agent ended while it was made. */
  state: z.enum(["whole", "cut-short"]),
});
export type Manifest = z.output<typeof manifestSchema>;

export const firstPrevious = "0".repeat(64);

export function sha256(bytes: Uint8Array | string): string {
  return createHash("sha256").update(bytes).digest("hex");
}

export function parseManifest(text: string): Result<Manifest, string> {
  return parsed(manifestSchema, text);
}

export function parseDraft(text: string): Result<Draft, string> {
  return parsed(draftSchema, text);
}

function parsed<T>(schema: z.ZodType<T>, text: string): Result<T, string> {
  try {
    const read = schema.safeParse(JSON.parse(text));
    return read.success ? ok(read.data) : fail(read.error.message);
  } catch {
    return fail("no JSON");
  }
}
