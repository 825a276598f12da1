/**
 * The audit log's lines: each holds the hash of the one before and its own, so that none can be changed, taken out or
 * put in without breaking all that follow. The newest hash goes to the platform with the journal's event. Pure but for
 * the hash function.
 */

import { createHash } from "node:crypto";
import { z } from "zod";
import { roles } from "../protocol/access.ts";

const auditLine = z.strictObject({
  n: z.int(),
  at: z.string(),
  by: z.string(),
  role: z.enum([...roles, "box", "command line"]),
  from: z.string(),
  did: z.string(),
  note: z.string(),
  details: z.record(z.string(), z.unknown()),
  prev: z.string(),
  hash: z.string(),
});
export type AuditLine = z.output<typeof auditLine>;

export interface AuditHead {
  readonly n: number;
  readonly hash: string;
}
export const emptyHead: AuditHead = { n: 0, hash: "0".repeat(64) };

/** What is given; number, time and hashes are the log's own. */
export type AuditEntry = Pick<AuditLine, "by" | "role" | "from" | "did" | "note" | "details">;

export function lineAfter(head: AuditHead, entry: AuditEntry, at: string): AuditLine {
  const { by, role, from, did, note, details } = entry;
  const bare = { n: head.n + 1, at, by, role, from, did, note, details, prev: head.hash };
  return { ...bare, hash: hashOf(bare) };
}

/** Null: not a line of the log. */
export function readLine(text: string): AuditLine | null {
  try {
    const parsed = auditLine.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

export type ChainFault =
  | "not a line of the log"
  | "wrong number"
  | "wrong previous hash"
  | "wrong hash";

/** The head after `text`, or what is wrong with it. */
export function follow(head: AuditHead, text: string): AuditHead | ChainFault {
  const line = readLine(text);
  if (line === null) return "not a line of the log";
  if (line.n !== head.n + 1) return "wrong number";
  if (line.prev !== head.hash) return "wrong previous hash";
  return hashOf(line) === line.hash ? { n: line.n, hash: line.hash } : "wrong hash";
}

/** Over the line with its fields in this order and without its own hash. */
function hashOf(line: Omit<AuditLine, "hash">): string {
  const { n, at, by, role, from, did, note, details, prev } = line;
  const text = JSON.stringify([n, at, by, role, from, did, note, sorted(details), prev]);
  return createHash("sha256").update(text).digest("hex");
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.map(([key, inner]) => [key, sorted(inner)]);
}
