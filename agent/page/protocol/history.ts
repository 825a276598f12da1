/** What was: trends, the shift report, the audit log. Times are ms since 1970. */

import type { Priority } from "../../../config/words/alarms.ts";
import type { Role } from "./access.ts";
import type { AlarmLine, AlarmView } from "./alarms.ts";

/** GET /api/trend?points=TAG,TAG&from&to&width : one series a point. */
export interface TrendView {
  readonly fromMs: number;
  readonly toMs: number;
  readonly bucketMs: number;
  readonly series: readonly TrendSeries[];
  /** Spans for which the journal declares readings lost or none were made. */
  readonly gaps: readonly {
    readonly fromMs: number;
    readonly toMs: number;
    /** A `GapReason`, `no-readings`, `clock-set-back` (lived twice) or `clock-set-forward` (skipped). */
    readonly reason: string;
    /** Absent: all points. */
    readonly tags?: readonly string[];
  }[];
}

/** Columns of equal length, one entry a bucket that holds readings. Null: no number in that bucket. */
export interface TrendSeries {
  readonly tag: string;
  readonly unit: string;
  readonly startMs: readonly number[];
  readonly min: readonly (number | null)[];
  readonly max: readonly (number | null)[];
  readonly last: readonly (number | null)[];
  /** Worst quality of the bucket, as a code. */
  readonly quality: readonly number[];
}

/** GET /api/report/shift?from&to (.pdf for the file made on the box). */
export interface ShiftReport {
  readonly site: string;
  readonly box: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly madeMs: number;
  readonly counts: {
    readonly raised: number;
    readonly returned: number;
    readonly acked: number;
    readonly byPriority: Readonly<Record<Priority, number>>;
  };
  readonly lines: readonly AlarmLine[];
  /** What stands at the end of the shift. */
  readonly open: readonly AlarmView[];
  readonly shelved: readonly AlarmView[];
  readonly outOfService: readonly AlarmView[];
  readonly operator: readonly OperatorLine[];
  readonly gaps: TrendView["gaps"];
  readonly handover: {
    readonly from: string;
    readonly to: string;
    readonly note: string;
    readonly atMs: number;
  } | null;
}

/** One line of the hash-chained audit log. */
export interface OperatorLine {
  readonly n: number;
  readonly atMs: number;
  readonly by: string;
  readonly role: Role | "box" | "command line";
  readonly from: string;
  readonly did: string;
  readonly note: string;
}

/** GET /api/audit?from&to (officer): the audit log, newest first, at most 1,000 lines. /api/audit.jsonl: as it is kept. */
export interface AuditView {
  readonly lines: readonly OperatorLine[];
  /** There is more; ask again with `to` before the last line's time. */
  readonly isCut: boolean;
}

/** POST /api/handover (officer): the shift goes from who is logged in to `to`. Answer: ShiftReport["handover"]. */
export interface HandoverRequest {
  readonly to: string;
  readonly note: string;
}
