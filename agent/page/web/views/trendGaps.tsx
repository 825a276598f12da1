/** Declared gaps in words, under the curves too: where a gap is narrow its reason does not fit on it. */

import type { VNode } from "preact";
import type { TrendView } from "../../protocol/history.ts";
import { t } from "../lang.ts";
import { site } from "../live.ts";
import { dateTime } from "../parts/zonedTime.ts";
import { gapWord } from "../words/quality.ts";
import { words } from "../words/trends.ts";

interface TrendGapsProps {
  readonly gaps: TrendView["gaps"];
  /** The newest so many; the others are counted. */
  readonly gapsMax: number;
}

export function TrendGaps({ gaps, gapsMax }: TrendGapsProps): VNode | null {
  const timezone = site.value?.timezone ?? "UTC";
  if (gaps.length === 0) return null;
  const shown = gaps.slice(-gapsMax);
  return (
    <ul class="trend-gaps" aria-label={t(words.gaps)}>
      {shown.map((gap) => (
        <li key={`${gap.fromMs} ${gap.reason}`}>
          {t(words.gap)}: {dateTime(gap.fromMs, timezone)} – {dateTime(gap.toMs, timezone)},{" "}
          {t(gapWord(gap.reason))}
          {gap.tags !== undefined && ` (${gap.tags.join(", ")})`}
        </li>
      ))}
      {gaps.length > shown.length && (
        <li>
          + {gaps.length - shown.length} ({t(words.asTable)})
        </li>
      )}
    </ul>
  );
}
