/** One tank on the wall: its level to scale, its points, its last half hour; framed when abnormal. */

import type { VNode } from "preact";
import type { AlarmView } from "../../protocol/alarms.ts";
import type { TankView } from "../../protocol/site.ts";
import { highest, isHeldBack, isUnacked } from "../alarmOrder.ts";
import { t } from "../lang.ts";
import { LevelBar } from "../parts/levelBar.tsx";
import { LevelMark } from "../parts/levelMark.tsx";
import { pointNow } from "../parts/pointNow.ts";
import { Trace } from "../parts/trace.tsx";
import { levelOf, type PlacedPoint, worstBySource } from "../plantView.ts";
import { hrefOf } from "../router.ts";
import { typeWords } from "../words/alarm.ts";
import { overviewWords } from "../words/overview.ts";
import { PointRow } from "./pointRow.tsx";

interface TankTileProps {
  /** Null: the tile of the points without a tank. */
  readonly tank: TankView | null;
  readonly points: readonly PlacedPoint[];
  readonly alarms: readonly AlarmView[];
}

export function TankTile({ tank, points, alarms }: TankTileProps): VNode {
  const standing = alarms.filter((one) => !isHeldBack(one));
  const worst = highest(standing);
  const worstOf = worstBySource(standing);
  const level = levelOf(points);
  const isLoud = standing.some(isUnacked);
  const traced = level ?? points[0];
  return (
    <li class={`tile ${worst === null ? "" : `framed level-${worst}`} ${isLoud ? "loud" : ""}`}>
      <div class="tile-head">
        <h3>
          {tank === null ? (
            t(overviewWords.others)
          ) : (
            <a href={hrefOf("tank", tank.id)}>{tank.name}</a>
          )}
        </h3>
        <span class="tile-medium quiet">{tank?.medium}</span>
        {worst !== null && <Signs alarms={standing} />}
      </div>
      <div class={level === null ? "tile-body" : "tile-body with-bar"}>
        {level !== null && (
          <div class="tile-bar">
            <LevelBar point={level.point} now={pointNow(level.at)} />
          </div>
        )}
        <ul class="tile-points">
          {points.map((placed) => (
            <PointRow
              key={placed.point.tag}
              placed={placed}
              priority={worstOf.get(placed.point.tag) ?? null}
            />
          ))}
        </ul>
      </div>
      {traced !== undefined && (
        <div class="tile-trace">
          <span class="quiet">{t(overviewWords.trace)}</span>
          <Trace at={traced.at} point={traced.point} />
        </div>
      )}
    </li>
  );
}

const signsMax = 3;

/** The worst alarms of the tank as marks with their signs. */
function Signs({ alarms }: { readonly alarms: readonly AlarmView[] }): VNode {
  const sorted = [...alarms].sort((a, b) => a.priority - b.priority);
  return (
    <span class="tile-signs">
      {sorted.slice(0, signsMax).map((one) => (
        <span key={one.key} class="tile-sign" title={t(typeWords[one.type].name)}>
          <LevelMark priority={one.priority} />
          <b>{t(typeWords[one.type].sign)}</b>
        </span>
      ))}
      {sorted.length > signsMax && <b>+{sorted.length - signsMax}</b>}
    </span>
  );
}
