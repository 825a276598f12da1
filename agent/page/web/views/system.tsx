/** How the box itself does: can it be trusted, does the city get it, and since when not. */

import "./system.css";
import type { VNode } from "preact";
import type { SystemView } from "../../protocol/system.ts";
import { t } from "../lang.ts";
import { useLoaded } from "../parts/loaded.ts";
import { mayAct } from "../session.ts";
import { shellWords } from "../words/shell.ts";
import { systemWords } from "../words/system.ts";
import { SystemAudit } from "./systemAudit.tsx";
import { SystemBox } from "./systemBox.tsx";
import { SystemBuses } from "./systemBuses.tsx";
import { SystemJournal } from "./systemJournal.tsx";
import { SystemOnline } from "./systemOnline.tsx";
import { SystemUnjudged } from "./systemUnjudged.tsx";
import { SystemUpload } from "./systemUpload.tsx";

const everyMs = 3_000;

export function System(): VNode {
  const { value, trouble } = useLoaded<SystemView>("/api/system", everyMs);
  return (
    <div class="view system">
      <h1>{t(systemWords.title)}</h1>
      {trouble !== null && (
        <p class="message" role="status">
          {t(trouble)}
        </p>
      )}
      {value === null && trouble === null && <p class="quiet">{t(shellWords.loading)}</p>}
      {value !== null && (
        <div class="system-grid">
          <SystemUpload upload={value.upload} />
          <SystemJournal journal={value.journal} />
          <SystemBox view={value} />
          <SystemOnline online={value.online} />
          <SystemUnjudged unjudged={value.unjudged} />
          <SystemBuses buses={value.buses} />
        </div>
      )}
      {mayAct.value && <SystemAudit />}
    </div>
  );
}
