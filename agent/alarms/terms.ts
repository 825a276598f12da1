/** What the site file says of how alarms live, for one alarm. Pure. */

import { guardedTypes } from "../../config/shape/lifeCycle.ts";
import type { Site } from "../../config/site.ts";
import type { AlarmType, Priority } from "../../config/words/alarms.ts";
import type { AlarmHead } from "../alarmRecords.ts";
import type { AlarmTerms } from "./lifeCycle.ts";

export type LifeCycleSettings = Site["alarms"]["lifeCycle"];

const guarded: ReadonlySet<AlarmType> = new Set(guardedTypes);

/** By the priority it has now: it may have risen. */
export function termsOf(
  settings: LifeCycleSettings,
  { type, priority }: Pick<AlarmHead, "type" | "priority">,
): AlarmTerms {
  const level = `p${priority}` as const;
  const { latch, shelve, ackWithin, reAlarm, outOfServiceMax } = settings;
  return {
    isLatching: latch.includes(type),
    isShelvable: isShelvable(settings, type),
    shelveMsMax: shelve.max[level],
    outOfServiceMsMax: outOfServiceMax,
    ackWithinMs: msOf(ackWithin[level]),
    reAlarmMs: msOf(reAlarm[level]),
  };
}

/** Those that warn of the worst are not, unless the site file lists them. */
export function isShelvable({ shelve }: LifeCycleSettings, type: AlarmType): boolean {
  return !guarded.has(type) || shelve.allow.some((allowed) => allowed === type);
}

export function shelveMsMax({
  shelve: { max },
}: LifeCycleSettings): Readonly<Record<Priority, number>> {
  return { 1: max.p1, 2: max.p2, 3: max.p3, 4: max.p4 };
}

function msOf(span: number | "never"): number | null {
  return span === "never" ? null : span;
}
