/** What is said and kept of alarms: conditions found, transitions, standing alarms. Types only. */

import type { AlarmStateName, AlarmType, AlarmVerb, Priority } from "../config/words/alarms.ts";
import type { Word } from "../config/words/bilingual.ts";
import type { Instant } from "../config/words/time.ts";

/**
 * What evaluation finds: a condition begins or ceases to stand. What people see of it is the life cycle's matter.
 * `source` is a point's tag, a device's id or `bus/ID` for OFFLINE, `rule/ID` for a rule over several points.
 */
export interface ConditionChange {
  readonly source: string;
  readonly tank: string | null;
  readonly hazard: string | null;
  readonly type: AlarmType;
  readonly isStanding: boolean;
  /** The value that caused it, in `unit`; null when quality says there is none. */
  readonly value: number | null;
  readonly quality: string;
  readonly unit: string;
  /** The limit passed; null where there is none. */
  readonly limit: number | null;
  readonly priority: Priority;
  /** Why. */
  readonly reason: Word;
  /** It stood already and is worse now: people are to be called again. */
  readonly isWorse?: boolean;
  readonly at: Instant;
}

/** One alarm that this site can have. Key: source + type. */
export interface AlarmHead {
  readonly source: string;
  readonly type: AlarmType;
  readonly tank: string | null;
  readonly hazard: string | null;
  readonly unit: string;
  readonly limit: number | null;
  readonly priority: Priority;
}

/** A rule of the site file begins or ceases to hold an alarm back. Saying it twice is harmless. */
export interface SuppressionChange {
  readonly rule: string;
  readonly source: string;
  readonly type: AlarmType;
  readonly isSuppressed: boolean;
  /** Why. */
  readonly reason: Word;
  readonly at: Instant;
}

/** A person's act, as it is kept. */
export interface Act {
  readonly by: string;
  /** One of the short list (检修, 标定, 误报, 已派人 ...) or free. */
  readonly reason: string;
  readonly note: string;
  readonly at: Instant;
}

/** A shelving or a time out of service: never without an end. */
export interface Hold extends Act {
  readonly untilWallMs: number;
  readonly forMs: number;
}

/** All that is known of one alarm that is not normal; survives a restart. Key: source + type. */
export interface StandingAlarm {
  /** One per occurrence: from leaving `normal` until it is `normal` again. */
  readonly alarmId: string;
  readonly source: string;
  readonly type: AlarmType;
  readonly priority: Priority;
  readonly since: Instant;
  /** Absent in what a journal of an older format kept: such an alarm is active and unacknowledged. */
  readonly detail?: AlarmDetail;
}

export interface AlarmDetail {
  readonly tank: string | null;
  readonly hazard: string | null;
  /** Of the change that raised it last. */
  readonly value: number | null;
  readonly quality: string;
  readonly unit: string;
  readonly limit: number | null;
  /** English; in Chinese beside it, absent in what an older format kept. */
  readonly reason: string;
  readonly reasonZh?: string;
  /** The condition stands. */
  readonly isActive: boolean;
  readonly isAcked: boolean;
  /** The condition is over, or may be, but a person must reset it. */
  readonly isLatched: boolean;
  readonly returnedAt: Instant | null;
  readonly acked: Act | null;
  readonly handled: Act | null;
  readonly shelved: Hold | null;
  readonly outOfService: Hold | null;
  /** Rules of the site file that hold it back, separated by ", ". */
  readonly suppressedBy: string | null;
  /** Why the last of them does, and since when. Absent in what an older format kept. */
  readonly suppressedWhy?: {
    readonly reason: string;
    readonly reasonZh: string;
    readonly at: Instant;
  } | null;
  /** How often the condition began within this occurrence. */
  readonly raises: number;
  readonly raisedAt: Instant;
  /** When people were last called to it: raise, escalation, re-alarm, end of a hold. Absent: at `raisedAt`. */
  readonly calledAt?: Instant;
}

/**
 * One transition of one alarm: a record of the journal. `alarmId` names one occurrence: raise, return and all that
 * people did about it share it.
 */
export interface AlarmEvent {
  readonly alarmId: string;
  readonly source: string;
  readonly tank: string | null;
  readonly hazard: string | null;
  readonly type: AlarmType;
  readonly event: AlarmVerb;
  /** The value that caused it, in `unit`; null when quality says there is none. */
  readonly value: number | null;
  readonly quality: string;
  readonly unit: string;
  readonly limit: number | null;
  readonly priority: Priority;
  readonly stateAfter: AlarmStateName;
  /** In words, for people: why; English. For a person's act: the reason given, in that person's language. */
  readonly reason: string;
  /** The same in Chinese; absent for a person's act. */
  readonly reasonZh?: string;
  readonly at: Instant;
  /** Who did it; absent for what the box found by itself. */
  readonly by?: string;
  readonly note?: string;
  /** End of a shelving or of a time out of service. */
  readonly untilWallMs?: number;
  /** The alarm after this transition, for the journal's own table; not part of the record. Null: normal. */
  readonly standing?: StandingAlarm | null;
}
