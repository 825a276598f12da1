/** What goes to the platform, what waits, and how long it will take. */

import type { VNode } from "preact";
import type { SystemView } from "../../protocol/system.ts";
import { t } from "../lang.ts";
import { Age } from "../parts/age.tsx";
import { Fact } from "../parts/fact.tsx";
import { count, size, span } from "../words/measures.ts";
import { systemWords } from "../words/system.ts";

interface SystemUploadProps {
  readonly upload: SystemView["upload"];
}

export function SystemUpload({ upload }: SystemUploadProps): VNode {
  const isCut = upload.isConfigured && !upload.isConnected;
  return (
    <section class="panel system-part">
      <h2>{t(systemWords.upload)}</h2>
      <dl class="facts">
        <Fact name={t(systemWords.state)} state={isCut ? "bad" : "well"}>
          {t(upload)}
        </Fact>
        <Fact name={t(systemWords.waiting)}>
          {count(upload.backlogRecords)} · {size(upload.backlogBytes)}
        </Fact>
        {upload.oldestMs !== null && (
          <Fact name={t(systemWords.oldest)}>
            <Age sinceMs={upload.oldestMs} />
          </Fact>
        )}
        <Fact name={t(systemWords.drain)}>{drainWords(upload)}</Fact>
        <Fact name={t(systemWords.delivered)}>{count(upload.deliveredRecords)}</Fact>
      </dl>
    </section>
  );
}

function drainWords({ backlogRecords, drainMs }: SystemView["upload"]): string {
  if (backlogRecords === 0) return t(systemWords.nothingWaits);
  return t(drainMs === null ? systemWords.notDraining : span(drainMs));
}
