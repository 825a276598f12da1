/** What the box keeps, and whether every reading ever made is accounted for. */

import type { VNode } from "preact";
import type { SystemView } from "../../protocol/system.ts";
import { t } from "../lang.ts";
import { Fact, Standing } from "../parts/fact.tsx";
import { count, size } from "../words/measures.ts";
import { outOfBalance, systemWords } from "../words/system.ts";

interface SystemJournalProps {
  readonly journal: SystemView["journal"];
}

/** Below this the disk's end is near whatever the journal may still hold. */
const freeBytesLow = 512 * 1024 * 1024;

export function SystemJournal({ journal }: SystemJournalProps): VNode {
  const { account, freeBytes } = journal;
  const missing = account.made - account.delivered - account.stored - account.declaredLost;
  const isLow = freeBytes !== null && freeBytes < freeBytesLow;
  return (
    <section class="panel system-part">
      <h2>{t(systemWords.journal)}</h2>
      <p class="account tabular">
        <b>{count(account.made)}</b> = {count(account.delivered)} + {count(account.stored)} +{" "}
        {count(account.declaredLost)}
      </p>
      <p class="quiet">{t(systemWords.account)}</p>
      <p>
        <Standing state={missing === 0 ? "well" : "bad"}>
          {t(missing === 0 ? systemWords.balanced : outOfBalance(count(Math.abs(missing))))}
        </Standing>
      </p>
      <dl class="facts">
        <Fact name={t(systemWords.used)}>
          {size(journal.sizeBytes)} ({t(systemWords.of)} {size(journal.maxSizeBytes)})
        </Fact>
        <Fact name={t(systemWords.free)} state={isLow ? "bad" : "well"}>
          {freeBytes === null ? t(systemWords.unknown) : size(freeBytes)}
        </Fact>
        <Fact name={t(systemWords.trouble)} state={journal.trouble === null ? "well" : "bad"}>
          {journal.trouble ?? t(systemWords.noTrouble)}
        </Fact>
      </dl>
    </section>
  );
}
