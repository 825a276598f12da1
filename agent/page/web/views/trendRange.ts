/** The span of time a trend shows, and how buttons, keys and the wheel move it. Pure. */

export interface TrendRange {
  readonly fromMs: number;
  readonly toMs: number;
  /** The end moves with the box's clock. */
  readonly isLive: boolean;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** Offered as buttons, in this order. */
export const presets = [
  { ms: 15 * minuteMs, zh: "15 分钟", en: "15 min" },
  { ms: hourMs, zh: "1 小时", en: "1 h" },
  { ms: 8 * hourMs, zh: "8 小时", en: "8 h" },
  { ms: dayMs, zh: "24 小时", en: "24 h" },
  { ms: 7 * dayMs, zh: "7 天", en: "7 d" },
  { ms: 30 * dayMs, zh: "30 天", en: "30 d" },
  { ms: 90 * dayMs, zh: "90 天", en: "90 d" },
] as const;

const spanMsMin = 10_000;
const spanMsMax = 92 * dayMs;

/** The last `spanMs` before now, following the clock. */
export function lastSpan(spanMs: number, nowMs: number): TrendRange {
  return { fromMs: nowMs - spanMs, toMs: nowMs, isLive: true };
}

/** `factor` below 1 zooms in; the moment `aroundMs` keeps its place on the screen. */
export function zoomed(range: TrendRange, factor: number, aroundMs?: number): TrendRange {
  const spanMs = range.toMs - range.fromMs;
  const wanted = Math.min(spanMsMax, Math.max(spanMsMin, spanMs * factor));
  const around = aroundMs ?? (range.fromMs + range.toMs) / 2;
  const share = (around - range.fromMs) / spanMs;
  const fromMs = Math.round(around - share * wanted);
  return { fromMs, toMs: fromMs + Math.round(wanted), isLive: false };
}

/** `share` of the span, negative to earlier times. */
export function shifted(range: TrendRange, share: number): TrendRange {
  const byMs = Math.round((range.toMs - range.fromMs) * share);
  return { fromMs: range.fromMs + byMs, toMs: range.toMs + byMs, isLive: false };
}

/** A stretch a person chose; too short or too long ones are brought within bounds. Ends may come in any order. */
export function chosen(aMs: number, bMs: number): TrendRange {
  const fromMs = Math.min(aMs, bMs);
  const spanMs = Math.min(spanMsMax, Math.max(spanMsMin, Math.abs(aMs - bMs)));
  return { fromMs, toMs: fromMs + spanMs, isLive: false };
}

/** How often a live trend is asked for anew: about once a pixel, never faster than every 2 s. */
export function liveEveryMs(range: TrendRange): number {
  return Math.min(5 * minuteMs, Math.max(2_000, (range.toMs - range.fromMs) / 400));
}
