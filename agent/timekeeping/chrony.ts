/** What `chronyc -c tracking` prints -> an answer. Pure. */

import { roundedMs, type SourceAnswer } from "./timeSource.ts";

export const chronyCommand = ["chronyc", "-n", "-c", "tracking"] as const;

/** chrony's own clock as its reference (`local`): it serves time, but follows nobody. */
const itself = "7F7F0101";
const nobody = "00000000";
const fieldsMin = 14;

/**
 * Fields: reference id, its name, stratum, time of the last update, offset (s, positive: the box is
 * slow), last offset, RMS offset, frequency, residual, skew, root delay (s), root dispersion (s), update
 * interval, leap status. Null for anything else.
 */
export function parseTracking(output: string): SourceAnswer | null {
  const fields = output.trim().split(",");
  const [reference = "", , , update = ""] = fields;
  const [offsetMs, delayMs, dispersionMs] = [4, 10, 11].map((i) => Number(fields[i]) * 1_000);
  if (fields.length < fieldsMin || offsetMs === undefined || !Number.isFinite(offsetMs))
    return null;
  const isFollowing = reference !== nobody && reference !== itself;
  const errorMs = Math.abs(offsetMs) + (delayMs ?? 0) / 2 + (dispersionMs ?? 0);
  return {
    source: "chrony",
    isSynchronised: isFollowing && isLeapKnown(fields[13] ?? ""),
    // Without a reference the field is 0 and says nothing.
    offsetMs: isFollowing ? roundedMs(offsetMs) : null,
    errorMsMax: isFollowing && Number.isFinite(errorMs) ? errorMs : null,
    update: isFollowing ? `${reference} ${update}` : null,
  };
}

/** "Normal", "Insert second", "Delete second", or "Not synchronised". */
function isLeapKnown(leap: string): boolean {
  return /^(normal|insert second|delete second)$/i.test(leap.trim());
}
