/** One alarm of the table, with its box to select it. */

import type { VNode } from "preact";
import { stateWords } from "../../../../config/words/alarmWords.ts";
import type { AlarmView } from "../../protocol/alarms.ts";
import { pending } from "../acts.ts";
import { isUnacked } from "../alarmOrder.ts";
import { t } from "../lang.ts";
import { site } from "../live.ts";
import { Age } from "../parts/age.tsx";
import { AlarmFlags } from "../parts/alarmFlags.tsx";
import { AlarmText } from "../parts/alarmText.tsx";
import { LevelMark } from "../parts/levelMark.tsx";
import { dateTime } from "../parts/zonedTime.ts";
import { typeWords } from "../words/alarm.ts";
import { alarmsWords } from "../words/alarms.ts";
import { headerWords } from "../words/header.ts";

interface AlarmRowProps {
  readonly alarm: AlarmView;
  readonly isSelected: boolean;
  readonly onSelect: (key: string) => void;
}

export function AlarmRow({ alarm, isSelected, onSelect }: AlarmRowProps): VNode {
  const zone = site.value?.timezone ?? "UTC";
  const isPending = pending.value.has(alarm.key);
  return (
    <tr
      class={`level-${alarm.priority} ${isUnacked(alarm) ? "loud" : ""} ${isSelected ? "chosen" : ""}`}
    >
      <td class="pick">
        <label>
          <input
            type="checkbox"
            data-key={alarm.key}
            checked={isSelected}
            aria-label={`${t(alarmsWords.select)} ${t(typeWords[alarm.type].name)} ${alarm.source}`}
            onChange={() => onSelect(alarm.key)}
          />
        </label>
      </td>
      <td class="kind">
        <span class="row">
          <LevelMark priority={alarm.priority} />
          <b>{t(typeWords[alarm.type].name)}</b>
        </span>
      </td>
      <td>
        <b>{alarm.source}</b> {alarm.name}
      </td>
      <td>
        <AlarmText alarm={alarm} />
      </td>
      <td class="tabular">{dateTime(alarm.raisedMs, zone).slice(5)}</td>
      <td>
        <Age sinceMs={alarm.raisedMs} />
      </td>
      <td>
        <span class="state">{t(isPending ? headerWords.pending : stateWords[alarm.state])}</span>{" "}
        <AlarmFlags alarm={alarm} />
      </td>
      <td class="who-did">
        <Done alarm={alarm} zone={zone} />
        {alarm.advice !== null && (
          <p class="quiet">
            {t(alarmsWords.advice)}: {alarm.advice}
          </p>
        )}
      </td>
    </tr>
  );
}

function Done({ alarm, zone }: { readonly alarm: AlarmView; readonly zone: string }): VNode {
  const hold = alarm.shelved ?? alarm.outOfService;
  const acts = [alarm.acked, alarm.handled, hold].filter((one) => one !== null);
  return (
    <>
      {acts.map((one) => (
        <p key={`${one.atMs}${one.reason}`}>
          {one.by}: {one.reason} {one.note === one.reason ? "" : one.note}
        </p>
      ))}
      {hold !== null && (
        <p class="tabular">
          {t(alarmsWords.until)} {dateTime(hold.untilMs, zone).slice(5, 16)}
        </p>
      )}
    </>
  );
}
