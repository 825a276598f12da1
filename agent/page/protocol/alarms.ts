/** Alarms as people see them, and what people do with them. Times are ms since 1970. */

import type {
  AlarmStateName,
  AlarmType,
  AlarmVerb,
  Priority,
} from "../../../config/words/alarms.ts";

/** One alarm as people see it; `state` "normal" takes it off the list. */
export interface AlarmView {
  readonly key: string;
  readonly alarmId: string;
  readonly source: string;
  /** Plant name of the point, device or rule; null: has none. */
  readonly name: string | null;
  readonly tank: string | null;
  readonly type: AlarmType;
  readonly priority: Priority;
  readonly state: AlarmStateName;
  readonly value: number | null;
  readonly quality: string;
  readonly unit: string;
  readonly limit: number | null;
  /** English; in Chinese beside it, absent in what an older format kept. `reasonText` chooses. */
  readonly reason: string;
  readonly reasonZh?: string;
  readonly sinceMs: number;
  readonly raisedMs: number;
  readonly returnedMs: number | null;
  readonly raises: number;
  readonly acked: ActView | null;
  readonly handled: ActView | null;
  readonly shelved: HoldView | null;
  readonly outOfService: HoldView | null;
  /** Rules of the site file that hold it back, by id, separated by ", ". */
  readonly suppressedBy: string | null;
  /** The names of those rules, why the last of them does, and since when; null: none does, or it is not known. */
  readonly suppressedWhy?: SuppressedWhy | null;
  readonly isActive: boolean;
  readonly isShelvable: boolean;
  /** Told before the disk had it. */
  readonly isStored: boolean;
  /** Advice of the site file: what to do. */
  readonly advice: string | null;
  /** First alarm of its tank within the flood that is under way. */
  readonly isFirstOut: boolean;
  /** Began to stand often in a short time, or stands since very long. */
  readonly isChattering: boolean;
  readonly isStale: boolean;
}

export interface ActView {
  readonly by: string;
  readonly reason: string;
  readonly note: string;
  readonly atMs: number;
}

export interface SuppressedWhy {
  /** Plant names of the rules, or their ids. */
  readonly rules: readonly string[];
  readonly reason: string;
  readonly reasonZh?: string;
  readonly atMs: number;
}

export interface HoldView extends ActView {
  readonly untilMs: number;
}

/** One line of the history: a transition as the journal has it. */
export interface AlarmLine {
  readonly seq: number;
  readonly epoch: string;
  readonly atMs: number;
  readonly alarmId: string;
  readonly source: string;
  readonly name: string | null;
  readonly tank: string | null;
  readonly type: AlarmType;
  readonly event: AlarmVerb;
  readonly priority: Priority;
  readonly stateAfter: AlarmStateName;
  readonly value: number | null;
  readonly unit: string;
  readonly limit: number | null;
  readonly quality: string;
  /** English, or as a person gave it; `reasonZh` absent: it is that in Chinese too. */
  readonly reason: string;
  readonly reasonZh?: string;
  readonly by: string | null;
  readonly note: string | null;
  readonly untilMs: number | null;
}

/** GET /api/alarms/history?from&to&search&priority&type&event&limit&before ; .csv for the file. Newest first. */
export interface AlarmHistory {
  readonly lines: readonly AlarmLine[];
  /** Pass as `before` for the next page; null: that was all. */
  readonly next: string | null;
}

export const alarmActs = [
  "ack",
  "handle",
  "shelve",
  "unshelve",
  "out-of-service",
  "in-service",
  "reset",
] as const;
export type AlarmAct = (typeof alarmActs)[number];

export interface ActRequest {
  readonly do: AlarmAct;
  readonly alarms: readonly { readonly source: string; readonly type: AlarmType }[];
  readonly reason: string;
  readonly note: string;
  /** For shelve and out-of-service. */
  readonly forMs?: number;
}

/** What became of it, alarm by alarm; a refusal says why in both languages. */
export interface ActAnswer {
  readonly done: readonly string[];
  readonly refused: readonly { readonly key: string; readonly zh: string; readonly en: string }[];
}

/** Every answer that is not 2xx has this body. */
export interface Refusal {
  readonly error: { readonly code: string; readonly zh: string; readonly en: string };
}
