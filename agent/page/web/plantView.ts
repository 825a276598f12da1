/** Which points of a tank are drawn where. Pure. */

import type { Priority } from "../../../config/words/alarms.ts";
import type { AlarmView } from "../protocol/alarms.ts";
import type { LimitView, PointView, SiteView, TankView } from "../protocol/site.ts";

/** A point and its position in `SiteView.points`. */
export interface PlacedPoint {
  readonly at: number;
  readonly point: PointView;
}

export function pointsOf(tank: Pick<TankView, "points">, site: SiteView): readonly PlacedPoint[] {
  return tank.points.flatMap((at) => {
    const point = site.points[at];
    return point === undefined ? [] : [{ at, point }];
  });
}

/** Points that belong to no tank: rain, wind, gas along the fence. */
export function loosePoints(site: SiteView): readonly PlacedPoint[] {
  return site.points.flatMap((point, at) => (point.tank === null ? [{ at, point }] : []));
}

/** The point that fills the bar. */
export function levelOf(points: readonly PlacedPoint[]): PlacedPoint | null {
  return points.find(({ point }) => point.kind === "level") ?? null;
}

/** Where `value` is within the range, 0 to 1. */
export function share(value: number, [low, high]: readonly [number, number]): number {
  if (high <= low) return 0;
  return Math.min(1, Math.max(0, (value - low) / (high - low)));
}

/** Limits that are places on the scale of the value. */
export function scaleLimits(point: PointView): readonly LimitView[] {
  const [low, high] = point.range;
  return point.limits.filter(
    (limit) => limit.type !== "RATE" && limit.at >= low && limit.at <= high,
  );
}

/** A tile of the wall: a tank, or (null) all that belongs to none. */
export interface Tile {
  readonly tank: TankView | null;
  readonly points: readonly PlacedPoint[];
}

/** The alarms of each tile in one pass over all: a flood over a thousand points must not be gone through for each. */
export function alarmsByTile(
  tiles: readonly Tile[],
  all: Iterable<AlarmView>,
): ReadonlyMap<Tile, readonly AlarmView[]> {
  const ofTank = new Map(tiles.map((tile) => [tile.tank?.id ?? null, tile]));
  const ofTag = new Map(
    tiles.flatMap((tile) => tile.points.map(({ point }) => [point.tag, tile] as const)),
  );
  const found = new Map<Tile, AlarmView[]>(tiles.map((tile) => [tile, []]));
  for (const one of all) {
    const bySource = ofTag.get(one.source);
    const byTank = one.tank === null ? undefined : ofTank.get(one.tank);
    if (bySource !== undefined) found.get(bySource)?.push(one);
    if (byTank !== undefined && byTank !== bySource) found.get(byTank)?.push(one);
  }
  return found;
}

/** The worst priority of each source among alarms that people still see as abnormal. */
export function worstBySource(alarms: readonly AlarmView[]): ReadonlyMap<string, Priority> {
  const worst = new Map<string, Priority>();
  for (const { source, priority } of alarms) {
    const known = worst.get(source);
    if (known === undefined || priority < known) worst.set(source, priority);
  }
  return worst;
}

/** Alarms of a tank: told so by the box, or of one of its points. */
export function alarmsOf(
  tank: string | null,
  points: readonly PlacedPoint[],
  all: Iterable<AlarmView>,
): readonly AlarmView[] {
  const tags = new Set(points.map(({ point }) => point.tag));
  return [...all].filter((one) => (tank !== null && one.tank === tank) || tags.has(one.source));
}
