/** The order in which alarms are read, and what a person may do with each. Pure. */

import type { Priority } from "../../../config/words/alarms.ts";
import type { AlarmAct, AlarmView } from "../protocol/alarms.ts";

/** Where an alarm stands in the list: unacknowledged, then acknowledged, then over but unacknowledged. */
function rank(one: AlarmView): number {
  switch (one.state) {
    case "unacked":
      return 0;
    case "latched-unacked":
      return 1;
    case "acked":
      return 2;
    case "latched":
      return 3;
    case "returned":
      return 4;
    case "shelved":
      return 5;
    case "out-of-service":
      return 6;
    case "suppressed":
      return 7;
    case "normal":
      return 8;
  }
}

export function isUnacked(one: AlarmView): boolean {
  return one.state === "unacked" || one.state === "returned" || one.state === "latched-unacked";
}

/** Taken off the active list, by a person or by design. */
export function isHeldBack(one: AlarmView): boolean {
  return one.state === "shelved" || one.state === "out-of-service" || one.state === "suppressed";
}

/** By state, then the worst first, then the newest. */
export function inOrder(all: Iterable<AlarmView>): readonly AlarmView[] {
  return [...all].sort(
    (a, b) =>
      rank(a) - rank(b) ||
      a.priority - b.priority ||
      b.raisedMs - a.raisedMs ||
      // The language's own order would cost a flood's list more than all the rest.
      (a.key < b.key ? -1 : 1),
  );
}

/** The newest unacknowledged alarm of the highest priority; active ones before those that are over. */
export function loudest(all: Iterable<AlarmView>): AlarmView | null {
  let found: AlarmView | null = null;
  for (const one of all) {
    if (isUnacked(one) && (found === null || isLouder(one, found))) found = one;
  }
  return found;
}

function isLouder(one: AlarmView, than: AlarmView): boolean {
  if (one.priority !== than.priority) return one.priority < than.priority;
  if (one.isActive !== than.isActive) return one.isActive;
  return one.raisedMs > than.raisedMs;
}

/** The highest priority among alarms that people still see as abnormal. */
export function highest(all: readonly AlarmView[]): Priority | null {
  const standing = all.filter((one) => !isHeldBack(one)).map((one) => one.priority);
  return [1, 2, 3, 4].find((one): one is Priority => standing.includes(one as Priority)) ?? null;
}

/** Whether the box would take this act on this alarm; it has the last word. */
export function canDo(act: AlarmAct, one: AlarmView): boolean {
  switch (act) {
    case "ack":
      return isUnacked(one);
    case "handle":
      return !isHeldBack(one);
    case "shelve":
      return one.isShelvable && !isHeldBack(one);
    case "unshelve":
      return one.state === "shelved";
    case "out-of-service":
      return one.state !== "out-of-service";
    case "in-service":
      return one.state === "out-of-service";
    case "reset":
      return one.state === "latched" || one.state === "latched-unacked";
  }
}
