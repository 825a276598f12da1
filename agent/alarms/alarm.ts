/** One alarm that is not normal, and the state people see of it. Pure. */

import type { AlarmStateName } from "../../config/words/alarms.ts";
import type { Word } from "../../config/words/bilingual.ts";
import type { Instant } from "../../config/words/time.ts";
import type { AlarmDetail, AlarmHead, StandingAlarm } from "../alarmRecords.ts";

/** An alarm of which everything is known. Where there is none, the alarm is normal. */
export type LivingAlarm = StandingAlarm & { readonly detail: AlarmDetail };

/**
 * Out of service before suppressed before shelved before what the condition and the people made of it. A hold only
 * decides where an alarm is listed: what lies under it goes on and shows when the hold ends.
 */
export function stateOf(alarm: StandingAlarm | null): AlarmStateName {
  if (alarm === null) return "normal";
  // Of an older format: it stands.
  if (alarm.detail === undefined) return "unacked";
  const { outOfService, suppressedBy, shelved } = alarm.detail;
  if (outOfService !== null) return "out-of-service";
  if (suppressedBy !== null) return "suppressed";
  return shelved === null ? basicState(alarm.detail) : "shelved";
}

function basicState({ isActive, isAcked, isLatched }: AlarmDetail): AlarmStateName {
  if (isActive) return isAcked ? "acked" : "unacked";
  if (isLatched) return isAcked ? "latched" : "latched-unacked";
  return isAcked ? "normal" : "returned";
}

/** Somebody or a rule holds it back. */
export function isHeld({ outOfService, suppressedBy, shelved }: AlarmDetail): boolean {
  return outOfService !== null || suppressedBy !== null || shelved !== null;
}

/** A new occurrence, before anything happened in it: normal, with nothing to acknowledge. */
export function occurrence(head: AlarmHead, alarmId: string, at: Instant): LivingAlarm {
  const { source, type, priority, tank, hazard, unit, limit } = head;
  return {
    ...{ alarmId, source, type, priority, since: at },
    detail: {
      ...{ tank, hazard, unit, limit, value: null, quality: "good", reason: "" },
      ...{ isActive: false, isAcked: true, isLatched: false, returnedAt: null },
      ...{ acked: null, handled: null, shelved: null, outOfService: null, suppressedBy: null },
      ...{ raises: 0, raisedAt: at },
    },
  };
}

/** The key of an alarm everywhere. */
export function keyOf({ source, type }: Pick<AlarmHead, "source" | "type">): string {
  return `${type} ${source}`;
}

/** A reason as it is kept: English, and Chinese beside it. */
export function kept({ zh, en }: Word): { readonly reason: string; readonly reasonZh: string } {
  return { reason: en, reasonZh: zh };
}
