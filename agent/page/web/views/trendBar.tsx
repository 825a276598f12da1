/** Which time a trend shows: lengths, free times, zoom, back, live; and table or curves. */

import type { Signal } from "@preact/signals";
import type { TrendView } from "../../protocol/history.ts";
import type { PointView } from "../../protocol/site.ts";
import { t } from "../lang.ts";
import { nowMs } from "../live.ts";
import { Button } from "../parts/button.tsx";
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
          <Button
            key={preset.ms}
            isPressed={range.isLive && spanMs === preset.ms}
            onPress={() => onRange(lastSpan(preset.ms, nowMs.peek()))}
          >
            {t(preset)}
          </Button>
        ))}
      </div>
      <TrendTimes range={range} onRange={onRange} />
      <div class="trend-group">
        <Button isDisabled={!props.hasPast} onPress={props.onBack}>
          ↶ {t(words.back)}
        </Button>
        <Button onPress={step(shifted(range, -0.5))}>← {t(words.earlier)}</Button>
        <Button onPress={step(shifted(range, 0.5))}>{t(words.later)} →</Button>
        <Button onPress={step(zoomed(range, 0.5))}>+ {t(words.zoomIn)}</Button>
        <Button onPress={step(zoomed(range, 2))}>− {t(words.zoomOut)}</Button>
        <Button
          isPressed={range.isLive}
          onPress={() =>
            onRange(range.isLive ? { ...range, isLive: false } : lastSpan(spanMs, nowMs.peek()))
          }
        >
          {t(words.follow)}
        </Button>
      </div>
      <div class="trend-group">
        <Button
          isPressed={props.isWithLimits.value}
          onPress={() => {
            props.isWithLimits.value = !props.isWithLimits.value;
          }}
        >
          {t(words.withLimits)}
        </Button>
        <Button isPressed={props.isTable} onPress={() => props.onTable(!props.isTable)}>
          {t(words.asTable)}
        </Button>
        <Button isDisabled={!view} onPress={() => view && saveTrendCsv(points, view)}>
          {t(words.csv)}
        </Button>
      </div>
    </div>
  );
}
