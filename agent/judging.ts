/** Builds what judges and what keeps the alarms from a site: the evaluator and the desk. */

import { ulid } from "ulid";
import type { Site } from "../config/site.ts";
import type { Clock } from "../config/words/time.ts";
import type { StandingAlarm } from "./alarmRecords.ts";
import { type AlarmDesk, createAlarmDesk } from "./alarms/alarmDesk.ts";
import { termsOf } from "./alarms/terms.ts";
import { cameraHeads } from "./cameraHeads.ts";
import { createEvaluator, type Evaluator } from "./evaluate/evaluate.ts";
import { compileLimits } from "./evaluate/limit.ts";
import type { JudgedPoint } from "./evaluate/pointSlots.ts";
import { fits } from "./evaluate/rules/fits.ts";
import { judgedRules } from "./evaluate/rules/judgedRule.ts";
import { signTerms } from "./evaluate/signs.ts";
import type { ListedPoint, PointList } from "./pointList.ts";
import type { BoxEvent } from "./records.ts";
import type { Transfers } from "./transfers.ts";

/** Silence of a bus or device becomes an alarm after this. */
const offlineDelayMs = 10_000;

/** `standing`: what the journal kept of the last life. */
export function openEvaluator(parts: {
  readonly site: Site;
  readonly list: PointList;
  readonly transfers: Pick<Transfers, "isDeclared">;
  readonly standing: readonly StandingAlarm[];
}): Evaluator {
  const { site, list, transfers, standing } = parts;
  return createEvaluator({
    points: list.points.map((point) => judged(site, point)),
    sources: sources(site, list),
    rules: judgedRules(site, transfers),
    standing,
  });
}

export function openDesk(parts: {
  readonly site: Site;
  readonly clock: Clock;
  readonly random: () => number;
  readonly evaluator: Evaluator;
  readonly standing: readonly StandingAlarm[];
  readonly onFlood: (event: BoxEvent) => void;
}): AlarmDesk {
  const { site, clock, random, evaluator, standing, onFlood } = parts;
  return createAlarmDesk({
    heads: [...evaluator.heads, ...cameraHeads(site)],
    rules: Object.keys(site.alarms.rules),
    holds(id, alarm) {
      const rule = site.alarms.rules[id];
      return rule?.type === "suppress" && fits(rule.alarms, alarm);
    },
    termsOf: (alarm) => termsOf(site.alarms.lifeCycle, alarm),
    standing,
    now: clock.now(),
    // A clock set before 1970 must not keep an alarm from having a name.
    newAlarmId: (at) => ulid(Math.max(0, Math.round(at.wallMs)), random),
    onFlood,
  });
}

function judged(site: Site, point: ListedPoint): JudgedPoint {
  const { limits } = point.settings;
  const bus = site.devices[point.device]?.bus;
  return {
    id: point.id,
    unit: point.settings.unit,
    tank: point.tank,
    behind: [point.device, ...(bus === undefined ? [] : [`bus/${bus}`])],
    everyMs: point.settings.every,
    hazard: point.hazard,
    limits: limits === undefined ? [] : compileLimits(limits),
    onBadQuality: limits?.onBadQuality ?? "hold",
    faultDelayMs: point.settings.faultDelay,
    ...(limits === undefined ? {} : { signs: signTerms(limits) }),
  };
}

function sources(site: Site, list: PointList): { id: string; offlineDelayMs: number }[] {
  const buses = Object.keys(site.buses).map((id) => `bus/${id}`);
  return [...buses, ...list.devices.map((device) => device.id)].map((id) => ({
    id,
    offlineDelayMs,
  }));
}
