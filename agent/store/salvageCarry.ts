/** One record of a damaged journal: whether it is sound, and as what it goes on in the new one (pure). */

import { z } from "zod";
import { type Lane, type RecordKind, recordKinds } from "../records.ts";
import { clockState } from "../wire/envelope.ts";
import { payloadText, recordBytesMax, sealPayload } from "../wire/payload.ts";
import { isSealed } from "./recordTable.ts";
import type { DeliverableHead } from "./salvageBooks.ts";
import type { Cell, Field } from "./salvagePages.ts";
import type { Sender } from "./sealing.ts";

const kinds: readonly string[] = recordKinds;

const identitySchema = z.object({
  site: z.string(),
  box: z.string(),
  epoch: z.string(),
  seq: z.int(),
  kind: z.enum(recordKinds),
  sealedAt: z.number(),
  clock: clockState,
  boot: z.string().optional(),
  was: z.object({ epoch: z.string(), seq: z.int() }).optional(),
});

export interface SoundRecord {
  readonly head: DeliverableHead;
  readonly identity: z.output<typeof identitySchema>;
  /** Text of the body. */
  readonly body: string;
}

/** A row of `record`, of either format; null: these columns are none. */
export function headOf({ rowid }: Cell, fields: readonly Field[]): DeliverableHead | null {
  const [, kind, lane, readings, encoding, size, crc, from, to, delivered, age = 0, thinned = 0] =
    fields;
  if (typeof kind !== "string" || !kinds.includes(kind) || typeof lane !== "string") return null;
  if (typeof encoding !== "string") return null;
  const numbers = [readings, size, crc, from, to, age, thinned];
  if (numbers.some((one) => typeof one !== "number")) return null;
  if (delivered !== null && typeof delivered !== "number") return null;
  return {
    seq: rowid,
    kind: kind as RecordKind,
    lane: lane as Lane,
    readings: Number(readings),
    encoding: encoding === "json" ? "json" : "json+zstd",
    size: Number(size),
    crc: Number(crc),
    from_wall: Number(from),
    to_wall: Number(to),
    delivered_age: delivered,
    sealed_age: Number(age),
    thinned: Number(thinned),
  };
}

/** The record that one of these heads and these bytes are; null: none is sound, or it is another box's. */
export function soundRecord(
  heads: readonly DeliverableHead[],
  bytes: Uint8Array,
  sender: Sender,
): SoundRecord | null {
  const text = payloadText(bytes);
  if (!text.ok) return null;
  const at = text.value.indexOf(bodyMark);
  if (at === -1) return null;
  const identity = identitySchema.safeParse(parsed(`${text.value.slice(0, at)}}`));
  if (!identity.success) return null;
  const { site, box, epoch, seq, kind } = identity.data;
  const head = heads.find((one) => one.size === bytes.length && isSealed(one, bytes, epoch));
  if (head === undefined) return null;
  if (site !== sender.site || box !== sender.box || seq !== head.seq || kind !== head.kind)
    return null;
  return { head, identity: identity.data, body: text.value.slice(at + bodyMark.length, -1) };
}

/** The same body under a new number. Null: with its new head it would be too long. */
export function carriedPayload(
  { identity, body }: SoundRecord,
  options: { readonly sender: Sender; readonly seq: number },
): ReturnType<typeof sealPayload> | null {
  const { epoch, kind, sealedAt, clock, boot } = identity;
  const envelope = {
    v: 1,
    site: options.sender.site,
    box: options.sender.box,
    epoch: options.sender.epoch,
    seq: options.seq,
    kind,
    replay: true,
    sealedAt,
    clock,
    ...(boot === undefined ? {} : { boot }),
    // Under its oldest name a platform is most likely to know it.
    was: identity.was ?? { epoch, seq: identity.seq },
  };
  const told = kind === "gap" ? namingEpoch(body, epoch) : body;
  const text = `${JSON.stringify(envelope).slice(0, -1)}${bodyMark}${told}}`;
  const payload = sealPayload(Buffer.from(text));
  return payload.bytes.length <= recordBytesMax ? payload : null;
}

/** Cannot be within a JSON string: its quotes would be escaped there. */
const bodyMark = ',"body":';

/** The numbers a gap names are those of the journal that wrote it. */
function namingEpoch(body: string, epoch: string): string {
  const gap: unknown = parsed(body);
  return typeof gap === "object" && gap !== null ? JSON.stringify({ epoch, ...gap }) : body;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
