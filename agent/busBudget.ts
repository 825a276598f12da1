/** What each bus of a site promises: its questions, and how old a point can be when it is judged. Pure. */

import { atOnceOn, spreadConnections } from "../config/connections.ts";
import type { Bus, Point, Site } from "../config/site.ts";
import { deviceId, pointId } from "../config/words/names.ts";
import { type PlannedQuestion, plannedQuestions } from "../drivers/devices/registerMap.ts";
import { type AgeBudget, type LineBudget, lineBudget } from "./acquire/lineBudget.ts";
import type { BudgetQuestion } from "./acquire/lineWaits.ts";
import { isHazardPoint } from "./field.ts";

/** This machine's own time around one ask: timers of whole milliseconds, waking up. */
const machineMs = 3;
/** How often the alarms' delays are looked at, without a new reading. */
const delayTickMs = 1_000;

export interface BudgetedQuestion {
  readonly device: string;
  readonly planned: PlannedQuestion;
  readonly isHazard: boolean;
  readonly age: AgeBudget;
}

export interface BusBudget {
  readonly id: string;
  readonly bus: Bus;
  readonly line: LineBudget;
  readonly questions: readonly BudgetedQuestion[];
}

/** One bus; the site's references must hold. Null: nothing is asked on it. */
export function busBudget(site: Site, id: string): BusBudget | null {
  const bus = site.buses[id];
  if (bus === undefined) return null;
  const byDevice = Map.groupBy(Object.entries(site.points), ([, point]) => point.device);
  const devices = Object.entries(site.devices).filter(([, { bus: on }]) => on === id);
  const found = devices.flatMap(([device, settings], position) => {
    const points = (byDevice.get(device) ?? []).map(([tag, point]) => ({
      ...{ id: pointId(tag), settings: point },
    }));
    const planned = plannedQuestions({ device: deviceId(device), settings, points, bus });
    return planned.map((question) => ({ device, position, settings, planned: question }));
  });
  if (found.length === 0) return null;
  const gatewayMs = siblingMs(site, id);
  const isHazard = found.map(({ planned }) => {
    return planned.points.some((tag) => {
      const point = site.points[tag];
      return point !== undefined && isHazardPoint(point);
    });
  });
  const asked = found.map(({ planned, position, settings }, i): BudgetQuestion => {
    const { wireMs, pauseMs, everyMs, readMsMax } = planned;
    const goodMs =
      pauseMs + wireMs + (settings.turnaround ?? bus.turnaround) + machineMs + gatewayMs;
    return {
      ...{ everyMs, device: position, leastMs: wireMs, silentMs: readMsMax },
      ...{ goodMs: Math.min(goodMs, readMsMax), isHazard: isHazard[i] ?? false },
    };
  });
  const line = lineBudget(asked, bus.budget.dead, atOnceOn(bus));
  const questions = found.flatMap(({ device, planned }, i) => {
    const age = line.ages[i];
    return age === undefined ? [] : [{ device, planned, isHazard: isHazard[i] ?? false, age }];
  });
  return { id, bus, line, questions };
}

/** Every bus on which something is asked; each connection of one is a bus of its own. */
export function siteBudget(given: Site): readonly BusBudget[] {
  const site = spreadConnections(given);
  return Object.keys(site.buses).flatMap((id) => busBudget(site, id) ?? []);
}

/** A gateway with several connections serves one question at a time: one of each other connection goes first. */
function siblingMs(site: Site, id: string): number {
  const own = site.buses[id];
  if (own === undefined || own.type === "modbus-rtu") return 0;
  const siblings = Object.entries(site.buses).filter(
    ([other, bus]) =>
      other !== id && bus.type === own.type && bus.host === own.host && bus.port === own.port,
  );
  return siblings.reduce((ms, [, bus]) => ms + bus.turnaround + machineMs, 0);
}

/** The longest of a point's own delays before an alarm, in ms, with the wait for the moment it is looked at. */
export function delayMs({ limits }: Point, ageMs: number): number {
  if (limits === undefined) return 0;
  const names = ["ll", "l", "h", "hh", "gas1", "gas2", "gas3", "o2Low", "o2High"] as const;
  const delays = names.flatMap((name) => {
    const limit = limits[name];
    if (limit === undefined) return [];
    return [typeof limit === "number" ? limits.onDelay : (limit.onDelay ?? limits.onDelay)];
  });
  const longestMs = Math.max(0, ...delays);
  return longestMs === 0 ? 0 : longestMs + Math.min(delayTickMs, ageMs);
}
