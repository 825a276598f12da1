/** Names of a panel's pens, with the value under the pointer, or the newest one. */

import type { Signal } from "@preact/signals";
import type { VNode } from "preact";
import { qualityWord } from "../../../../config/words/qualityWords.ts";
import type { TrendView } from "../../protocol/history.ts";
import { t } from "../lang.ts";
import { figure } from "../words/measures.ts";
import { words } from "../words/trends.ts";
import { bucketAt, type PanelPens, type Pen } from "./trendColumns.ts";
import { penDashes } from "./trendInk.ts";

interface TrendLegendProps {
  readonly panel: PanelPens;
  readonly view: TrendView;
  readonly cursorMs: Signal<number | null>;
}

export function TrendLegend({ panel, view, cursorMs }: TrendLegendProps) {
  return (
    <ul class="trend-legend">
      {panel.pens.map((pen) => (
        <li key={pen.point.tag}>
          <svg class="trend-pen" viewBox="0 0 34 10" aria-hidden="true">
            <line
              x1="1"
              y1="5"
              x2="33"
              y2="5"
              stroke-width="2.5"
              class={`trend-pen-${pen.mark}`}
              stroke-dasharray={penDashes[pen.mark - 1]?.join(" ")}
            />
          </svg>
          <span class="trend-mark">{pen.mark}</span>
          <strong>{pen.point.tag}</strong>
          <span>{pen.point.name}</span>
          <span class="trend-value">{valueWords(pen, view, cursorMs.value)}</span>
          <TroubleWords pen={pen} />
        </li>
      ))}
    </ul>
  );
}

/** All that was wrong with its readings in view: on a narrow lane the words do not fit. */
function TroubleWords({ pen }: { readonly pen: Pen }): VNode | null {
  const codes = [...new Set(pen.series.quality)].filter((code) => code !== 0);
  if (codes.length === 0) return null;
  return (
    <span class="trend-trouble">
      <span>
        {t(words.inView)}: {codes.map((code) => t(qualityWord(code))).join(", ")}
      </span>
    </span>
  );
}

function valueWords({ point, series }: Pen, view: TrendView, atMs: number | null): string {
  const reachMs = 3 * point.everyMs + view.bucketMs;
  const at = atMs === null ? series.startMs.length - 1 : bucketAt(series, atMs, reachMs);
  const startMs = series.startMs[at];
  if (startMs === undefined) return t(words.noReading);
  // The newest value of a stretch that ended long before is not the newest: it is old, and is not shown as now.
  const isOld = atMs === null && view.toMs - startMs > Math.max(reachMs, 15_000);
  if (isOld) return t(words.noReading);
  const value = series.last[at] ?? null;
  const code = series.quality[at] ?? 0;
  const quality = code === 0 ? "" : ` ${t(qualityWord(code))}`;
  if (value === null) return quality.trim() || t(words.noReading);
  return `${figure(value, point.decimals)} ${point.unit}${quality}`;
}
