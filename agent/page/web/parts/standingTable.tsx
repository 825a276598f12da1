/** Alarms that stand, as a sheet lists them: open, shelved, out of service. */

import type { VNode } from "preact";
import { stateWords } from "../../../../config/words/alarmWords.ts";
import type { AlarmView, HoldView } from "../../protocol/alarms.ts";
import { t } from "../lang.ts";
import { typeWords } from "../words/alarm.ts";
import { alarmsWords } from "../words/alarms.ts";
import { AlarmText } from "./alarmText.tsx";
import { LevelMark } from "./levelMark.tsx";
import { Table } from "./table.tsx";
import { dateMinute, dateTime } from "./zonedTime.ts";

interface StandingTableProps {
  readonly title: string;
  readonly all: readonly AlarmView[];
  readonly zone: string;
}

const columns = ["type", "source", "value", "raised", "state", "who"] as const;

export function StandingTable({ title, all, zone }: StandingTableProps): VNode {
  return (
    <section>
      <h2>
        {title} ({all.length})
      </h2>
      {all.length === 0 ? (
        <p class="quiet">{t(alarmsWords.none)}</p>
      ) : (
        <Table label={title}>
          <thead>
            <tr>
              {columns.map((one) => (
                <th key={one}>{t(alarmsWords[one])}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {all.map((one) => (
              <Row key={one.key} alarm={one} zone={zone} />
            ))}
          </tbody>
        </Table>
      )}
    </section>
  );
}

function Row({ alarm, zone }: { readonly alarm: AlarmView; readonly zone: string }): VNode {
  const hold = alarm.outOfService ?? alarm.shelved;
  return (
    <tr>
      <td>
        <span class="row marked">
          <LevelMark priority={alarm.priority} />
          {t(typeWords[alarm.type].name)}
        </span>
      </td>
      <td class="long">
        <b>{alarm.source}</b> {alarm.name}
      </td>
      <td>
        <AlarmText alarm={alarm} />
      </td>
      <td class="tabular">{dateTime(alarm.raisedMs, zone)}</td>
      <td class="nowrap">{t(stateWords[alarm.state])}</td>
      <td class="long">{hold === null ? acked(alarm, zone) : held(hold, zone)}</td>
    </tr>
  );
}

function acked({ acked: act }: AlarmView, zone: string): string {
  if (act === null) return "";
  return [act.by, dateMinute(act.atMs, zone), act.reason, act.note].filter(Boolean).join(" · ");
}

function held(hold: HoldView, zone: string): string {
  const until = `${t(alarmsWords.until)} ${dateMinute(hold.untilMs, zone)}`;
  return [hold.by, until, hold.reason, hold.note].filter(Boolean).join(" · ");
}
