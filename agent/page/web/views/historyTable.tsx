/** Lines of the alarm journal, newest first. */

import type { VNode } from "preact";
import { reasonText, stateWords, verbWords } from "../../../../config/words/alarmWords.ts";
import type { AlarmLine } from "../../protocol/alarms.ts";
import { lang, t } from "../lang.ts";
import { AlarmText } from "../parts/alarmText.tsx";
import { LevelMark } from "../parts/levelMark.tsx";
import { Table } from "../parts/table.tsx";
import { dateTime } from "../parts/zonedTime.ts";
import { typeWords } from "../words/alarm.ts";
import { alarmsWords } from "../words/alarms.ts";

interface HistoryTableProps {
  readonly lines: readonly AlarmLine[];
  readonly zone: string;
}

const columns = ["time", "event", "type", "source", "value", "state", "by", "reason"] as const;

export function HistoryTable({ lines, zone }: HistoryTableProps): VNode {
  return (
    <Table label={t(alarmsWords.history)} class="alarm-table">
      <thead>
        <tr>
          {columns.map((one) => (
            <th key={one}>{t(alarmsWords[one])}</th>
          ))}
        </tr>
      </thead>
      <tbody>
        {lines.map((line) => (
          <tr key={`${line.epoch} ${line.seq}`}>
            <td class="tabular nowrap">{dateTime(line.atMs, zone)}</td>
            <td class="nowrap">
              <b>{t(verbWords[line.event])}</b>
            </td>
            <td class="kind">
              <span class="row">
                <LevelMark priority={line.priority} />
                {t(typeWords[line.type].name)}
              </span>
            </td>
            <td>
              <b>{line.source}</b> {line.name}
            </td>
            <td>
              <AlarmText alarm={line} />
            </td>
            <td class="nowrap">{t(stateWords[line.stateAfter])}</td>
            <td class="nowrap">{line.by}</td>
            <td>
              {reasonText(line, lang.value)} {line.note}
            </td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
