/** An alarm as the last life of the agent left it, taken into this one. Pure. */

import { word } from "../../config/words/bilingual.ts";
import { type Instant, monotonicMs } from "../../config/words/time.ts";
import type { Act, AlarmDetail, AlarmHead, StandingAlarm } from "../alarmRecords.ts";
import { kept, type LivingAlarm, occurrence } from "./alarm.ts";

/**
 * Its moments are moved to where they lie on the present monotonic clock, so that what was under way goes on: a
 * shelving ends when the rest of its time is over. How long ago a moment was is not known for sure: the box may
 * have booted since, and its wall clock may have been set. The longer answer holds, so that no clock lengthens a hold.
 */
export function restored(
  alarm: StandingAlarm,
  options: { readonly now: Instant; readonly head: AlarmHead | undefined },
): LivingAlarm {
  const { now, head } = options;
  const moved = (instant: Instant): Instant => ({
    wallMs: instant.wallMs,
    monotonicMs: monotonicMs(now.monotonicMs - agoMs(instant, now)),
  });
  const act = <A extends Act>(one: A | null): A | null =>
    one === null ? null : { ...one, at: moved(one.at) };
  const detail = alarm.detail ?? unknown(alarm, head);
  const { acked, handled, shelved, outOfService, suppressedWhy } = detail;
  const { raisedAt, calledAt, returnedAt } = detail;
  return {
    ...alarm,
    since: moved(alarm.since),
    detail: {
      ...detail,
      ...{ acked: act(acked), handled: act(handled) },
      ...(suppressedWhy
        ? { suppressedWhy: { ...suppressedWhy, at: moved(suppressedWhy.at) } }
        : {}),
      ...{ shelved: act(shelved), outOfService: act(outOfService) },
      returnedAt: returnedAt === null ? null : moved(returnedAt),
      raisedAt: moved(raisedAt),
      ...(calledAt === undefined ? {} : { calledAt: moved(calledAt) }),
    },
  };
}

/** A lower monotonic time than then is of another boot: all of the present run of the box came after it. */
function agoMs(then: Instant, now: Instant): number {
  const isSameRun = now.monotonicMs >= then.monotonicMs;
  const ranMs = isSameRun ? now.monotonicMs - then.monotonicMs : now.monotonicMs;
  return Math.max(ranMs, now.wallMs - then.wallMs);
}

/** All that an older journal kept: it stands, and nobody has acknowledged it. */
function unknown(alarm: StandingAlarm, head: AlarmHead | undefined): AlarmDetail {
  const { alarmId, source, type, priority, since } = alarm;
  const bare = { source, type, priority, tank: null, hazard: null, unit: "", limit: null };
  const { detail } = occurrence(head ?? bare, alarmId, since);
  const reason = kept(word("上次停机时已在报警", "stood when the agent last stopped"));
  return { ...detail, ...reason, quality: "uncertain", isActive: true, isAcked: false, raises: 1 };
}
