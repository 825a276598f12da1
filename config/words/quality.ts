/** The quality that travels with every value, and its one-byte code inside the process. */

/**
 * Order is the code (0..12) and is written into journals: append only, never reorder.
 * - `good`: measured, in range.
 * - `uncertain`: a number, but the device itself doubts it (warming up, calibration due).
 * - `under-range` / `over-range`: a number outside the declared range or the NE 43 valid band.
 * - `open-loop` / `short`: current loop below 3.6 mA / above 21 mA (NAMUR NE 43): no number.
 * - `comm-fail`: no valid answer from the device: no number.
 * - `device-fault`: the device answered that it is broken, busy, or sent a sentinel: no number.
 * - `stale`: the last answer is too old to be passed off as fresh: no number.
 * - `frozen`: the raw value has not moved for longer than the point allows.
 * - `out-of-service`: taken out by a named person: no number.
 * - `simulated` / `test`: a number that no plant produced.
 */
export const qualities = [
  "good",
  "uncertain",
  "under-range",
  "over-range",
  "open-loop",
  "short",
  "comm-fail",
  "device-fault",
  "stale",
  "frozen",
  "out-of-service",
  "simulated",
  "test",
] as const;

export type Quality = (typeof qualities)[number];

/** Quality -> its code. `qualityCode["comm-fail"] === 6`. */
export const qualityCode: { readonly [Q in Quality]: number } = {
  good: 0,
  uncertain: 1,
  "under-range": 2,
  "over-range": 3,
  "open-loop": 4,
  short: 5,
  "comm-fail": 6,
  "device-fault": 7,
  stale: 8,
  frozen: 9,
  "out-of-service": 10,
  simulated: 11,
  test: 12,
};

/** Whether a reading of this quality carries a number; all others carry none (NaN in columns, null outside). */
export function carriesNumber(code: number): boolean {
  return (
    code <= qualityCode["over-range"] ||
    code === qualityCode.frozen ||
    code >= qualityCode.simulated
  );
}
