/** The plant's own words for what has an alarm: names of points, tanks and rules, and what to do. Pure. */

import type { Limits, Site } from "../config/site.ts";
import type { AlarmType } from "../config/words/alarms.ts";
import type { StandingAlarm } from "./alarmRecords.ts";
import { cameraOf } from "./cameraHeads.ts";

export interface PlantNames {
  /** Of a point, rule or camera; null: the site file gives it none. */
  nameOf(source: string): string | null;
  tankName(tank: string): string | null;
  /** What to do, by the site file. */
  adviceOf(alarm: Pick<StandingAlarm, "source" | "type">): string | null;
}

/** Where in a point's limits the advice of a type stands. */
const keyOfType: Partial<Readonly<Record<AlarmType, keyof Limits>>> = {
  LL: "ll",
  L: "l",
  H: "h",
  HH: "hh",
  GAS1: "gas1",
  GAS2: "gas2",
  GAS3: "gas3",
  "O2-LOW": "o2Low",
  "O2-HIGH": "o2High",
  RATE: "rate",
  FORECAST: "forecast",
};
const rulePrefix = "rule/";

export function plantNames(site: Site): PlantNames {
  const ruleOf = (source: string) =>
    source.startsWith(rulePrefix) ? site.alarms.rules[source.slice(rulePrefix.length)] : undefined;
  return {
    nameOf: (source) =>
      site.points[source]?.name ??
      site.cameras[cameraOf(source) ?? ""]?.name ??
      textIn(ruleOf(source), "name"),
    tankName: (tank) => site.tanks[tank]?.name ?? null,
    adviceOf({ source, type }) {
      const rule = ruleOf(source);
      // What to do about a leak is no advice for a rule that is blind.
      if (rule !== undefined) return type === "FAULT" ? null : textIn(rule, "advice");
      const key = keyOfType[type];
      const limits = site.points[source]?.limits;
      return key === undefined || limits === undefined ? null : textIn(limits[key], "advice");
    },
  };
}

function textIn(given: unknown, key: "name" | "advice"): string | null {
  if (typeof given !== "object" || given === null || !(key in given)) return null;
  const text: unknown = Reflect.get(given, key);
  return typeof text === "string" ? text : null;
}
