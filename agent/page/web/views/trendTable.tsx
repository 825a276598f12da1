/** The trend as a table: the same content for those who do not see curves. */

import { qualityWord } from "../../../../config/words/qualityWords.ts";
import type { TrendView } from "../../protocol/history.ts";
import type { PointView } from "../../protocol/site.ts";
import { t } from "../lang.ts";
import { site } from "../live.ts";
import { Table } from "../parts/table.tsx";
import { dateTime } from "../parts/zonedTime.ts";
import { figure, span } from "../words/measures.ts";
import { words } from "../words/trends.ts";
import { TrendGaps } from "./trendGaps.tsx";
import { type TrendCell, trendRows } from "./trendRows.ts";

interface TrendTableProps {
  readonly points: readonly PointView[];
  readonly view: TrendView;
}

const rowsMax = 200;
const gapsMax = 200;

export function TrendTable({ points, view }: TrendTableProps) {
  const timezone = site.value?.timezone ?? "UTC";
  const { rows, stepMs } = trendRows(points, view, rowsMax);
  return (
    <>
      <TrendGaps gaps={view.gaps} gapsMax={gapsMax} />
      <Table label={t(words.title)} class="trend-table">
        <caption>
          {t(words.each)} {t(span(stepMs))}; {t(words.value)} ({t(words.lowHigh)})
        </caption>
        <thead>
          <tr>
            <th scope="col">{t(words.time)}</th>
            {points.map((point) => (
              <th key={point.tag} scope="col">
                {point.tag} {point.name} ({point.unit})
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.atMs}>
              <th scope="row">{dateTime(row.atMs, timezone)}</th>
              {points.map((point, at) => (
                <td key={point.tag} class={isWell(row.cells[at]) ? "" : "hatched"}>
                  <b>{cellWords(row.cells[at] ?? null, point)}</b>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </Table>
    </>
  );
}

function isWell(cell: TrendCell | null | undefined): boolean {
  return !cell || cell.quality === 0;
}

function cellWords(cell: TrendCell | null, point: PointView): string {
  if (!cell) return "–";
  const quality = cell.quality === 0 ? "" : ` ${t(qualityWord(cell.quality))}`;
  if (cell.last === null || cell.min === null || cell.max === null) return quality.trim() || "–";
  const words = (value: number) => figure(value, point.decimals);
  const spread = cell.min === cell.max ? "" : ` (${words(cell.min)}–${words(cell.max)})`;
  return `${words(cell.last)}${spread}${quality}`;
}
