/** Value against limit, as a sentence of figures: "92.4 % > 限值 90 %". */

import type { VNode } from "preact";
import { qualities } from "../../../../config/words/quality.ts";
import type { AlarmView } from "../../protocol/alarms.ts";
import { t } from "../lang.ts";
import { headerWords } from "../words/header.ts";
import { figure } from "../words/measures.ts";
import { qualityWord } from "../words/quality.ts";

interface AlarmTextProps {
  readonly alarm: Pick<AlarmView, "value" | "unit" | "limit" | "quality" | "reason">;
}

export function AlarmText({ alarm }: AlarmTextProps): VNode {
  const { value, unit, limit, quality, reason } = alarm;
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
