/** Whether a quality says that the point itself is broken. Pure. */

import { qualityCode } from "../../config/words/quality.ts";
import type { Finding } from "./condition.ts";

const isFault = new Set([
  qualityCode["open-loop"],
  qualityCode.short,
  qualityCode["device-fault"],
  qualityCode.stale,
]);

/** Silence is the device's alarm (OFFLINE), not one per point: it says nothing about the sensor. */
export function faultFinding(quality: number): Finding {
  if (isFault.has(quality)) return "beyond";
  return quality === qualityCode["comm-fail"] ? "unknown" : "within";
}
