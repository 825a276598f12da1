/** Durations, sizes and rates as people write them: `500ms`, `30d`, `8GiB`, `64KiB/s`. */

import { z } from "zod";

const msOf: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};
const bytesOf: Readonly<Record<string, number>> = {
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
  TiB: 1024 ** 4,
};

function scaled(text: string, factors: Readonly<Record<string, number>>): number {
  const unit = text.replace(/^[\d.]+\s*/, "");
  return Number.parseFloat(text) * (factors[unit] ?? Number.NaN);
}

export const durationPattern: RegExp = /^\d+(\.\d+)?\s*(ms|s|min|h|d)$/;
export const sizePattern: RegExp = /^\d+(\.\d+)?\s*(KiB|MiB|GiB|TiB)$/;
export const byteRatePattern: RegExp = /^\d+(\.\d+)?\s*(KiB|MiB)\/s$/;

/** A duration with its unit; parsed to milliseconds. */
export const duration = z
  .string()
  .regex(durationPattern)
  .transform((text): number => scaled(text, msOf))
  .describe("a duration with its unit: 500ms, 1s, 5min, 2h or 30d");

/** A size with its unit; parsed to bytes. */
export const size = z
  .string()
  .regex(sizePattern)
  .transform((text): number => scaled(text, bytesOf))
  .describe("a size with its unit: 512MiB or 8GiB");

/** Bytes a second with their unit; parsed to bytes a second. */
export const byteRate = z
  .string()
  .regex(byteRatePattern)
  .transform((text): number => scaled(text.slice(0, -"/s".length), bytesOf))
  .describe("a rate with its unit: 64KiB/s or 2MiB/s");
