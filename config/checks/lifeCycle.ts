/** How often people are called: spans that would call them without an end. Pure. */

import { error, type Finding } from "../faults/fault.ts";
import type { Site } from "../site.ts";

/** Shorter than this nobody can walk to the screen: the alarm would ring all the time. */
const spanMsMin = 10_000;

export function lifeCycleFindings({ alarms: { lifeCycle } }: Site): readonly Finding[] {
  return (["ackWithin", "reAlarm"] as const).flatMap((field) =>
    Object.entries(lifeCycle[field]).flatMap(([level, span]) =>
      span === "never" || span >= spanMsMin
        ? []
        : [
            error({
              code: "E198",
              path: ["alarms", "lifeCycle", field, level],
              zh: `${span / 1000} s 太短: 会不停地呼叫, 没有人来得及确认`,
              en: `${span / 1000} s is too short: people would be called without a pause`,
              fixZh: "至少 10s; 不再呼叫写 never",
              fixEn: "at least 10s; `never` for not at all",
            }),
          ],
    ),
  );
}
