/** The trend as curves: a panel a unit, one time axis, what the pointer stands on beside each name. */

import { useSignal } from "@preact/signals";
import type { TrendView } from "../../protocol/history.ts";
import type { PointView } from "../../protocol/site.ts";
import { t } from "../lang.ts";
import { site } from "../live.ts";
import { dateTime } from "../parts/zonedTime.ts";
import { words } from "../words/trends.ts";
import { panels } from "./trendColumns.ts";
import { TrendGaps } from "./trendGaps.tsx";
import { TrendLegend } from "./trendLegend.tsx";
import { TrendPanel } from "./trendPanel.tsx";
import { shifted, type TrendRange, zoomed } from "./trendRange.ts";

interface TrendChartProps {
  readonly points: readonly PointView[];
  readonly view: TrendView;
  readonly range: TrendRange;
  readonly isWithLimits: boolean;
  onRange(range: TrendRange): void;
  onSelect(fromMs: number, toMs: number): void;
  onBack(): void;
}

/** Below this many CSS pixels a curve cannot be read. */
const heightMin = 220;
const heightAlone = 440;
const gapsMax = 3;

export function TrendChart(props: TrendChartProps) {
  const { points, view, range, onRange, onBack } = props;
  const cursorMs = useSignal<number | null>(null);
  const shown = panels(view, points);
  const height = Math.max(heightMin, Math.round(heightAlone / Math.max(1, shown.length)));
  const timezone = site.value?.timezone ?? "UTC";
  const onKey = (event: KeyboardEvent) => {
    const next = afterKey(event.key, range);
    if (!next && event.key !== "Backspace") return;
    event.preventDefault();
    if (next) onRange(next);
    else onBack();
  };
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: the keys and the wheel that move the chart need a place for the focus
    <section class="trend-chart" tabIndex={0} onKeyDown={onKey} aria-label={t(words.hint)}>
      <p class="trend-cursor">
        {cursorMs.value === null ? t(words.band) : dateTime(cursorMs.value, timezone)}
      </p>
      {shown.map((panel) => (
        <div key={panel.unit}>
          <TrendLegend panel={panel} view={view} cursorMs={cursorMs} />
          <TrendPanel
            panel={panel}
            view={view}
            range={range}
            isWithLimits={props.isWithLimits}
            height={height}
            onSelect={props.onSelect}
            onCursor={(atMs) => {
              cursorMs.value = atMs;
            }}
            onWheel={(factor, aroundMs) => onRange(zoomed(range, factor, aroundMs))}
          />
        </div>
      ))}
      <TrendGaps gaps={view.gaps} gapsMax={gapsMax} />
    </section>
  );
}

function afterKey(key: string, range: TrendRange): TrendRange | undefined {
  switch (key) {
    case "ArrowLeft":
      return shifted(range, -0.25);
    case "ArrowRight":
      return shifted(range, 0.25);
    case "+":
    case "=":
      return zoomed(range, 0.5);
    case "-":
      return zoomed(range, 2);
    default:
      return undefined;
  }
}
