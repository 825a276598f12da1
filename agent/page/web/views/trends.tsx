/** Trends of up to eight points, from minutes to ninety days. */

import { useComputed, useSignal } from "@preact/signals";
import { useEffect, useMemo, useState } from "preact/hooks";
import type { TrendView } from "../../protocol/history.ts";
import type { PointView } from "../../protocol/site.ts";
import { after } from "../browserClock.ts";
import { t } from "../lang.ts";
import { nowMs, site } from "../live.ts";
import { useLoaded } from "../parts/loaded.ts";
import { words } from "../words/trends.ts";
import { TrendBar } from "./trendBar.tsx";
import type { TrendChart } from "./trendChart.tsx";
import { TrendPicker } from "./trendPicker.tsx";
import { chosen, lastSpan, liveEveryMs, presets, type TrendRange } from "./trendRange.ts";
import { TrendTable } from "./trendTable.tsx";
import "./trends.css";

interface TrendsProps {
  /** The point to begin with; without it the points of the first tank. */
  readonly tag?: string;
}

const backMax = 50;
/** A range that has not moved for so long is asked for. */
const restMs = 150;

export function Trends({ tag }: TrendsProps) {
  const [tags, setTags] = useState<readonly string[]>(() => firstTags(tag));
  const [range, setRange] = useState<TrendRange>(() => lastSpan(presets[0].ms, nowMs.peek()));
  const [past, setPast] = useState<readonly TrendRange[]>([]);
  const [isTable, setIsTable] = useState(false);
  const isWithLimits = useSignal(true);
  const Chart = useChart();
  const all = site.value?.points;
  const points = useMemo(
    () => tags.flatMap((one) => all?.find((point) => point.tag === one) ?? []),
    [tags, all],
  );
  useLiveEnd(range, setRange);
  const loaded = useLoaded<TrendView>(usePath(tags, range), 0);
  const move = (next: TrendRange) => {
    setPast((before) => [...before.slice(1 - backMax), range]);
    setRange(next);
  };
  const back = () => {
    const last = past.at(-1);
    if (!last) return;
    setPast(past.slice(0, -1));
    setRange(last.isLive ? lastSpan(last.toMs - last.fromMs, nowMs.peek()) : last);
  };
  const view = loaded.value;
  return (
    <div class="trends">
      <h1>{t(words.title)}</h1>
      <TrendPicker tags={tags} onChange={setTags} />
      <TrendBar
        range={range}
        isTable={isTable}
        isWithLimits={isWithLimits}
        hasPast={past.length > 0}
        view={view}
        points={points}
        onRange={move}
        onBack={back}
        onTable={setIsTable}
      />
      <p class="trend-status" role="status">
        {loaded.trouble ? t(loaded.trouble) : statusWords(points, view)}
      </p>
      {view && points.length > 0 && isTable && <TrendTable points={points} view={view} />}
      {view && points.length > 0 && !isTable && Chart && (
        <Chart
          points={points}
          view={view}
          range={range}
          isWithLimits={isWithLimits.value}
          onRange={move}
          onSelect={(fromMs, toMs) => move(chosen(fromMs, toMs))}
          onBack={back}
        />
      )}
      {!isTable && <p class="trend-hint">{t(words.hint)}</p>}
    </div>
  );
}

function statusWords(points: readonly PointView[], view: TrendView | null): string {
  if (points.length === 0) return t(words.none);
  if (!view) return t(words.loading);
  return view.series.some((one) => one.startMs.length > 0) ? "" : t(words.empty);
}

/** The drawing library is fetched when the first trend is opened, not before. */
function useChart(): typeof TrendChart | null {
  const [loaded, setLoaded] = useState<{ readonly Chart: typeof TrendChart } | null>(null);
  useEffect(() => {
    void import("./trendChart.tsx").then((file) => setLoaded({ Chart: file.TrendChart }));
  }, []);
  return loaded?.Chart ?? null;
}

/** Moves the end of a live trend along with the box's clock. */
function useLiveEnd(range: TrendRange, setRange: (range: TrendRange) => void): void {
  const tick = useComputed(() => Math.floor(nowMs.value / liveEveryMs(range)));
  useEffect(() => {
    const now = nowMs.peek();
    if (!range.isLive || now === 0 || now - range.toMs < liveEveryMs(range)) return;
    setRange(lastSpan(range.toMs - range.fromMs, now));
  }, [tick.value, range]);
}

/** The first question is asked at once; one that is still being changed, by zoom or choice, when it rests. */
function usePath(tags: readonly string[], range: TrendRange): string | null {
  const wanted = pathOf(tags, range);
  const [asked, setAsked] = useState(wanted);
  useEffect(() => {
    if (asked === null || wanted === null) {
      setAsked(wanted);
      return undefined;
    }
    return after(restMs, () => setAsked(wanted));
  }, [wanted]);
  return asked;
}

function pathOf(tags: readonly string[], range: TrendRange): string | null {
  const width = Math.min(1200, Math.max(200, innerWidth - 64));
  if (tags.length === 0 || range.toMs === 0) return null;
  const points = tags.map(encodeURIComponent).join(",");
  return `/api/trend?points=${points}&from=${range.fromMs}&to=${range.toMs}&width=${width}`;
}

function firstTags(tag: string | undefined): readonly string[] {
  const known = site.peek();
  if (!known) return tag === undefined ? [] : [tag];
  if (tag !== undefined && known.points.some((point) => point.tag === tag)) return [tag];
  const first = known.tanks[0]?.points ?? [0, 1];
  return first.slice(0, 4).flatMap((at) => known.points[at]?.tag ?? []);
}
