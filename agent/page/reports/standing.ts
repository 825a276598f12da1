/** Alarms as they stood at an earlier moment, out of the lines of their occurrences (pure). */

import type { ActView, AlarmLine, AlarmView, HoldView } from "../protocol/alarms.ts";

/** `lines`: all up to that moment, oldest first within an occurrence. One view an occurrence that was not over. */
export function standingViews(lines: readonly AlarmLine[]): readonly AlarmView[] {
  const views = [...Map.groupBy(lines, ({ alarmId }) => alarmId).values()].flatMap((own) => {
    const last = own.at(-1);
    return last === undefined || last.stateAfter === "normal" ? [] : [viewOf(own, last)];
  });
  return views.sort((a, b) => a.priority - b.priority || a.sinceMs - b.sinceMs);
}

function viewOf(lines: readonly AlarmLine[], last: AlarmLine): AlarmView {
  const raises = lines.filter(({ event }) => event === "raise" || event === "escalate");
  const raised = raises.at(-1) ?? last;
  const returned = lines.findLast(({ event }) => event === "return") ?? null;
  const isReturned = returned !== null && returned.atMs >= raised.atMs;
  const { source, type, name, tank, priority, alarmId, unit, stateAfter } = last;
  return {
    key: `${type} ${source}`,
    ...{ alarmId, source, name, tank, type, priority, unit },
    state: stateAfter,
    value: raised.value,
    quality: raised.quality,
    limit: raised.limit,
    reason: raised.reason,
    ...(raised.reasonZh === undefined ? {} : { reasonZh: raised.reasonZh }),
    sinceMs: lines[0]?.atMs ?? last.atMs,
    raisedMs: raised.atMs,
    returnedMs: isReturned ? returned.atMs : null,
    raises: Math.max(1, raises.length),
    acked: actOf(lines.findLast(({ event }) => event === "ack")),
    handled: actOf(lines.findLast(({ event }) => event === "handle")),
    shelved: stateAfter === "shelved" ? holdOf(lines, "shelve") : null,
    outOfService: stateAfter === "out-of-service" ? holdOf(lines, "out-of-service") : null,
    ...suppressionOf(lines, stateAfter),
    isActive: !isReturned,
    isShelvable: false,
    isStored: true,
    advice: null,
    ...{ isFirstOut: false, isChattering: false, isStale: false },
  };
}

/** Of the line that began it: the rule itself is not in the record. */
function suppressionOf(
  lines: readonly AlarmLine[],
  stateAfter: AlarmView["state"],
): Pick<AlarmView, "suppressedBy" | "suppressedWhy"> {
  const line = lines.findLast(({ event }) => event === "suppress");
  if (stateAfter !== "suppressed" || line === undefined) return { suppressedBy: null };
  const { reason, reasonZh, atMs } = line;
  const why = { rules: [], reason, atMs, ...(reasonZh === undefined ? {} : { reasonZh }) };
  return { suppressedBy: reason, suppressedWhy: why };
}

function actOf(line: AlarmLine | undefined): ActView | null {
  if (line === undefined) return null;
  return { by: line.by ?? "", reason: line.reason, note: line.note ?? "", atMs: line.atMs };
}

function holdOf(lines: readonly AlarmLine[], verb: AlarmLine["event"]): HoldView | null {
  const line = lines.findLast(({ event }) => event === verb);
  const act = actOf(line);
  return act === null ? null : { ...act, untilMs: line?.untilMs ?? act.atMs };
}
