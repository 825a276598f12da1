/** A decoded number -> engineering value and quality: linear, 4-20 mA by NAMUR NE 43, range. Pure. */

import type { Scale } from "../../config/site.ts";
import { qualityCode } from "../../config/words/quality.ts";

/** NE 43: below is a broken loop, above a short or a transmitter reporting failure; never a value. */
export const loopFaultMa = { low: 3.6, high: 21 } as const;
/** NE 43: outside this the signal saturates; a value that is under or over range. */
export const loopValidMa = { low: 3.8, high: 20.5 } as const;

const loopSpanMa = 16;
/** The NE 43 valid band as shares of the span, used for every point's declared range. */
const slackLow = (4 - loopValidMa.low) / loopSpanMa;
const slackHigh = (loopValidMa.high - 20) / loopSpanMa;

/** `value` is NaN when `quality` says that there is none. */
export interface Scaled {
  value: number;
  quality: number;
}

/** Writes into `out` (the caller's one scratch object: this runs for every reading of the plant). */
export type Scaler = (raw: number, out: Scaled) => void;

export interface ScalingSettings {
  readonly scale?: Scale | undefined;
  /** Measuring range [low, high] in units. */
  readonly range: readonly [number, number];
  readonly decimals?: number | undefined;
}

/** A scaling that is one multiplication: for columns. `power`: 10^decimals that values are rounded to; 0: not rounded. */
export interface LinearScaling {
  readonly factor: number;
  readonly offset: number;
  readonly power: number;
  /** Outside of these the value is under or over its range. */
  readonly low: number;
  readonly high: number;
}

/** Null where the scaling is no straight line. */
export function linearScaling({ scale, range, decimals }: ScalingSettings): LinearScaling | null {
  if (scale !== undefined && "loop" in scale) return null;
  const span = range[1] - range[0];
  return {
    ...linear(scale),
    power: decimals === undefined ? 0 : 10 ** decimals,
    low: range[0] - slackLow * span,
    high: range[1] + slackHigh * span,
  };
}

/** @returns a function that turns the decoded number of a reading of good quality into value and quality. */
export function compileScaler(settings: ScalingSettings): Scaler {
  const { scale, range } = settings;
  const round = rounding(settings.decimals);
  if (scale !== undefined && "loop" in scale) return loopScaler(scale.loop, range, round);
  const { factor, offset } = linear(scale);
  const isPlain = factor === 1 && offset === 0;
  const span = range[1] - range[0];
  const low = range[0] - slackLow * span;
  const high = range[1] + slackHigh * span;
  return (raw, out) => {
    const value = round(isPlain ? raw : raw * factor + offset);
    out.value = value;
    if (value < low) out.quality = qualityCode["under-range"];
    else out.quality = value > high ? qualityCode["over-range"] : qualityCode.good;
  };
}

function linear(scale: Exclude<Scale, { loop: unknown }> | undefined): {
  factor: number;
  offset: number;
} {
  if (scale === undefined) return { factor: 1, offset: 0 };
  if ("factor" in scale) return scale;
  const factor = (scale.to[1] - scale.to[0]) / (scale.raw[1] - scale.raw[0]);
  return { factor, offset: scale.to[0] - scale.raw[0] * factor };
}

/** `loop` holds the raw numbers at 4 mA and at 20 mA. PV = low + (I - 4) / 16 x span. */
function loopScaler(
  loop: readonly [number, number],
  range: readonly [number, number],
  round: (value: number) => number,
): Scaler {
  const maPerRaw = loopSpanMa / (loop[1] - loop[0]);
  const valuePerMa = (range[1] - range[0]) / loopSpanMa;
  return (raw, out) => {
    const ma = 4 + (raw - loop[0]) * maPerRaw;
    out.value = round(range[0] + (ma - 4) * valuePerMa);
    out.quality = loopQuality(ma);
    if (out.quality === qualityCode["open-loop"] || out.quality === qualityCode.short) {
      out.value = Number.NaN;
    }
  };
}

function loopQuality(ma: number): number {
  if (ma < loopFaultMa.low) return qualityCode["open-loop"];
  if (ma > loopFaultMa.high) return qualityCode.short;
  if (ma < loopValidMa.low) return qualityCode["under-range"];
  return ma > loopValidMa.high ? qualityCode["over-range"] : qualityCode.good;
}

function rounding(decimals: number | undefined): (value: number) => number {
  if (decimals === undefined) return (value) => value;
  const power = 10 ** decimals;
  return (value) => Math.round(value * power) / power;
}
