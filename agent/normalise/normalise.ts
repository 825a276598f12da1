/** What a driver decoded -> readings in the plant's units, each with its quality. Pure. */

import { carriesNumber, qualityCode } from "../../config/words/quality.ts";
import type { Instant } from "../../config/words/time.ts";
import type { ReadingBlock } from "../records.ts";
import { LinearColumns } from "./linearColumns.ts";
import { compileScaler, type Scaled, type ScalingSettings } from "./scaling.ts";

/** Decoded numbers of one question, as a driver hands them over (drivers/contract.ts: Samples). */
export interface DecodedColumns {
  readonly takenAt: Instant;
  readonly values: Float64Array;
  readonly qualities: Uint8Array;
}

/** Turns the answers of one question into readings. */
export interface Normaliser {
  readings(decoded: DecodedColumns): ReadingBlock;
  /** One reading without a number for every point of the question: what silence looks like. */
  silence(at: Instant, quality: number): ReadingBlock;
}

/** `positions[i]` is the place in the agent's point list of the question's i-th point. */
export function createNormaliser(
  positions: Uint32Array,
  settings: readonly ScalingSettings[],
): Normaliser {
  const scalers = settings.map(compileScaler);
  const straight = LinearColumns.of(settings);
  const scaled: Scaled = { value: 0, quality: 0 };
  const count = positions.length;

  const reading = (i: number, decoded: DecodedColumns): void => {
    const quality = decoded.qualities[i] ?? qualityCode["device-fault"];
    const raw = decoded.values[i] ?? Number.NaN;
    const scaler = scalers[i];
    if (scaler === undefined || !carriesNumber(quality) || !Number.isFinite(raw)) {
      scaled.value = Number.NaN;
      scaled.quality = carriesNumber(quality) ? qualityCode["device-fault"] : quality;
      return;
    }
    scaler(raw, scaled);
    // The device's own doubt outweighs ours, except that a faulty loop has no number at all.
    if (quality !== qualityCode.good && !Number.isNaN(scaled.value)) scaled.quality = quality;
  };

  return {
    readings(decoded) {
      const values = new Float64Array(count);
      const qualities = new Uint8Array(count);
      if (straight?.scale(decoded, values, qualities) !== true) {
        for (let i = 0; i < count; i += 1) {
          reading(i, decoded);
          values[i] = scaled.value;
          qualities[i] = scaled.quality;
        }
      }
      return { takenAt: decoded.takenAt, points: positions.slice(), values, qualities };
    },
    silence(at, quality) {
      return {
        takenAt: at,
        points: positions.slice(),
        values: new Float64Array(count).fill(Number.NaN),
        qualities: new Uint8Array(count).fill(quality),
      };
    },
  };
}
