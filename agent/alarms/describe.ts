/** One transition of an alarm as the record of the journal. Pure. */

import { type Word, word } from "../../config/words/bilingual.ts";
import type { Instant } from "../../config/words/time.ts";
import type { AlarmEvent, ConditionChange } from "../alarmRecords.ts";
import { kept, type LivingAlarm, stateOf } from "./alarm.ts";
import type { AlarmInput, AlarmStep } from "./lifeCycle.ts";

type Told = Pick<AlarmEvent, "reason" | "reasonZh" | "at" | "by" | "note" | "untilWallMs">;

/** `before`: the alarm as it was; where it was normal, `step.next` names the new occurrence. */
export function eventOf(
  before: LivingAlarm | null,
  options: {
    readonly step: Extract<AlarmStep, { readonly kind: "moved" }>;
    readonly input: AlarmInput;
  },
): AlarmEvent | null {
  const { step, input } = options;
  const alarm = step.next ?? before;
  if (alarm === null) return null;
  const { alarmId, source, type, priority, detail } = alarm;
  const { tank, hazard, unit, limit, value, quality } = detail;
  const found = input.do === "condition" ? foundIn(input.change) : { value, quality };
  return {
    ...{ alarmId, source, tank, hazard, type, event: step.verb, ...found },
    ...{ unit, limit, priority, stateAfter: stateOf(step.next), ...toldOf(input, step.reason) },
    standing: step.next,
  };
}

function foundIn({ value, quality }: ConditionChange): Pick<AlarmEvent, "value" | "quality"> {
  return { value, quality };
}

function toldOf(input: AlarmInput, ownReason: Word | null): Told {
  switch (input.do) {
    case "condition":
    case "suppression":
      return { ...kept(input.change.reason), at: input.change.at };
    case "time":
      return { ...kept(ownReason ?? word("", "")), at: input.at };
    case "shelve":
    case "out-of-service": {
      const { by, reason, note, at, untilWallMs } = input.hold;
      return { by, reason, note, at, untilWallMs };
    }
    default: {
      const { by, reason, note, at } = input.act;
      return { by, reason, note, at };
    }
  }
}

/** An alarm ends because the site file does not know it any more. */
export function retired(alarm: LivingAlarm, at: Instant): AlarmEvent {
  const { alarmId, source, type, priority, detail } = alarm;
  const { tank, hazard, unit, limit } = detail;
  return {
    ...{ alarmId, source, tank, hazard, type, event: "return", value: null, quality: "uncertain" },
    ...{ unit, limit, priority, stateAfter: "normal", at },
    ...kept(word("站点文件中已无此限值", "the site file no longer has this limit")),
    standing: null,
  };
}
