/** What else is to be known of an alarm, as small words. */

import type { VNode } from "preact";
import type { AlarmView } from "../../protocol/alarms.ts";
import { t } from "../lang.ts";
import { overviewWords } from "../words/overview.ts";
import { EvidenceButton } from "./evidenceButton.tsx";
import { HeldBackBy } from "./heldBackBy.tsx";

export function AlarmFlags({ alarm }: { readonly alarm: AlarmView }): VNode {
  return (
    <>
      {alarm.isFirstOut && <span class="flag strong">{t(overviewWords.firstOut)}</span>}
      {!alarm.isStored && <span class="flag hatched">{t(overviewWords.notStored)}</span>}
      {alarm.isChattering && <span class="flag">{t(overviewWords.chattering)}</span>}
      {alarm.isStale && <span class="flag">{t(overviewWords.stale)}</span>}
      {alarm.raises > 1 && <span class="flag">×{alarm.raises}</span>}
      <HeldBackBy alarm={alarm} />
      <EvidenceButton alarm={alarm} />
    </>
  );
}
