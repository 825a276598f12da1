/** Alarms of a small plant and a desk over them, by hand. */

import type { AlarmHead, ConditionChange, StandingAlarm } from "../../agent/alarmRecords.ts";
import { type AlarmDesk, createAlarmDesk } from "../../agent/alarms/alarmDesk.ts";
import type { AlarmTerms } from "../../agent/alarms/lifeCycle.ts";
import type { BoxEvent } from "../../agent/records.ts";
import type { AlarmType, Priority } from "../../config/words/alarms.ts";
import { sameWord } from "../../config/words/bilingual.ts";
import { type Instant, monotonicMs, wallMs } from "../../config/words/time.ts";

/** Both clocks, a given time after the start. */
export function instant(ms: number): Instant {
  return { wallMs: wallMs(1e12 + ms), monotonicMs: monotonicMs(1e6 + ms) };
}

export const terms: AlarmTerms = {
  isLatching: false,
  isShelvable: true,
  shelveMsMax: 60_000,
  outOfServiceMsMax: 600_000,
  ackWithinMs: null,
  reAlarmMs: null,
};

export function head(source: string, type: AlarmType = "H", priority: Priority = 2): AlarmHead {
  return { source, type, priority, tank: "T-1", hazard: null, unit: "m", limit: 9 };
}

export function condition(alarm: AlarmHead, isStanding: boolean, atMs: number): ConditionChange {
  const value = isStanding ? 9.5 : 8;
  const reason = sameWord(isStanding ? "9.5 >= 9" : "8 <= 9");
  return { ...alarm, isStanding, value, quality: "good", reason, at: instant(atMs) };
}

export interface Rig {
  readonly desk: AlarmDesk;
  readonly floods: BoxEvent[];
}

let ids = 0;

export function rig(options: {
  readonly heads: readonly AlarmHead[];
  readonly terms?: Partial<AlarmTerms>;
  readonly rules?: readonly string[];
  readonly standing?: readonly StandingAlarm[];
  readonly now?: Instant;
  readonly holds?: (rule: string, alarm: { readonly source: string }) => boolean;
}): Rig {
  const floods: BoxEvent[] = [];
  const desk = createAlarmDesk({
    heads: options.heads,
    rules: options.rules ?? ["R1", "R2"],
    ...(options.holds === undefined ? {} : { holds: options.holds }),
    termsOf: () => ({ ...terms, ...options.terms }),
    standing: options.standing ?? [],
    now: options.now ?? instant(0),
    newAlarmId: () => `A${++ids}`,
    onFlood: (event) => floods.push(event),
  });
  return { desk, floods };
}
