/** A value against one limit, with deadband. Pure. */

import type { Limits } from "../../config/site.ts";
import type { AlarmType, Priority } from "../../config/words/alarms.ts";
import type { Delays, Finding } from "./condition.ts";

export interface Limit extends Delays {
  readonly type: AlarmType;
  readonly at: number;
  readonly isHigh: boolean;
  /** Way back before the limit counts as left, in the point's unit. */
  readonly deadband: number;
  readonly priority: Priority;
}

/** Reaching the limit counts as passing it; the way back must leave the deadband. NaN is `unknown`. */
export function judge(limit: Limit, value: number): Finding {
  if (Number.isNaN(value)) return "unknown";
  const excess = limit.isHigh ? value - limit.at : limit.at - value;
  if (excess >= 0) return "beyond";
  return -excess >= limit.deadband ? "within" : "between";
}

interface Kind {
  readonly key: "ll" | "l" | "h" | "hh" | "gas1" | "gas2" | "gas3" | "o2Low" | "o2High" | "rate";
  readonly type: AlarmType;
  readonly isHigh: boolean;
  readonly priority: Priority;
}

/**
 * Order of judging: the more severe first, so that it is also reported first.
 * Priorities by default: HH, LL, oxygen and gas levels 2 and 3 red; H, L and gas level 1 orange; rate yellow.
 */
const kinds: readonly Kind[] = [
  { key: "gas3", type: "GAS3", isHigh: true, priority: 1 },
  { key: "gas2", type: "GAS2", isHigh: true, priority: 1 },
  { key: "hh", type: "HH", isHigh: true, priority: 1 },
  { key: "ll", type: "LL", isHigh: false, priority: 1 },
  { key: "o2Low", type: "O2-LOW", isHigh: false, priority: 1 },
  { key: "o2High", type: "O2-HIGH", isHigh: true, priority: 1 },
  { key: "gas1", type: "GAS1", isHigh: true, priority: 2 },
  { key: "h", type: "H", isHigh: true, priority: 2 },
  { key: "l", type: "L", isHigh: false, priority: 2 },
  { key: "rate", type: "RATE", isHigh: true, priority: 3 },
];

/** The limits of one point, own settings before the shared ones. A rate has no shared deadband: other unit. */
export function compileLimits(limits: Limits): readonly Limit[] {
  return kinds.flatMap((kind) => {
    const given = limits[kind.key];
    if (given === undefined) return [];
    const own = typeof given === "number" ? { at: given } : given;
    return [
      {
        type: kind.type,
        at: own.at,
        isHigh: kind.isHigh,
        deadband: own.deadband ?? (kind.key === "rate" ? 0 : limits.deadband),
        onDelayMs: own.onDelay ?? limits.onDelay,
        offDelayMs: own.offDelay ?? limits.offDelay,
        priority: asPriority(own.priority) ?? kind.priority,
      },
    ];
  });
}

function asPriority(number: number | undefined): Priority | undefined {
  return number === 1 || number === 2 || number === 3 || number === 4 ? number : undefined;
}
