/** The wall screen: tanks in plant order on the left, alarms on the right. */

import "./overview.css";
import type { VNode } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import { t } from "../lang.ts";
import { listedAlarms, site } from "../live.ts";
import { alarmsByTile, levelOf, loosePoints, pointsOf, type Tile } from "../plantView.ts";
import { keepTraces } from "../traces.ts";
import { overviewWords } from "../words/overview.ts";
import { AlarmPane } from "./alarmPane.tsx";
import { TankTile } from "./tankTile.tsx";

export function Overview(): VNode {
  const plant = site.value;
  const tiles = useMemo((): readonly Tile[] => {
    if (plant === null) return [];
    const tanks = plant.tanks.map((tank) => ({ tank, points: pointsOf(tank, plant) }));
    const loose = loosePoints(plant);
    return loose.length === 0 ? tanks : [...tanks, { tank: null, points: loose }];
  }, [plant]);
  useEffect(() => {
    const traced = tiles.flatMap(({ points }) => levelOf(points)?.at ?? points[0]?.at ?? []);
    return keepTraces(traced);
  }, [tiles]);
  const alarms = alarmsByTile(tiles, listedAlarms.value.values());
  return (
    <div class="view overview">
      <h1 class="hidden-text">{t(overviewWords.title)}</h1>
      <section aria-labelledby="tanks-title" class="tank-pane">
        <h2 id="tanks-title" class="hidden-text">
          {t(overviewWords.tanks)}
        </h2>
        <ul class="tiles">
          {tiles.map((tile) => (
            <TankTile key={tile.tank?.id ?? ""} {...tile} alarms={alarms.get(tile) ?? []} />
          ))}
        </ul>
      </section>
      <AlarmPane />
    </div>
  );
}
