/** The points of a tank as a table: value, place in the range, limits with their marks. */

import type { VNode } from "preact";
import type { AlarmView } from "../../protocol/alarms.ts";
import { highest } from "../alarmOrder.ts";
import { t } from "../lang.ts";
import { LevelMark } from "../parts/levelMark.tsx";
import { pointNow } from "../parts/pointNow.ts";
import { RangeBar } from "../parts/rangeBar.tsx";
import { Table } from "../parts/table.tsx";
import { Value } from "../parts/value.tsx";
import type { PlacedPoint } from "../plantView.ts";
import { hrefOf } from "../router.ts";
import { typeWords } from "../words/alarm.ts";
import { tankWords } from "../words/overview.ts";

interface TankPointsProps {
  readonly points: readonly PlacedPoint[];
  readonly alarms: readonly AlarmView[];
}

const columns = ["tag", "name", "value", "range", "limits", "device"] as const;

export function TankPoints({ points, alarms }: TankPointsProps): VNode {
  return (
    <Table label={t(tankWords.points)} class="tank-points">
      <thead>
        <tr>
          {columns.map((one) => (
            <th key={one}>{t(tankWords[one])}</th>
          ))}
        </tr>
      </thead>
      <tbody>
        {points.map((placed) => (
          <Row
            key={placed.point.tag}
            placed={placed}
            alarms={alarms.filter((one) => one.source === placed.point.tag)}
          />
        ))}
      </tbody>
    </Table>
  );
}

interface RowProps {
  readonly placed: PlacedPoint;
  readonly alarms: readonly AlarmView[];
}

function Row({ placed: { point, at }, alarms }: RowProps): VNode {
  const now = pointNow(at);
  const worst = highest(alarms);
  return (
    <tr>
      <td class="nowrap">
        <a href={hrefOf("trends", point.tag)}>{point.tag}</a>
      </td>
      <td>
        <span class="row">
          {worst !== null && <LevelMark priority={worst} />}
          {point.name}
        </span>
      </td>
      <td class="tank-value">
        <Value
          value={now.value}
          unit={point.unit}
          decimals={point.decimals}
          quality={now.quality}
        />
      </td>
      <td class="tank-range">
        <RangeBar point={point} now={now} />
        <span class="quiet tabular">
          {point.range[0]}–{point.range[1]} {point.unit}
        </span>
      </td>
      <td>
        <ul class="limits">
          {point.limits.map((limit) => (
            <li key={limit.type}>
              <LevelMark
                priority={limit.priority}
                isIdle={!alarms.some((one) => one.type === limit.type)}
              />
              {t(typeWords[limit.type].name)} <b class="tabular">{limit.at}</b>
            </li>
          ))}
        </ul>
      </td>
      <td class="quiet">{point.device}</td>
    </tr>
  );
}
