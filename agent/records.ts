/** What flows through the agent: readings as columns, gaps, sealed records. Alarms: alarmRecords.ts. */

import type { PointId } from "../config/words/names.ts";
import type { Instant } from "../config/words/time.ts";
import type { EvidenceBody } from "./wire/evidence.ts";

/**
 * Readings of one instant, as columns. `points[i]` is a position in the agent's point list
 * (fixed at start), `values[i]` the value in the point's unit or NaN, `qualities[i]` a code of
 * config/words/quality.ts. Whoever receives a block owns it.
 */
export interface ReadingBlock {
  readonly takenAt: Instant;
  readonly points: Uint32Array;
  readonly values: Float64Array;
  readonly qualities: Uint8Array;
}

/** What the journal must know of a point to store and describe its readings. */
export interface PointHead {
  readonly id: PointId;
  readonly unit: string;
  /** Decimals values are rounded to; undefined: as measured. */
  readonly decimals: number | undefined;
}

export const gapReasons = [
  /** The agent was not running, or died before its open second was stored. */
  "agent-stopped",
  /** The journal was at its size limit; the oldest undelivered readings went. */
  "eviction",
  /** The journal was at its size limit; of the oldest undelivered readings the telling ones stayed. */
  "thinned",
  /** The journal could not keep up; readings were dropped in memory. */
  "journal-overload",
  /** The disk was full, or refused to write, for so long that readings were dropped in memory. */
  "disk-full",
  "disk-error",
  /** Stored bytes were damaged. */
  "damaged",
] as const;
export type GapReason = (typeof gapReasons)[number];

/** What will never come. `lost` counts readings that had been made; 0 when none were made at all. */
export interface GapRecord {
  readonly reason: GapReason;
  readonly from: Instant;
  readonly to: Instant;
  readonly lost: number;
  /** Readings lost per point tag; null: all points. */
  readonly points: Readonly<Record<string, number>> | null;
  readonly note: string;
  /** True: more than `lost` may be gone; how much cannot be known any more. */
  readonly isLostUnknown?: boolean;
}

export const boxEventTypes = [
  /** The wall clock was set: `details` say by how much and which readings it concerns. */
  "clock-step",
  /** The clock agrees with a time source for the first time since the box booted, or again. */
  "clock-synchronised",
  "clock-unsynchronised",
  /** The journal was damaged, moved aside, and a fresh one begun; later: what was salvaged. */
  "journal-damaged",
  "journal-salvaged",
  /** A command of the platform, and what became of it. */
  "command",
  /** A person did something on the page or by the command line: `details.audit` is its place in the audit log. */
  "operator",
  /** Alarms came faster than a person can follow, or no longer do. */
  "alarm-flood",
  /** Evidence of an alarm was refused, cut short, or dropped: `details` name the alarms or the bundle, and why. */
  "evidence",
  /** A camera gives pictures (ON) or not (OFF), or its worst fault is another one: `details` say which and why. */
  "camera-status",
  /** A camera told by itself of something it noticed (motion, tampering, fire...), at a bounded pace: `details` say what. */
  "camera-event",
] as const;
export type BoxEventType = (typeof boxEventTypes)[number];

/** Something that happened to the box or was done on it. Kept and sent as the alarms are. */
export interface BoxEvent {
  readonly type: BoxEventType;
  readonly at: Instant;
  /** "box", "platform", or who did it. */
  readonly by: string;
  /** One sentence, for people. */
  readonly note: string;
  /** JSON values only. */
  readonly details: Readonly<Record<string, unknown>>;
}

/**
 * Order of sending. `live` are readings sealed while the uplink was well, `backlog` all others; `evidence` says what
 * a bundle consists of, `piece` are the pieces of its files.
 */
export const lanes = ["alarm", "event", "gap", "live", "evidence", "piece", "backlog"] as const;
export type Lane = (typeof lanes)[number];

/** The kinds that take a number in the journal's sequence. */
export const recordKinds = ["readings", "alarm", "gap", "event", "evidence"] as const;
export type RecordKind = (typeof recordKinds)[number];

/**
 * One immutable record of the journal: its bytes are sealed once, stored, sent and resent.
 * `seq` rises by one per record over all kinds and is never reused within an epoch.
 */
export interface SealedRecord {
  readonly seq: number;
  readonly kind: RecordKind;
  readonly lane: Lane;
  /** Readings held (readings) or declared lost (gap); else 0. */
  readonly readings: number;
  /** The whole payload: envelope JSON, zstd-compressed where that is smaller. At most 256 KiB. */
  readonly bytes: Uint8Array;
  readonly encoding: "json" | "json+zstd";
}

/** Inclusive range of sequence numbers. */
export interface SeqRange {
  readonly from: number;
  readonly to: number;
}

/** What became of a re-request. */
export interface SentAgain {
  /** Records that will go out again. */
  readonly again: number;
  readonly absent: readonly SeqRange[];
}

/** What the forwarder needs of the journal. Records stay until `delivered` names them. */
export interface Outbox {
  readonly epoch: string;
  /** Undelivered records of one lane with seq > `afterSeq`, ascending, within both bounds (at least one if any). */
  next(request: {
    readonly lane: Lane;
    readonly afterSeq: number;
    readonly maxRecords: number;
    readonly maxBytes: number;
  }): Promise<readonly SealedRecord[]>;
  /** Marks records as delivered, durably. Unknown or already delivered numbers are harmless. Returns records newly marked. */
  delivered(ranges: readonly SeqRange[]): Promise<number>;
  /**
   * Makes delivered records undelivered again: the same bytes go out once more. `absent`: of the ranges, what
   * this journal does not hold any more, or never gave out.
   */
  sendAgain(ranges: readonly SeqRange[]): Promise<SentAgain>;
  /** Tells the journal how often to seal and which lane new readings belong to. */
  uplinkIs(state: "live" | "down"): void;
  /** Calls back after each commit that sealed at least one record, until disposed by `signal`. */
  onSealed(call: (lane: Lane) => void, signal: AbortSignal): void;
}

/** What became of records that were given to the journal. What is in neither was delivered. */
export interface Fates {
  readonly waiting: readonly SeqRange[];
  /** Evicted, damaged, or never of this journal: whoever gave them may give them again. */
  readonly lost: readonly SeqRange[];
}

/** What the keeper of evidence needs of the journal. */
export interface EvidenceOutbox {
  readonly epoch: string;
  /** Seals one record for each body, durably, all or none; resolves with their numbers. Rejects when it cannot now. */
  keepEvidence(bodies: readonly EvidenceBody[]): Promise<readonly number[]>;
  fates(ranges: readonly SeqRange[]): Promise<Fates>;
}

/** Counts that must balance at any moment: made = delivered + stored + declaredLost. In readings. */
export interface Account {
  readonly made: number;
  readonly delivered: number;
  /** Undelivered: sealed in records, or still waiting in the open journal rows. */
  readonly stored: number;
  readonly declaredLost: number;
}
