/** Value against limit, as a sentence of figures: "92.4 % > 限值 90 %"; of an alarm that is more than that, why. */

import type { VNode } from "preact";
import { reasonText, toldByReason } from "../../../../config/words/alarmWords.ts";
import { qualities } from "../../../../config/words/quality.ts";
import { qualityWord } from "../../../../config/words/qualityWords.ts";
import type { AlarmView } from "../../protocol/alarms.ts";
import { lang, t } from "../lang.ts";
import { headerWords } from "../words/header.ts";
import { figure } from "../words/measures.ts";

interface AlarmTextProps {
  readonly alarm: Pick<
    AlarmView,
    "type" | "value" | "unit" | "limit" | "quality" | "reason" | "reasonZh"
  >;
}

export function AlarmText({ alarm }: AlarmTextProps): VNode {
  const { value, unit, limit, quality } = alarm;
  const reason = reasonText(alarm, lang.value);
  if (toldByReason.has(alarm.type) && reason !== "") return <span class="value">{reason}</span>;
  if (value === null) {
    const code = qualities.findIndex((one): boolean => String(one) === quality);
    if (code > 0) return <span class="value doubt">{t(qualityWord(code))}</span>;
    return <span>{reason}</span>;
  }
  return (
    <span class="value">
      <b>{figure(value, null)}</b> {unit}
      {limit !== null && (
        <span>
          {value >= limit ? ">" : "<"} {t(headerWords.limit)} {figure(limit, null)} {unit}
        </span>
      )}
    </span>
  );
}
