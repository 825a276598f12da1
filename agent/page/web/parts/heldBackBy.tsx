/** Which rules of the site file hold an alarm back, and why: what is held must say by whose word. */

import type { VNode } from "preact";
import { reasonText } from "../../../../config/words/alarmWords.ts";
import type { AlarmView } from "../../protocol/alarms.ts";
import { lang, t } from "../lang.ts";
import { alarmsWords } from "../words/alarms.ts";

interface HeldBackByProps {
  readonly alarm: Pick<AlarmView, "suppressedBy" | "suppressedWhy">;
}

export function HeldBackBy({ alarm }: HeldBackByProps): VNode | null {
  const why = alarm.suppressedWhy ?? null;
  const rules = why?.rules.join(", ") ?? alarm.suppressedBy;
  if (rules === null) return null;
  const reason = why === null ? "" : reasonText(why, lang.value);
  return (
    <span class="held-by">
      {t(alarmsWords.heldBackBy)} <b>{rules}</b>
      {reason !== "" && ` (${reason})`}
    </span>
  );
}
