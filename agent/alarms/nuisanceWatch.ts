/** Finds the alarms that teach people not to listen: those that chatter, and those that stand for ever. */

import type { Instant } from "../../config/words/time.ts";
import type { AlarmEvent } from "../alarmRecords.ts";
import { isHeld, keyOf, type LivingAlarm } from "./alarm.ts";

/** So many raises of one alarm within a minute are chattering; it is listed for ten minutes after the last. */
const chatterRaises = 3;
const chatterWithinMs = 60_000;
const listedForMs = 600_000;
/** Standing for longer than this is stale. */
const staleAfterMs = 86_400_000;

/** Of each alarm only its last few raises. */
export class NuisanceWatch {
  readonly #raises = new Map<string, number[]>();
  readonly #lastChatter = new Map<string, number>();

  /** Every raise, also of an alarm that is held back. */
  raised(event: AlarmEvent): void {
    const key = keyOf(event);
    const atMs = event.at.monotonicMs;
    const last = [...(this.#raises.get(key) ?? []), atMs].slice(-chatterRaises);
    this.#raises.set(key, last);
    const isChattering =
      last.length === chatterRaises && atMs - (last[0] ?? atMs) <= chatterWithinMs;
    if (isChattering) this.#lastChatter.set(key, atMs);
  }

  chattering(now: Instant): ReadonlySet<string> {
    for (const [key, atMs] of this.#lastChatter) {
      if (now.monotonicMs - atMs > listedForMs) this.#lastChatter.delete(key);
    }
    return new Set(this.#lastChatter.keys());
  }
}

/** Active for more than a day where people see it. */
export function staleOf(alarms: Iterable<LivingAlarm>, now: Instant): ReadonlySet<string> {
  const stale = new Set<string>();
  for (const alarm of alarms) {
    const { detail } = alarm;
    const isOld = now.monotonicMs - detail.raisedAt.monotonicMs > staleAfterMs;
    if (detail.isActive && isOld && !isHeld(detail)) stale.add(keyOf(alarm));
  }
  return stale;
}
