/** The trend in view as a file: every bucket, with its quality in words. */

import { qualityWord } from "../../../../config/words/qualityWords.ts";
import type { TrendView } from "../../protocol/history.ts";
import type { PointView } from "../../protocol/site.ts";
import { t } from "../lang.ts";
import { site } from "../live.ts";
import { saveCsv } from "../parts/csv.ts";
import { dateTime } from "../parts/zonedTime.ts";
import { words } from "../words/trends.ts";
import { trendRows } from "./trendRows.ts";

export function saveTrendCsv(points: readonly PointView[], view: TrendView): void {
  const timezone = site.peek()?.timezone ?? "UTC";
  const head = [
    t(words.time),
    ...points.flatMap(({ tag, unit }) => [
      `${tag} (${unit})`,
      `${tag} min`,
      `${tag} max`,
      `${tag} ${t(words.quality)}`,
    ]),
  ];
  const rows = trendRows(points, view, Number.POSITIVE_INFINITY).rows.map((row) => [
    dateTime(row.atMs, timezone),
    ...row.cells.flatMap((cell) =>
      cell ? [cell.last, cell.min, cell.max, t(qualityWord(cell.quality))] : [null, null, null, ""],
    ),
  ]);
  const stamp = dateTime(view.toMs, timezone).replace(/[^0-9]/g, "");
  saveCsv(`trend-${stamp}.csv`, [head, ...rows]);
}
