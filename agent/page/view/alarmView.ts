/** Alarms as the page shows them: what the journal keeps, with the plant's names beside it. Pure. */

import type { Site } from "../../../config/site.ts";
import type { Act, AlarmEvent, Hold, StandingAlarm } from "../../alarmRecords.ts";
import { stateOf } from "../../alarms/alarm.ts";
import { isShelvable } from "../../alarms/terms.ts";
import type { PlantNames } from "../../plantNames.ts";
import type { ActView, AlarmView, HoldView, SuppressedWhy } from "../protocol/alarms.ts";

/** What is known of an alarm beside its own state. */
export interface AlarmMarks {
  readonly isStored: boolean;
  readonly isFirstOut: boolean;
  readonly isChattering: boolean;
  readonly isStale: boolean;
}

const noMarks: AlarmMarks = {
  isStored: true,
  isFirstOut: false,
  isChattering: false,
  isStale: false,
};

export function alarmView(
  alarm: StandingAlarm,
  {
    site,
    names,
    marks = noMarks,
  }: {
    readonly site: Site;
    readonly names: PlantNames;
    readonly marks?: AlarmMarks;
  },
): AlarmView {
  const { source, type, priority, alarmId, since, detail } = alarm;
  return {
    key: `${type} ${source}`,
    ...{ alarmId, source, type, priority },
    name: names.nameOf(source),
    tank: detail?.tank ?? null,
    state: stateOf(alarm),
    value: detail?.value ?? null,
    quality: detail?.quality ?? "uncertain",
    unit: detail?.unit ?? "",
    limit: detail?.limit ?? null,
    reason: detail?.reason ?? "",
    ...(detail?.reasonZh === undefined ? {} : { reasonZh: detail.reasonZh }),
    sinceMs: since.wallMs,
    raisedMs: detail?.raisedAt.wallMs ?? since.wallMs,
    returnedMs: detail?.returnedAt?.wallMs ?? null,
    raises: detail?.raises ?? 1,
    acked: actView(detail?.acked),
    handled: actView(detail?.handled),
    shelved: holdView(detail?.shelved),
    outOfService: holdView(detail?.outOfService),
    suppressedBy: detail?.suppressedBy ?? null,
    suppressedWhy: suppressedView(detail, names),
    isActive: detail?.isActive ?? true,
    isShelvable: isShelvable(site.alarms.lifeCycle, type),
    advice: names.adviceOf(alarm),
    ...marks,
  };
}

/** The view of an alarm that has just become normal: it goes off the list. */
export function goneView(
  event: AlarmEvent,
  parts: { readonly site: Site; readonly names: PlantNames },
): AlarmView {
  const { alarmId, source, type, priority, at } = event;
  return { ...alarmView({ alarmId, source, type, priority, since: at }, parts), state: "normal" };
}

function suppressedView(
  detail: StandingAlarm["detail"],
  names: Pick<PlantNames, "nameOf">,
): SuppressedWhy | null {
  const { suppressedBy = null, suppressedWhy = null } = detail ?? {};
  if (suppressedBy === null || suppressedWhy === null) return null;
  const { at, ...why } = suppressedWhy;
  const rules = suppressedBy.split(", ").map((id) => names.nameOf(`rule/${id}`) ?? id);
  return { rules, ...why, atMs: at.wallMs };
}

function actView(act: Act | null | undefined): ActView | null {
  if (act === null || act === undefined) return null;
  const { by, reason, note, at } = act;
  return { by, reason, note, atMs: at.wallMs };
}

function holdView(hold: Hold | null | undefined): HoldView | null {
  if (hold === null || hold === undefined) return null;
  const { by, reason, note, at, untilWallMs } = hold;
  return { by, reason, note, atMs: at.wallMs, untilMs: untilWallMs };
}
