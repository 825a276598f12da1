/** A message as it came -> a record to keep, or the reason why not (pure but for the codec). */

import { z } from "zod";
import { fail, ok, type Result } from "../../../config/words/result.ts";
import { recordKinds } from "../../records.ts";
import { openPayload } from "../../wire/payload.ts";
import type { Arrival } from "./lives.ts";

export const upstreamKinds = recordKinds;

/** As much of a body as accounting needs; the rest is for whoever shows or analyses it. */
const sums = z.object({
  readings: z.int().min(0).default(0),
  lost: z.int().min(0).default(0),
  seqs: z.array(z.tuple([z.int().min(0), z.int().min(0)])).default([]),
  epoch: z.string().nullable().default(null),
  isLostUnknown: z.boolean().default(false),
});

export interface Topic {
  readonly site: string;
  readonly box: string;
  readonly kind: string;
}

/** Null for a topic that is not of the form hazgate/v1/{site}/{box}/{kind}. */
export function parseTopic(topic: string): Topic | null {
  const [root, version, site, box, kind, ...more] = topic.split("/");
  if (root !== "hazgate" || version !== "v1" || more.length > 0) return null;
  return site && box && kind ? { site, box, kind } : null;
}

/** The sender is who the topic says: the broker has checked that, and only that. */
export function arrivalOf(topic: Topic, bytes: Uint8Array): Result<Arrival, string> {
  const opened = openPayload(bytes);
  if (!opened.ok) return opened;
  const { site, box, epoch, seq, kind, replay, body, was = null } = opened.value;
  if (site !== topic.site || box !== topic.box || kind !== topic.kind) {
    return fail("topic and envelope name different senders or kinds");
  }
  const parsed = sums.safeParse(kind === "readings" || kind === "gap" ? body : {});
  if (!parsed.success) return fail(`body of ${kind}: ${parsed.error.message}`);
  const { readings, lost, seqs, epoch: goneEpoch, isLostUnknown } = parsed.data;
  return ok({
    site,
    box,
    epoch,
    seq,
    kind,
    replay,
    readings: kind === "readings" ? readings : 0,
    lost: kind === "gap" ? lost : 0,
    gone: kind === "gap" ? seqs.map(([from, to]) => ({ from, to })) : [],
    goneEpoch: kind === "gap" ? goneEpoch : null,
    isLostUnknown: kind === "gap" && isLostUnknown,
    was,
    bytes,
  });
}
