/** How uPlot is set up for one panel. uPlot styles by CSSOM only, as the page's content policy demands. */

import uPlot from "uplot";
import { wallParts } from "../parts/zonedTime.ts";
import { extent, type LimitLine, type PanelPens } from "./trendColumns.ts";
import { drawGaps, drawLimitsAndLanes, type TrendMarks } from "./trendDraw.ts";
import { penDashes, type TrendInk } from "./trendInk.ts";

/** What a panel draws now. Read anew at each drawing, so that new data needs no new chart. */
export interface PanelState {
  readonly panel: PanelPens;
  readonly marks: TrendMarks;
  readonly fromMs: number;
  readonly toMs: number;
  readonly isWithLimits: boolean;
}

export interface PlotRequest {
  readonly state: () => PanelState;
  readonly ink: TrendInk;
  readonly timezone: string;
  readonly width: number;
  readonly height: number;
  onSelect(fromMs: number, toMs: number): void;
  /** Null: the pointer left. */
  onCursor(atMs: number | null): void;
}

const selectPxMin = 6;
/** All panels share one axis line, so that their times stand above one another. */
const axisWidth = 52;
const unitWidth = 20;

export function plotOptions(request: PlotRequest): uPlot.Options {
  const { ink } = request;
  const { panel } = request.state();
  const axis = { stroke: ink.text, font: `12px ${ink.family}` };
  const rule = { stroke: ink.grid, width: 1 };
  return {
    width: request.width,
    height: request.height,
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), request.timezone),
    legend: { show: false },
    cursor: {
      drag: { x: true, y: false, setScale: false },
      sync: { key: "hazgate-trend", setSeries: false },
      points: { show: false },
      y: false,
    },
    scales: {
      x: { time: true, range: () => secondsOf(request.state()) },
      y: { range: () => valueRange(request.state()) },
    },
    axes: [
      {
        ...axis,
        grid: rule,
        ticks: rule,
        space: 70,
        values: (_, splits) => timeLabels(splits, request.timezone),
        size: 42,
      },
      {
        ...axis,
        grid: rule,
        ticks: rule,
        size: axisWidth,
        // Without a unit the room stays, for the panels' times to stand above one another.
        label: panel.unit === "" ? " " : panel.unit,
        labelSize: unitWidth,
        labelGap: 2,
        labelFont: `600 12px ${ink.family}`,
      },
    ],
    series: [{}, ...panel.pens.flatMap((pen) => penSeries(pen.mark, ink))],
    bands: panel.pens.map((pen, at) => ({
      series: [at * 3 + 2, at * 3 + 1] as [number, number],
      fill: translucent(ink.pens[pen.mark - 1] ?? ink.text),
    })),
    hooks: hooksOf(request),
  };
}

function hooksOf({ state, ink, onSelect, onCursor }: PlotRequest): uPlot.Hooks.Arrays {
  return {
    drawClear: [(plot) => drawGaps(plot, state().marks, ink)],
    draw: [(plot) => drawLimitsAndLanes(plot, state().marks, ink)],
    setSelect: [
      (plot) => {
        const { left, width } = plot.select;
        if (width < selectPxMin) return;
        onSelect(plot.posToVal(left, "x") * 1000, plot.posToVal(left + width, "x") * 1000);
        plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
      },
    ],
    setCursor: [
      (plot) => {
        const { left } = plot.cursor;
        onCursor(left === undefined || left < 0 ? null : plot.posToVal(left, "x") * 1000);
      },
    ],
  };
}

function penSeries(mark: number, ink: TrendInk): uPlot.Series[] {
  const stroke = ink.pens[mark - 1] ?? ink.text;
  const edge: uPlot.Series = { points: { show: false }, width: 0 };
  return [
    edge,
    edge,
    {
      stroke,
      width: 1.75,
      dash: [...(penDashes[mark - 1] ?? [])],
      points: { show: true, size: 4, stroke, fill: stroke, filter: lonely },
    },
  ];
}

/** A reading between two holes has no line to show it: it gets a dot. */
function lonely(plot: uPlot, series: number): number[] {
  const column = plot.data[series] ?? [];
  const seen: number[] = [];
  for (let at = 0; at < column.length; at += 1) if (column[at] !== undefined) seen.push(at);
  return seen.filter((at, index) => {
    const isNumber = column[at] !== null;
    const before = seen[index - 1];
    const after = seen[index + 1];
    const isAlone = (near: number | undefined) => near === undefined || column[near] === null;
    return isNumber && isAlone(before) && isAlone(after);
  });
}

function secondsOf({ fromMs, toMs }: PanelState): [number, number] {
  return [fromMs / 1000, toMs / 1000];
}

/** Room for the data, and for the limits where they are wanted. */
export function valueRange({ panel, marks, isWithLimits }: PanelState): [number, number] {
  const found = extent(panel.pens);
  const bounds = isWithLimits ? marks.limits.map((limit: LimitLine) => limit.at) : [];
  const low = Math.min(...bounds, ...(found ? [found[0]] : []));
  const high = Math.max(...bounds, ...(found ? [found[1]] : []));
  if (!(low <= high)) return fullRange(panel);
  const pad = (high - low) * 0.08 || Math.abs(high) * 0.05 || 1;
  // The hatched lanes lie at the foot: the lines keep clear of them.
  const foot = Math.min(0.5, marks.lanes.length * 0.09) * (high - low + 2 * pad);
  return [low - pad - foot, high + pad];
}

function fullRange({ pens }: PanelPens): [number, number] {
  const [low, high] = pens[0]?.point.range ?? [0, 1];
  return low < high ? [low, high] : [low, low + 1];
}

/** The day stands under the first label and where it changes. */
function timeLabels(splits: number[], timezone: string): string[] {
  const step = (splits[1] ?? 0) - (splits[0] ?? 0);
  let day = -1;
  return splits.map((seconds) => {
    const at = wallParts(seconds * 1000, timezone);
    const isNewDay = at.day !== day;
    day = at.day;
    const date = `${two(at.month)}-${two(at.day)}`;
    if (step >= 86_400) return date;
    const clock = `${two(at.hour)}:${two(at.minute)}${step < 60 ? `:${two(at.second)}` : ""}`;
    return isNewDay ? `${clock}\n${date}` : clock;
  });
}

function two(figure: number): string {
  return String(figure).padStart(2, "0");
}

function translucent(hex: string): string {
  return hex.startsWith("#") && hex.length === 7 ? `${hex}38` : hex;
}
