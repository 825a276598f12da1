/** The site's points in one fixed order: inside the agent a point is its position here. */

import type { Device, Point, Site } from "../config/site.ts";
import {
  type BusId,
  busId,
  type DeviceId,
  deviceId,
  type PointId,
  pointId,
} from "../config/words/names.ts";
import { invariant } from "../config/words/result.ts";
import type { PointHead } from "./records.ts";

export interface ListedPoint {
  readonly id: PointId;
  readonly position: number;
  readonly settings: Point;
  readonly device: DeviceId;
  readonly tank: string | null;
  readonly hazard: string | null;
}

export interface ListedDevice {
  readonly id: DeviceId;
  readonly bus: BusId;
  readonly settings: Device;
  readonly points: readonly ListedPoint[];
}

export interface PointList {
  readonly points: readonly ListedPoint[];
  readonly heads: readonly PointHead[];
  readonly devices: readonly ListedDevice[];
  /** @throws BugError for a tag that the site does not have. */
  position(id: PointId): number;
}

export function listPoints(site: Site): PointList {
  const tankOf = new Map<string, { tank: string; hazard: string | null }>();
  for (const [tank, settings] of Object.entries(site.tanks)) {
    for (const point of settings.points) {
      tankOf.set(point, { tank, hazard: settings.hazard ?? null });
    }
  }
  const points = Object.entries(site.points).map(([tag, settings], position): ListedPoint => {
    const place = tankOf.get(tag);
    return {
      id: pointId(tag),
      position,
      settings,
      device: deviceId(settings.device),
      tank: place?.tank ?? null,
      hazard: place?.hazard ?? null,
    };
  });
  const positions = new Map(points.map((point) => [point.id, point.position]));
  const byDevice = Map.groupBy(points, (point) => point.device);
  return {
    points,
    heads: points.map(({ id, settings }) => ({
      id,
      unit: settings.unit,
      decimals: settings.decimals,
    })),
    devices: Object.entries(site.devices).map(([name, settings]) => ({
      id: deviceId(name),
      bus: busId(settings.bus),
      settings,
      points: byDevice.get(deviceId(name)) ?? [],
    })),
    position(id) {
      const position = positions.get(id);
      invariant(position !== undefined, `point "${id}" is not of this site`);
      return position;
    },
  };
}
