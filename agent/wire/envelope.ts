/** The shape of every record sent upstream, version 1: what a platform may rely on. */

import { z } from "zod";
import { alarmTypes } from "../../config/words/alarms.ts";
import { qualities } from "../../config/words/quality.ts";
import { boxEventTypes, gapReasons, recordKinds } from "../records.ts";

/** Milliseconds since 1970 UTC by the box's wall clock. */
const wallMs = z.number();
const count = z.int().min(0);

const instant = z.object({
  wallMs,
  monotonicMs: z.number().describe("milliseconds since the box booted: never steps"),
});

export const clockState = z.object({
  source: z.string().describe("what disciplines the box's clock: system, chrony, ..."),
  state: z.enum(["synchronised", "unsynchronised", "unknown"]),
  offsetMs: z
    .number()
    .nullable()
    .describe("true time minus the box's clock, as far as it is known; null: it is not"),
});
export type ClockState = z.output<typeof clockState>;

/** Until the agent learns what disciplines its clock. */
export const unknownClock: ClockState = { source: "system", state: "unknown", offsetMs: null };

/**
 * (box, epoch, seq) is the identity of a record: a resend has the same bytes. `body` is judged by the
 * schema of its kind. Unknown fields are to be ignored: within version 1 only additions happen.
 */
export const envelopeSchema = z.object({
  v: z.literal(1),
  site: z.string(),
  box: z.string(),
  epoch: z.string().describe("one life of one journal"),
  seq: z.int().min(1).describe("rises by one per record within an epoch, over all kinds"),
  kind: z.enum(recordKinds),
  replay: z
    .boolean()
    .describe("true: sealed while the uplink was down; never overwrites a live value"),
  sealedAt: wallMs,
  clock: clockState,
  boot: z
    .string()
    .optional()
    .describe(
      "names the run of the box's kernel that the monotonic times in this record count from; absent: not known",
    ),
  was: z
    .object({ epoch: z.string(), seq: z.int().min(1) })
    .optional()
    .describe(
      "salvaged from a damaged journal, where it had this identity: whoever holds that record holds this one",
    ),
  body: z.unknown(),
});
export type Envelope = z.output<typeof envelopeSchema>;

const qualityName = z.enum(qualities);

export const readingsBodySchema = z.object({
  readings: count.describe("readings in this record"),
  from: wallMs.describe("wall time of the earliest reading"),
  to: wallMs.describe("wall time of the latest reading"),
  monotonicMs: z.number().describe("monotonic time of t = 0"),
  anchors: z
    .array(z.object({ t: z.number(), wallMs }))
    .min(1)
    .describe("from t on, wall time = wallMs + ms since t; a second anchor: the clock stepped"),
  times: z
    .array(z.array(z.number()))
    .describe("time columns: t of the first reading, then the ms to each next one"),
  points: z
    .object({
      p: z.array(z.string()).describe("tag of the point"),
      u: z.array(z.string()).describe("unit of its values"),
      t: z.array(count).describe("which time column"),
      d: z.array(z.int().min(0).max(6).nullable()).describe("decimals; null: v holds the values"),
      b: z.array(z.int()).describe("with d: value = (b + v) / 10^d"),
      v: z.array(z.array(z.number().nullable())).describe("one entry per reading; null: no value"),
      q: z
        .array(z.union([qualityName, z.array(z.tuple([qualityName, count]))]))
        .describe("quality of all readings of the point, or runs of [quality, how many]"),
    })
    .describe("columns of equal length: entry i of each belongs to point i"),
});
export type ReadingsBody = z.output<typeof readingsBodySchema>;

export const alarmBodySchema = z.object({
  alarmId: z
    .string()
    .describe("one occurrence: its raise, its return and what people did about it share it"),
  source: z.string().describe("tag of the point, the device's id for OFFLINE, rule/ID for a rule"),
  tank: z.string().nullable(),
  hazard: z.string().nullable(),
  type: z.enum(alarmTypes),
  event: z.string(),
  value: z.number().nullable(),
  quality: z.string(),
  unit: z.string(),
  limit: z.number().nullable(),
  priority: z.int().min(1).max(4).describe("1 red, 2 orange, 3 yellow, 4 blue"),
  stateAfter: z.string(),
  reason: z.string().describe("in English, or as the person gave it"),
  reasonZh: z.string().optional().describe("what the box found by itself, in Chinese"),
  at: instant,
  by: z.string().optional().describe("who did it; absent for what the box found by itself"),
  note: z.string().optional(),
  untilWallMs: wallMs.optional().describe("end of a shelving or of a time out of service"),
});

export const gapBodySchema = z.object({
  reason: z.enum(gapReasons),
  from: instant,
  to: instant,
  lost: count.describe("readings that had been made and will never come"),
  points: z.record(z.string(), count).nullable().describe("lost readings per tag; null: not known"),
  seqs: z
    .array(z.tuple([z.int(), z.int()]))
    .describe("records that will never come, as inclusive ranges of seq"),
  epoch: z
    .string()
    .optional()
    .describe("epoch of `seqs`, when they are of an earlier one; else that of this record"),
  isLostUnknown: z
    .boolean()
    .optional()
    .describe("true: more than `lost` may be gone, how much cannot be known any more"),
  by: z.string().optional().describe("agent-stopped: who or what ended it, as far as known"),
  note: z.string(),
});
export type GapBody = z.output<typeof gapBodySchema>;

export const eventBodySchema = z.object({
  type: z.enum(boxEventTypes),
  at: instant,
  by: z.string().describe("box, platform, or who did it"),
  note: z.string(),
  details: z.record(z.string(), z.unknown()),
});
