/** How many alarms stand at each level, and how many are kept back. */

import type { VNode } from "preact";
import type { Priority } from "../../../../config/words/alarms.ts";
import { t } from "../lang.ts";
import { box } from "../live.ts";
import { LevelMark } from "../parts/levelMark.tsx";
import { hrefOf } from "../router.ts";
import { headerWords } from "../words/header.ts";

const priorities: readonly Priority[] = [1, 2, 3, 4];

export function Counts(): VNode | null {
  const counts = box.value?.counts;
  if (counts === undefined) return null;
  return (
    <ul class="counts" aria-label={t(headerWords.counts)}>
      {priorities.map((priority) => (
        <li key={priority}>
          <LevelMark priority={priority} isIdle={counts.active[priority] === 0} />
          <b class="tabular">{counts.active[priority]}</b>
        </li>
      ))}
      <li>
        <a href={hrefOf("alarms", "held")}>
          {t(headerWords.shelved)} <b class="tabular">{counts.shelved}</b>
        </a>
      </li>
      {counts.outOfService > 0 && (
        <li>
          <a href={hrefOf("alarms", "held")}>
            {t(headerWords.outOfService)} <b class="tabular">{counts.outOfService}</b>
          </a>
        </li>
      )}
    </ul>
  );
}
