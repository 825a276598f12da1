/** One panel of the trend: all points of one unit, over the time that all panels share. */

import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import uPlot from "uplot";
import { qualityWord } from "../../../../config/words/qualityWords.ts";
import "uplot/dist/uPlot.min.css";
import type { TrendView } from "../../protocol/history.ts";
import { lang, t } from "../lang.ts";
import { site } from "../live.ts";
import { gapWord } from "../words/quality.ts";
import { words } from "../words/trends.ts";
import { alignedColumns, limitLines, type PanelPens, troubleSpans } from "./trendColumns.ts";
import type { TrendMarks } from "./trendDraw.ts";
import { readInk } from "./trendInk.ts";
import { type PanelState, plotOptions } from "./trendPlot.ts";
import type { TrendRange } from "./trendRange.ts";

interface TrendPanelProps {
  readonly panel: PanelPens;
  readonly view: TrendView;
  readonly range: TrendRange;
  readonly isWithLimits: boolean;
  readonly height: number;
  onSelect(fromMs: number, toMs: number): void;
  onCursor(atMs: number | null): void;
  /** `aroundMs`: the moment under the pointer. */
  onWheel(factor: number, aroundMs: number): void;
}

export function TrendPanel(props: TrendPanelProps) {
  const { panel, view, range, isWithLimits, height } = props;
  const holder = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const marks = useMemo(() => marksOf(panel, view), [panel, view, lang.value]);
  const latest = useRef({ props, marks });
  latest.current = { props, marks };
  const shape = `${panel.pens.map((pen) => pen.mark + pen.point.tag).join()} ${lang.value} ${height}`;

  useLayoutEffect(() => {
    const element = holder.current;
    if (!element) return undefined;
    const state = (): PanelState => ({
      ...latest.current.props,
      ...latest.current.props.range,
      marks: latest.current.marks,
    });
    const options = plotOptions({
      state,
      ink: readInk(element),
      timezone: site.peek()?.timezone ?? "UTC",
      width: element.clientWidth,
      height,
      onSelect: (fromMs, toMs) => latest.current.props.onSelect(fromMs, toMs),
      onCursor: (atMs) => latest.current.props.onCursor(atMs),
    });
    const plot = new uPlot(options, dataOf(panel, view), element);
    chart.current = plot;
    const watch = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height }));
    watch.observe(element);
    const wheel = (event: WheelEvent) => {
      // Without a click before, the wheel belongs to the page: nobody may be caught in a chart.
      if (!element.closest(".trend-chart")?.contains(document.activeElement)) return;
      event.preventDefault();
      const atMs =
        plot.posToVal(event.clientX - plot.over.getBoundingClientRect().left, "x") * 1000;
      latest.current.props.onWheel(event.deltaY > 0 ? 1.25 : 0.8, atMs);
    };
    plot.over.addEventListener("wheel", wheel, { passive: false });
    return () => {
      watch.disconnect();
      plot.destroy();
      chart.current = null;
    };
  }, [shape]);

  useEffect(() => {
    chart.current?.setData(dataOf(panel, view));
  }, [panel, view, range, isWithLimits]);

  return (
    <div
      class="trend-panel"
      ref={holder}
      role="img"
      aria-label={`${panel.pens.map((pen) => pen.point.tag).join(", ")} (${panel.unit}): ${t(words.chart)}`}
    />
  );
}

function dataOf(panel: PanelPens, view: TrendView): uPlot.AlignedData {
  return alignedColumns(panel.pens, view);
}

function marksOf(panel: PanelPens, view: TrendView): TrendMarks {
  return {
    gaps: view.gaps.map((gap) => ({ ...gap, words: t(gapWord(gap.reason)) })),
    limits: limitLines(panel.pens),
    lanes: panel.pens
      .map((pen) => ({
        mark: pen.mark,
        spans: troubleSpans(pen, view).map((span) => ({
          ...span,
          words: t(qualityWord(span.code)),
        })),
      }))
      .filter((lane) => lane.spans.length > 0),
    isShared: panel.pens.length > 1,
  };
}
