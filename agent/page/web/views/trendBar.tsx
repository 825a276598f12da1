/** Which time a trend shows: lengths, free times, zoom, back, live; and table or curves. */

import type { Signal } from "@preact/signals";
import type { PointView, TrendView } from "../../protocol.ts";
import { t } from "../lang.ts";
import { nowMs } from "../live.ts";
import { words } from "../words/trends.ts";
import { saveTrendCsv } from "./trendCsv.ts";
import { lastSpan, presets, shifted, type TrendRange, zoomed } from "./trendRange.ts";
import { TrendTimes } from "./trendTimes.tsx";

interface TrendBarProps {
  readonly range: TrendRange;
  readonly isTable: boolean;
  readonly isWithLimits: Signal<boolean>;
  readonly hasPast: boolean;
  readonly view: TrendView | null;
  readonly points: readonly PointView[];
  onRange(range: TrendRange): void;
  onBack(): void;
  onTable(isTable: boolean): void;
}

export function TrendBar(props: TrendBarProps) {
  const { range, onRange, view, points } = props;
  const spanMs = range.toMs - range.fromMs;
  const step = (next: TrendRange) => () => onRange(next);
  return (
    <div class="trend-bar">
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset's legend would take a line that a phone does not have */}
      <div class="trend-group" role="group" aria-label={t(words.range)}>
        {presets.map((preset) => (
          <button
            key={preset.ms}
            type="button"
            aria-pressed={range.isLive && spanMs === preset.ms}
            onClick={() => onRange(lastSpan(preset.ms, nowMs.peek()))}
          >
            {t(preset)}
          </button>
        ))}
      </div>
      <TrendTimes range={range} onRange={onRange} />
      <div class="trend-group">
        <button type="button" disabled={!props.hasPast} onClick={props.onBack}>
          ↶ {t(words.back)}
        </button>
        <button type="button" onClick={step(shifted(range, -0.5))}>
          ← {t(words.earlier)}
        </button>
        <button type="button" onClick={step(shifted(range, 0.5))}>
          {t(words.later)} →
        </button>
        <button type="button" onClick={step(zoomed(range, 0.5))}>
          + {t(words.zoomIn)}
        </button>
        <button type="button" onClick={step(zoomed(range, 2))}>
          − {t(words.zoomOut)}
        </button>
        <button
          type="button"
          aria-pressed={range.isLive}
          onClick={() =>
            onRange(range.isLive ? { ...range, isLive: false } : lastSpan(spanMs, nowMs.peek()))
          }
        >
          {t(words.follow)}
        </button>
      </div>
      <div class="trend-group">
        <button
          type="button"
          aria-pressed={props.isWithLimits.value}
          onClick={() => {
            props.isWithLimits.value = !props.isWithLimits.value;
          }}
        >
          {t(words.withLimits)}
        </button>
        <button
          type="button"
          aria-pressed={props.isTable}
          onClick={() => props.onTable(!props.isTable)}
        >
          {t(words.asTable)}
        </button>
        <button type="button" disabled={!view} onClick={() => view && saveTrendCsv(points, view)}>
          {t(words.csv)}
        </button>
      </div>
    </div>
  );
}
