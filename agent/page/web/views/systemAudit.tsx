/** The tail of the audit log: who did what at this box. */

import type { VNode } from "preact";
import { auditWord } from "../../../../config/words/auditWords.ts";
import type { AuditView } from "../../protocol/history.ts";
import { t } from "../lang.ts";
import { site } from "../live.ts";
import { useLoaded } from "../parts/loaded.ts";
import { Table } from "../parts/table.tsx";
import { dateTime } from "../parts/zonedTime.ts";
import { me } from "../session.ts";
import { auditNote } from "../words/audit.ts";
import { shellWords } from "../words/shell.ts";
import { systemWords } from "../words/system.ts";

const everyMs = 30_000;
const linesMax = 20;

export function SystemAudit(): VNode {
  const { value, trouble } = useLoaded<AuditView>("/api/audit", everyMs);
  const timezone = site.value?.timezone ?? "UTC";
  const lines = value?.lines.slice(0, linesMax);
  return (
    <section class="panel system-part">
      <h2>{t(systemWords.audit)}</h2>
      {trouble !== null && <p class="message">{t(trouble)}</p>}
      {lines === undefined && trouble === null && <p class="quiet">{t(shellWords.loading)}</p>}
      {lines?.length === 0 && <p class="quiet">{t(systemWords.noActs)}</p>}
      {lines !== undefined && lines.length > 0 && (
        <Table label={t(systemWords.audit)}>
          <thead>
            <tr>
              <th scope="col">{t(systemWords.time)}</th>
              <th scope="col">{t(systemWords.who)}</th>
              <th scope="col">{t(systemWords.did)}</th>
              <th scope="col">{t(systemWords.note)}</th>
            </tr>
          </thead>
          <tbody>
            {lines.map((line) => (
              <tr key={line.n}>
                <td class="tabular audit-time">{dateTime(line.atMs, timezone)}</td>
                <td>{line.by}</td>
                <td>{t(auditWord(line.did))}</td>
                <td class="audit-note">{t(auditNote(line.did, line.note))}</td>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
      {me.value?.role === "admin" && (
        <p class="no-print">
          <a class="button" href="/api/audit.jsonl" download>
            {t(systemWords.auditFile)}
          </a>
        </p>
      )}
    </section>
  );
}
