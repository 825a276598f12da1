/** What evaluation must know of a site: its points with their limits, who may fall silent, and its rules. Pure. */

import type { Site } from "../config/site.ts";
import type { JudgedPoint, JudgedSource } from "./evaluate/evaluate.ts";
import { compileLimits } from "./evaluate/limit.ts";
import { type JudgedRule, judgedRules, type Transfers } from "./evaluate/rules/judgedRule.ts";
import { signTerms } from "./evaluate/signs.ts";
import type { ListedPoint, PointList } from "./pointList.ts";

/** Silence of a bus or device becomes an alarm after this. */
const offlineDelayMs = 10_000;

export interface JudgedSite {
  readonly points: readonly JudgedPoint[];
  readonly sources: readonly JudgedSource[];
  readonly rules: readonly JudgedRule[];
}

export function judgedSite(site: Site, list: PointList, transfers: Transfers): JudgedSite {
  const buses = Object.keys(site.buses).map((id) => `bus/${id}`);
  const sources = [...buses, ...list.devices.map((device) => device.id)];
  return {
    points: list.points.map(judgedPoint),
    sources: sources.map((id) => ({ id, offlineDelayMs })),
    rules: judgedRules(site, transfers),
  };
}

function judgedPoint({ id, settings, tank, hazard }: ListedPoint): JudgedPoint {
  const { limits, unit, faultDelay } = settings;
  return {
    ...{ id, unit, tank, hazard },
    limits: limits === undefined ? [] : compileLimits(limits),
    onBadQuality: limits?.onBadQuality ?? "hold",
    faultDelayMs: faultDelay,
    ...(limits === undefined ? {} : { signs: signTerms(limits) }),
  };
}
