/**
 * The life of one alarm (states and rules modelled on ISA-18.2 / IEC 62682): what becomes of it when its condition
 * begins or ceases, a person acts, a rule holds it back, or time passes. One pure function; it never looks at a clock.
 *
 * - An occurrence lasts from leaving `normal` until `normal` again and has one id. A condition that comes back before
 *   its return was acknowledged belongs to the same occurrence and must be acknowledged anew.
 * - A condition that stands is never lost: a hold (shelved, suppressed, out of service) only changes where it is
 *   listed. What begins under a hold asks nobody for an acknowledgement, and if it is over before the hold ends, nor
 *   afterwards; if it still stands then, it comes back unacknowledged, even if it had been acknowledged before:
 *   somebody shall look at it afresh.
 * - To acknowledge what was rung before the hold began is allowed under it: this hides nothing, for the above reason.
 * - To shelve is not to acknowledge.
 */

import type { AlarmVerb } from "../../config/words/alarms.ts";
import { type Word, word } from "../../config/words/bilingual.ts";
import { unreachable } from "../../config/words/result.ts";
import type { Instant } from "../../config/words/time.ts";
import type {
  Act,
  AlarmDetail,
  AlarmHead,
  ConditionChange,
  Hold,
  SuppressionChange,
} from "../alarmRecords.ts";
import { isHeld, kept, type LivingAlarm, occurrence, stateOf } from "./alarm.ts";
import { type Refused, refusals, tooLong } from "./refusals.ts";

/** What the site file says of how one alarm lives. Times in ms. */
export interface AlarmTerms {
  /** After its return a person must reset it. */
  readonly isLatching: boolean;
  readonly isShelvable: boolean;
  readonly shelveMsMax: number;
  readonly outOfServiceMsMax: number;
  /** Unacknowledged for so long, people are called again; null: they are not. */
  readonly ackWithinMs: number | null;
  /** Standing for so long after its acknowledgement, it must be acknowledged anew; null: it need not. */
  readonly reAlarmMs: number | null;
}

export interface AlarmSubject {
  /** Null: it is normal. */
  readonly alarm: LivingAlarm | null;
  readonly head: AlarmHead;
  readonly terms: AlarmTerms;
  /** Names a new occurrence. */
  readonly newAlarmId: (at: Instant) => string;
}

export type AlarmInput =
  | { readonly do: "condition"; readonly change: ConditionChange }
  | { readonly do: "suppression"; readonly change: SuppressionChange }
  | { readonly do: "ack" | "handle" | "reset" | "unshelve" | "in-service"; readonly act: Act }
  | { readonly do: "shelve" | "out-of-service"; readonly hold: Hold }
  | { readonly do: "time"; readonly at: Instant };

export type AlarmStep =
  | { readonly kind: "still" }
  | { readonly kind: "refused"; readonly why: Refused }
  /** `reason` of what happens by itself, in words for people; null: the input has it. */
  | {
      readonly kind: "moved";
      readonly verb: AlarmVerb;
      readonly next: LivingAlarm | null;
      readonly reason: Word | null;
    };

const still: AlarmStep = { kind: "still" };

/** One input to one alarm. For `time`, ask again until it is `still`: several things may be due. */
export function transition(subject: AlarmSubject, input: AlarmInput): AlarmStep {
  switch (input.do) {
    case "condition":
      return input.change.isStanding
        ? begins(subject, input.change)
        : ceases(subject.alarm, input.change);
    case "suppression":
      return input.change.isSuppressed
        ? suppress(subject, input.change)
        : unsuppress(subject.alarm, input.change);
    case "ack":
      return ack(subject.alarm, input.act);
    case "handle":
      return handle(subject.alarm, input.act);
    case "reset":
      return reset(subject.alarm);
    case "shelve":
      return shelve(subject, input.hold);
    case "out-of-service":
      return takeOutOfService(subject, input.hold);
    case "unshelve":
      return unshelve(subject.alarm, input.act);
    case "in-service":
      return putInService(subject.alarm, input.act);
    case "time":
      return subject.alarm === null ? still : due(subject.alarm, subject.terms, input.at);
    default:
      return unreachable(input);
  }
}

function begins(subject: AlarmSubject, change: ConditionChange): AlarmStep {
  const { priority, at } = change;
  const before = subject.alarm ?? started(subject, at);
  const { isActive, isLatched, raises } = before.detail;
  const alarm = { ...before, priority };
  const found = { ...findings(change), ...(isHeld(before.detail) ? {} : unacked(at)) };
  if (isActive) {
    // It stands already: only what makes it worse is news.
    const isWorse = priority < before.priority || change.isWorse === true;
    return isWorse ? moved("escalate", { alarm, change: found }) : still;
  }
  return moved("raise", {
    alarm,
    change: {
      ...{ ...found, isActive: true, isLatched: isLatched || subject.terms.isLatching },
      ...{ returnedAt: null, raises: raises + 1, raisedAt: at },
    },
  });
}

function findings(change: ConditionChange): Partial<AlarmDetail> {
  const { tank, hazard, value, quality, unit, limit, reason } = change;
  return { tank, hazard, value, quality, unit, limit, ...kept(reason) };
}

function ceases(alarm: LivingAlarm | null, { at }: ConditionChange): AlarmStep {
  if (alarm?.detail.isActive !== true) return still;
  return moved("return", { alarm, change: { isActive: false, returnedAt: at } });
}

function ack(alarm: LivingAlarm | null, act: Act): AlarmStep {
  if (alarm === null) return refused(refusals.nothingToAck);
  const { isAcked, acked } = alarm.detail;
  if (isAcked) return refused(acked === null ? refusals.nothingToAck : refusals.alreadyAcked);
  return moved("ack", { alarm, change: { isAcked: true, acked: act } });
}

function handle(alarm: LivingAlarm | null, act: Act): AlarmStep {
  if (alarm === null || alarm.detail.raises === 0) return refused(refusals.nothingToHandle);
  return moved("handle", { alarm, change: { handled: act } });
}

function reset(alarm: LivingAlarm | null): AlarmStep {
  if (alarm?.detail.isLatched !== true) return refused(refusals.notLatched);
  if (alarm.detail.isActive) return refused(refusals.stillActive);
  return moved("reset", { alarm, change: { isLatched: false } });
}

function shelve(subject: AlarmSubject, hold: Hold): AlarmStep {
  const { isShelvable, shelveMsMax } = subject.terms;
  if (!isShelvable) return refused(refusals.notShelvable);
  const fault = holdFault(hold, shelveMsMax);
  if (fault !== null) return refused(fault);
  const alarm = subject.alarm ?? started(subject, hold.at);
  return moved("shelve", { alarm, change: { shelved: hold } });
}

function takeOutOfService(subject: AlarmSubject, hold: Hold): AlarmStep {
  const fault = holdFault(hold, subject.terms.outOfServiceMsMax);
  if (fault !== null) return refused(fault);
  const alarm = subject.alarm ?? started(subject, hold.at);
  return moved("out-of-service", { alarm, change: { outOfService: hold } });
}

function unshelve(alarm: LivingAlarm | null, { at }: Act): AlarmStep {
  if (alarm === null || alarm.detail.shelved === null) return refused(refusals.notShelved);
  return endHold("unshelve", { alarm, change: { shelved: null }, at });
}

function putInService(alarm: LivingAlarm | null, { at }: Act): AlarmStep {
  if (alarm === null || alarm.detail.outOfService === null) {
    return refused(refusals.notOutOfService);
  }
  return endHold("in-service", { alarm, change: { outOfService: null }, at });
}

/** Never without an end, a person and a reason. */
function holdFault({ forMs, reason, by }: Hold, msMax: number): Refused | null {
  if (by.trim() === "") return refusals.noPerson;
  if (reason.trim() === "") return refusals.noReason;
  if (!(forMs > 0)) return refusals.noEnd;
  return forMs > msMax ? tooLong(msMax) : null;
}

function suppress(subject: AlarmSubject, { rule, reason, at }: SuppressionChange): AlarmStep {
  const alarm = subject.alarm ?? started(subject, at);
  const rules = rulesOf(alarm.detail);
  if (rules.includes(rule)) return still;
  const suppressedBy = [...rules, rule].join(", ");
  const suppressedWhy = { ...kept(reason), at };
  return moved("suppress", { alarm, change: { suppressedBy, suppressedWhy } });
}

function unsuppress(alarm: LivingAlarm | null, { rule, at }: SuppressionChange): AlarmStep {
  const rules = alarm === null ? [] : rulesOf(alarm.detail);
  if (alarm === null || !rules.includes(rule)) return still;
  const left = rules.filter((other) => other !== rule);
  if (left.length > 0)
    return moved("unsuppress", { alarm, change: { suppressedBy: left.join(", ") } });
  return endHold("unsuppress", { alarm, change: { suppressedBy: null, suppressedWhy: null }, at });
}

/** The rules that suppress an alarm. */
export function rulesOf({ suppressedBy }: AlarmDetail): readonly string[] {
  return suppressedBy?.split(", ") ?? [];
}

/** What time alone does, the first thing that is due. By the monotonic clock: no step lengthens a hold. */
function due(alarm: LivingAlarm, terms: AlarmTerms, at: Instant): AlarmStep {
  const { shelved, outOfService, acked, raisedAt, calledAt = raisedAt } = alarm.detail;
  const hasPassed = (from: Instant, ms: number | null): boolean =>
    ms !== null && at.monotonicMs - from.monotonicMs >= ms;
  if (shelved !== null && hasPassed(shelved.at, shelved.forMs)) {
    const reason = word("搁置时间已到", "the time it was shelved for is over");
    return endHold("unshelve", { alarm, change: { shelved: null }, at, reason });
  }
  if (outOfService !== null && hasPassed(outOfService.at, outOfService.forMs)) {
    const reason = word("停用时间已到", "the time out of service is over");
    return endHold("in-service", { alarm, change: { outOfService: null }, at, reason });
  }
  const state = stateOf(alarm);
  if (state === "acked" && hasPassed(acked?.at ?? calledAt, terms.reAlarmMs)) {
    const reason = word("确认后长时间仍未恢复", "still standing long after it was acknowledged");
    return moved("re-alarm", { alarm, change: unacked(at), reason });
  }
  if (state === "unacked" && hasPassed(calledAt, terms.ackWithinMs)) {
    const reason = word("超时无人确认", "nobody has acknowledged it in time");
    return moved("re-alarm", { alarm, change: unacked(at), reason });
  }
  return still;
}

function endHold(verb: AlarmVerb, parts: Parts & { readonly at: Instant }): AlarmStep {
  const called = parts.alarm.detail.isActive ? unacked(parts.at) : {};
  return moved(verb, { ...parts, change: { ...parts.change, ...called } });
}

function unacked(at: Instant): Partial<AlarmDetail> {
  return { isAcked: false, acked: null, calledAt: at };
}

function started({ head, newAlarmId }: AlarmSubject, at: Instant): LivingAlarm {
  return occurrence(head, newAlarmId(at), at);
}

interface Parts {
  readonly alarm: LivingAlarm;
  readonly change: Partial<AlarmDetail>;
  /** Of what happens by itself. */
  readonly reason?: Word;
}

function moved(verb: AlarmVerb, { alarm, change, reason }: Parts): AlarmStep {
  const after = { ...alarm, detail: { ...alarm.detail, ...change } };
  const next = stateOf(after) === "normal" ? null : after;
  return { kind: "moved", verb, next, reason: reason ?? null };
}

function refused(why: Refused): AlarmStep {
  return { kind: "refused", why };
}
