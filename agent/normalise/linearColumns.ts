/** All points of a question scaled in one loop: for answers that are good throughout, which almost all are. Pure. */

import { qualityCode } from "../../config/words/quality.ts";
import { linearScaling, type ScalingSettings } from "./scaling.ts";

const { good, "under-range": underRange, "over-range": overRange } = qualityCode;

/** Factor, offset, power, low and high of each point, side by side. */
const width = 5;

interface Decoded {
  readonly values: Float64Array;
  readonly qualities: Uint8Array;
}

export class LinearColumns {
  readonly #terms: Float64Array;

  private constructor(terms: Float64Array) {
    this.#terms = terms;
  }

  /** Null when a point's scaling is no straight line. */
  static of(settings: readonly ScalingSettings[]): LinearColumns | null {
    const terms = new Float64Array(settings.length * width);
    for (const [i, one] of settings.entries()) {
      const line = linearScaling(one);
      if (line === null) return null;
      terms.set([line.factor, line.offset, line.power, line.low, line.high], i * width);
    }
    return new LinearColumns(terms);
  }

  /** False when something decoded is not good, or no number: then the columns are to be filled one by one. */
  scale(decoded: Decoded, values: Float64Array, qualities: Uint8Array): boolean {
    const terms = this.#terms;
    const raws = decoded.values;
    for (let i = 0; i < values.length; i += 1) {
      const raw = raws[i] ?? Number.NaN;
      // Infinities and NaN differ from themselves, times zero.
      if (decoded.qualities[i] !== good || raw * 0 !== 0) return false;
      const at = i * width;
      const line = raw * (terms[at] ?? 1) + (terms[at + 1] ?? 0);
      const power = terms[at + 2] ?? 0;
      const value = power === 0 ? line : Math.round(line * power) / power;
      values[i] = value;
      qualities[i] = rangeQuality(value, terms[at + 3] ?? 0, terms[at + 4] ?? 0);
    }
    return true;
  }
}

function rangeQuality(value: number, low: number, high: number): number {
  if (value < low) return underRange;
  return value > high ? overRange : good;
}
