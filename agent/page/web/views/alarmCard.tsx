/** One alarm of the overview's list: mark, what, where, value against limit, since when, what was done. */

import type { VNode } from "preact";
import { stateWords } from "../../../../config/words/alarmWords.ts";
import type { AlarmView } from "../../protocol/alarms.ts";
import { ask, pending } from "../acts.ts";
import { canDo, isUnacked } from "../alarmOrder.ts";
import { t } from "../lang.ts";
import { site } from "../live.ts";
import { Age } from "../parts/age.tsx";
import { AlarmFlags } from "../parts/alarmFlags.tsx";
import { AlarmText } from "../parts/alarmText.tsx";
import { Button } from "../parts/button.tsx";
import { LevelMark } from "../parts/levelMark.tsx";
import { dateTime } from "../parts/zonedTime.ts";
import { mayAct } from "../session.ts";
import { actWords, typeWords } from "../words/alarm.ts";
import { headerWords } from "../words/header.ts";

export function AlarmCard({ alarm }: { readonly alarm: AlarmView }): VNode {
  const isPending = pending.value.has(alarm.key);
  const zone = site.value?.timezone ?? "UTC";
  return (
    <li
      class={`card level-${alarm.priority} ${isUnacked(alarm) ? "loud" : ""} ${alarm.isActive ? "" : "over"}`}
    >
      <LevelMark priority={alarm.priority} />
      <div class="card-text">
        <p class="card-line">
          <b class="card-type">{t(typeWords[alarm.type].name)}</b>
          <span>
            <b>{alarm.source}</b> {alarm.name}
          </span>
        </p>
        <p class="card-line">
          <AlarmText alarm={alarm} />
          <span class="quiet tabular">
            {dateTime(alarm.raisedMs, zone).slice(11)} · <Age sinceMs={alarm.raisedMs} />
          </span>
        </p>
        <p class="card-line">
          <span class="state">{t(isPending ? headerWords.pending : stateWords[alarm.state])}</span>
          {alarm.acked !== null && (
            <span class="quiet">
              {alarm.acked.by}: {alarm.acked.reason}
            </span>
          )}
          <AlarmFlags alarm={alarm} />
        </p>
      </div>
      {canDo("ack", alarm) && mayAct.value && (
        <Button isDisabled={isPending} onPress={() => ask("ack", [alarm.key])}>
          {t(actWords.ack)}
        </Button>
      )}
    </li>
  );
}
