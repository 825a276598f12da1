/** The lists of the inspection sheet: points with their limits, days with their time on line. */

import type { VNode } from "preact";
import type { PointView, SiteView } from "../../protocol/site.ts";
import type { OnlineView } from "../../protocol/system.ts";
import { t } from "../lang.ts";
import { LevelMark } from "../parts/levelMark.tsx";
import { Table } from "../parts/table.tsx";
import { dateOnly } from "../parts/zonedTime.ts";
import { typeWords } from "../words/alarm.ts";
import { inspectionWords } from "../words/inspection.ts";
import { kindWord } from "../words/kinds.ts";
import { figure, percent, span } from "../words/measures.ts";

export function PointTable({ site }: { readonly site: SiteView }): VNode {
  const tanks = new Map(site.tanks.map(({ id, name }) => [id, name]));
  const columns = ["tag", "name", "kind", "tank", "range", "limits", "every"] as const;
  return (
    <Table label={t(inspectionWords.points)}>
      <thead>
        <tr>
          {columns.map((one) => (
            <th key={one}>{t(inspectionWords[one])}</th>
          ))}
        </tr>
      </thead>
      <tbody>
        {site.points.map((point) => (
          <PointRow key={point.tag} point={point} tank={tanks.get(point.tank ?? "") ?? null} />
        ))}
      </tbody>
    </Table>
  );
}

interface PointRowProps {
  readonly point: PointView;
  readonly tank: string | null;
}

function PointRow({ point, tank }: PointRowProps): VNode {
  const kind = kindWord(point.kind);
  const [low, high] = point.range;
  return (
    <tr>
      <td class="nowrap">
        <b>{point.tag}</b>
      </td>
      <td>{point.name}</td>
      <td class="nowrap">{kind === null ? point.kind : t(kind)}</td>
      <td>{tank ?? point.tank}</td>
      <td class="tabular">
        {figure(low, null)} – {figure(high, null)} {point.unit}
      </td>
      <td class="long">
        {point.limits.length === 0 && t(inspectionWords.noLimits)}
        {point.limits.map((limit) => (
          <div key={limit.type} class="row">
            <LevelMark priority={limit.priority} />
            <span>
              {t(typeWords[limit.type].name)} {figure(limit.at, null)} {point.unit}
            </span>
          </div>
        ))}
      </td>
      <td class="tabular">{t(span(point.everyMs))}</td>
    </tr>
  );
}

interface OnlineTableProps {
  readonly days: OnlineView["days"];
  readonly zone: string;
}

/** Newest day first. */
export function OnlineTable({ days, zone }: OnlineTableProps): VNode {
  if (days.length === 0) return <p class="quiet">{t(inspectionWords.noDays)}</p>;
  return (
    <Table label={t(inspectionWords.online)}>
      <thead>
        <tr>
          <th>{t(inspectionWords.day)}</th>
          {(["boxPercent", "pointsPercent", "dropOuts"] as const).map((one) => (
            <th key={one} class="number">
              {t(inspectionWords[one])}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {days.toReversed().map((day) => (
          <tr key={day.dayMs}>
            <td class="tabular">{dateOnly(day.dayMs, zone)}</td>
            <td class="number tabular">{percent(day.boxPercent)}</td>
            <td class="number tabular">{percent(day.pointsPercent)}</td>
            <td class="number tabular">{day.dropOuts}</td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
