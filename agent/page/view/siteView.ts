/** What of the site file the page shows. Pure. */

import type { Site } from "../../../config/site.ts";
import { shelveMsMax } from "../../alarms/terms.ts";
import { compileLimits } from "../../evaluate/limit.ts";
import type { ListedPoint, PointList } from "../../pointList.ts";
import type { PointView, SiteView } from "../protocol/site.ts";

export function siteView(site: Site, list: PointList): SiteView {
  const { lifeCycle } = site.alarms;
  return {
    id: site.site.id,
    box: site.site.box,
    name: site.site.name,
    timezone: site.site.timezone,
    hazards: site.site.hazards.map(({ id, name, level }) => ({ id, name, level: level ?? null })),
    points: list.points.map(pointView),
    tanks: Object.entries(site.tanks).map(([id, tank]) => ({
      id,
      name: tank.name,
      medium: tank.medium ?? null,
      cas: tank.cas ?? null,
      capacityM3: tank.capacity ?? null,
      hazard: tank.hazard ?? null,
      points: list.points.filter((point) => point.tank === id).map((point) => point.position),
    })),
    buses: Object.entries(site.buses).map(([id, { type }]) => ({
      id,
      type,
      devices: list.devices.filter((device) => device.bus === id).map((device) => device.id),
    })),
    cameras: Object.entries(site.cameras).map(([id, { name, tanks, points }]) => ({
      ...{ id, name: name ?? id, tanks, points },
    })),
    reasons: lifeCycle.reasons,
    shelveMsMax: shelveMsMax(lifeCycle),
  };
}

function pointView({ id, device, tank, settings }: ListedPoint): PointView {
  const { name, kind, unit, decimals, range, every, limits } = settings;
  return {
    tag: id,
    name: name ?? null,
    kind,
    unit,
    decimals: decimals ?? null,
    range: [...range],
    device,
    tank,
    everyMs: every,
    limits: (limits === undefined ? [] : compileLimits(limits)).map(({ type, at, priority }) => ({
      type,
      at,
      priority,
    })),
  };
}
