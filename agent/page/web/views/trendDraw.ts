/** Draws on the canvas what uPlot does not know: declared gaps, bad quality, limits with their letters. */

import type uPlot from "uplot";
import type { TrendView } from "../../protocol/history.ts";
import type { LimitLine, TroubleSpan } from "./trendColumns.ts";
import type { TrendInk } from "./trendInk.ts";

export interface TrendMarks {
  readonly gaps: readonly (TrendView["gaps"][number] & { readonly words: string })[];
  readonly limits: readonly LimitLine[];
  /** One lane a pen that has trouble in view. */
  readonly lanes: readonly {
    readonly mark: number;
    readonly spans: readonly (TroubleSpan & { readonly words: string })[];
  }[];
  /** More than one pen: limits and lanes say whose they are. */
  readonly isShared: boolean;
}

interface Sheet {
  readonly plot: uPlot;
  readonly ctx: CanvasRenderingContext2D;
  readonly ink: TrendInk;
  /** Canvas pixels per CSS pixel. */
  readonly ratio: number;
}

const laneHeight = 16;
const fontSize = 12;

/** Under the lines: grey where the journal declares that nothing will come, with the reason in words. */
export function drawGaps(plot: uPlot, marks: TrendMarks, ink: TrendInk): void {
  const sheet = begin(plot, ink);
  const { ctx, ratio } = sheet;
  const { top, height } = plot.bbox;
  for (const gap of marks.gaps) {
    const stretch = onPlot(sheet, gap);
    if (!stretch) continue;
    ctx.fillStyle = ink.gap;
    ctx.fillRect(stretch.left, top, stretch.width, height);
    writeWithin(sheet, { text: gap.words, ...stretch, y: top + 10 * ratio });
  }
  ctx.restore();
}

/** Over the lines: limits, and at the foot one hatched lane for each pen whose readings were not good. */
export function drawLimitsAndLanes(plot: uPlot, marks: TrendMarks, ink: TrendInk): void {
  const sheet = begin(plot, ink);
  const tags: Tag[] = [];
  for (const limit of marks.limits) drawLimit(sheet, limit, { isShared: marks.isShared, tags });
  for (const [at, lane] of marks.lanes.entries()) {
    const y = plot.bbox.top + plot.bbox.height - (at + 1) * (laneHeight + 2) * sheet.ratio;
    for (const span of lane.spans) {
      const stretch = onPlot(sheet, span);
      if (!stretch) continue;
      hatch(sheet, { ...stretch, y });
      const text = marks.isShared ? `${lane.mark} ${span.words}` : span.words;
      writeWithin(sheet, { text, ...stretch, y: y + (laneHeight / 2) * sheet.ratio });
    }
  }
  sheet.ctx.restore();
}

function begin(plot: uPlot, ink: TrendInk): Sheet {
  const { ctx } = plot;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.beginPath();
  ctx.rect(plot.bbox.left, plot.bbox.top, plot.bbox.width, plot.bbox.height);
  ctx.clip();
  ctx.font = `${fontSize * ratio}px ${ink.family}`;
  ctx.textBaseline = "middle";
  // The axes leave their own alignment behind.
  ctx.textAlign = "left";
  return { plot, ctx, ink, ratio };
}

/** Where a span of time lies on the canvas, at least two pixels wide; undefined: out of view. */
function onPlot(
  { plot, ratio }: Sheet,
  span: { readonly fromMs: number; readonly toMs: number },
): { readonly left: number; readonly width: number } | undefined {
  const { left, width } = plot.bbox;
  const start = Math.max(left, plot.valToPos(span.fromMs / 1000, "x", true));
  const end = Math.min(left + width, plot.valToPos(span.toMs / 1000, "x", true));
  if (end < left || start > left + width) return undefined;
  return { left: start, width: Math.max(2 * ratio, end - start) };
}

interface Tag {
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

/** Its line, then its letters at the left; where others stand already, further to the right. */
function drawLimit(
  { plot, ctx, ink, ratio }: Sheet,
  limit: LimitLine,
  { isShared, tags }: { readonly isShared: boolean; readonly tags: Tag[] },
): void {
  const y = Math.round(plot.valToPos(limit.at, "y", true));
  const { left, top, width, height } = plot.bbox;
  if (y < top || y > top + height) return;
  const colour = limit.isPassed ? (ink.levels[limit.priority] ?? ink.axis) : ink.axis;
  ctx.strokeStyle = colour;
  ctx.lineWidth = (limit.isPassed ? 2 : 1) * ratio;
  ctx.setLineDash([6 * ratio, 4 * ratio]);
  ctx.beginPath();
  ctx.moveTo(left, y);
  ctx.lineTo(left + width, y);
  ctx.stroke();
  ctx.setLineDash([]);
  const owners = isShared ? `${limit.marks.join(" ")} · ` : "";
  const text = `${owners}${limit.type} ${limit.at}`;
  const padding = 3 * ratio;
  const boxHeight = (fontSize + 4) * ratio;
  const tagWidth = ctx.measureText(text).width + 2 * padding;
  // On its line, so that nobody takes it for a neighbour's; whole, also at the plot's edge.
  const tagY = Math.min(Math.max(y, top + boxHeight / 2), top + height - boxHeight / 2);
  let x = left + 4 * ratio;
  for (const tag of tags)
    if (Math.abs(tag.y - tagY) < boxHeight) x = Math.max(x, tag.x + tag.width + 4 * ratio);
  tags.push({ x, y: tagY, width: tagWidth });
  ctx.fillStyle = ink.paper;
  ctx.fillRect(x, tagY - boxHeight / 2, tagWidth, boxHeight);
  ctx.fillStyle = ink.text;
  ctx.fillText(text, x + padding, tagY);
}

function hatch(
  { ctx, ink, ratio }: Sheet,
  box: { readonly left: number; readonly width: number; readonly y: number },
): void {
  const height = laneHeight * ratio;
  ctx.save();
  ctx.beginPath();
  ctx.rect(box.left, box.y, box.width, height);
  ctx.clip();
  ctx.fillStyle = ink.paper;
  ctx.fill();
  ctx.strokeStyle = ink.hatch;
  ctx.lineWidth = 1.5 * ratio;
  ctx.beginPath();
  // The pattern stands on the canvas's own grid, so that neighbouring spans join without a seam.
  const step = 6 * ratio;
  const first = Math.floor((box.left - height) / step) * step;
  for (let x = first; x < box.left + box.width; x += step) {
    ctx.moveTo(x, box.y + height);
    ctx.lineTo(x + height, box.y);
  }
  ctx.stroke();
  ctx.strokeRect(box.left, box.y, box.width, height);
  ctx.restore();
}

/** Only where it fits: cut words mislead. The table and the legend say them always. */
function writeWithin(
  { ctx, ink, ratio }: Sheet,
  label: {
    readonly text: string;
    readonly left: number;
    readonly width: number;
    readonly y: number;
  },
): void {
  const textWidth = ctx.measureText(label.text).width;
  if (textWidth + 8 * ratio > label.width) return;
  const x = label.left + (label.width - textWidth) / 2;
  ctx.fillStyle = ink.paper;
  ctx.fillRect(x - 3 * ratio, label.y - 7 * ratio, textWidth + 6 * ratio, 14 * ratio);
  ctx.fillStyle = ink.text;
  ctx.fillText(label.text, x, label.y);
}
