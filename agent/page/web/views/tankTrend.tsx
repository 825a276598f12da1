/** The last hours of a tank's points; the chart's code comes when the tank is first opened. */

import "./trends.css";
import type { VNode } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { TrendView } from "../../protocol/history.ts";
import type { PointView } from "../../protocol/site.ts";
import { t } from "../lang.ts";
import { nowMs } from "../live.ts";
import { useLoaded } from "../parts/loaded.ts";
import { tankWords } from "../words/overview.ts";
import type { TrendChart } from "./trendChart.tsx";
import { chosen, lastSpan, type TrendRange } from "./trendRange.ts";

interface TankTrendProps {
  readonly points: readonly PointView[];
}

const firstSpanMs = 2 * 3_600_000;
const pointsMax = 2;
const widthColumns = 600;

export function TankTrend({ points }: TankTrendProps): VNode {
  const [range, setRange] = useState<TrendRange>(() => lastSpan(firstSpanMs, nowMs.peek()));
  const [chart, setChart] = useState<{ readonly of: typeof TrendChart } | null>(null);
  const shown = points.slice(0, pointsMax);
  const query = new URLSearchParams({
    points: shown.map((one) => one.tag).join(","),
    from: String(Math.round(range.fromMs)),
    to: String(Math.round(range.toMs)),
    width: String(widthColumns),
  });
  const loaded = useLoaded<TrendView>(`/api/trend?${query}`, 0);
  useEffect(() => {
    // Not fetched: the figures above stand without it.
    import("./trendChart.tsx").then(
      (code) => setChart({ of: code.TrendChart }),
      () => {},
    );
  }, []);
  const Chart = chart?.of;
  return (
    <section aria-labelledby="tank-trend">
      <h2 id="tank-trend">{t(tankWords.trend)}</h2>
      {loaded.trouble !== null && <p class="message">{t(loaded.trouble)}</p>}
      {Chart !== undefined && loaded.value !== null && (
        <Chart
          points={shown}
          view={loaded.value}
          range={range}
          isWithLimits
          onRange={setRange}
          onSelect={(fromMs, toMs) => setRange(chosen(fromMs, toMs))}
          onBack={() => setRange(lastSpan(firstSpanMs, nowMs.peek()))}
        />
      )}
    </section>
  );
}
