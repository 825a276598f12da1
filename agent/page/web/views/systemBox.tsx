/** Versions, clock, memory and who looks. */

import type { VNode } from "preact";
import type { SystemView } from "../../protocol/system.ts";
import { t } from "../lang.ts";
import { box, site } from "../live.ts";
import { Age } from "../parts/age.tsx";
import { Fact } from "../parts/fact.tsx";
import { dateMinute } from "../parts/zonedTime.ts";
import { size } from "../words/measures.ts";
import { clockWord, systemWords } from "../words/system.ts";

interface SystemBoxProps {
  readonly view: SystemView;
}

export function SystemBox({ view }: SystemBoxProps): VNode {
  const { clock } = view;
  const lamp = box.value?.lamps.clock.state;
  const heard = box.value?.clientsWithSound;
  return (
    <section class="panel system-part">
      <h2>{t(systemWords.box)}</h2>
      <dl class="facts">
        <Fact name={t(systemWords.version)}>hazgate {view.version}</Fact>
        <Fact name={t(systemWords.started)}>
          {dateMinute(view.startedMs, site.value?.timezone ?? "UTC")}
        </Fact>
        <Fact name={t(systemWords.uptime)}>
          <Age sinceMs={view.startedMs} />
        </Fact>
        <Fact
          name={t(systemWords.clock)}
          state={lamp === "bad" || lamp === "caution" ? lamp : "well"}
        >
          {t(clockWord(clock.state))}
          {clock.source !== null && ` · ${clock.source}`}
          {clock.offsetMs !== null && ` · ${t(systemWords.offset)} ${clock.offsetMs} ms`}
        </Fact>
        <Fact name={t(systemWords.memory)}>{size(view.memory.rssBytes)}</Fact>
        <Fact name={t(systemWords.pages)}>
          {box.value?.clients ?? "–"}
          {heard !== undefined && ` (${t(systemWords.withSound)} ${heard})`}
        </Fact>
        <Fact name={t(systemWords.file)}>{view.site.file ?? t(systemWords.builtIn)}</Fact>
        <Fact name={t(systemWords.dataDir)}>{view.site.dataDir}</Fact>
      </dl>
    </section>
  );
}
