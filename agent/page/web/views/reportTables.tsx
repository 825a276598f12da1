/** The long lists of a shift report: what people did, and what is missing. */

import type { VNode } from "preact";
import { auditWord } from "../../../../config/words/auditWords.ts";
import type { OperatorLine, TrendView } from "../../protocol/history.ts";
import { t } from "../lang.ts";
import { Table } from "../parts/table.tsx";
import { dateTime } from "../parts/zonedTime.ts";
import { auditNote } from "../words/audit.ts";
import { span } from "../words/measures.ts";
import { gapWord } from "../words/quality.ts";
import { reportWords } from "../words/report.ts";

interface OperatorTableProps {
  readonly lines: readonly OperatorLine[];
  readonly zone: string;
}

export function OperatorTable({ lines, zone }: OperatorTableProps): VNode {
  if (lines.length === 0) return <p class="quiet">{t(reportWords.noOperator)}</p>;
  return (
    <Table label={t(reportWords.operator)}>
      <thead>
        <tr>
          {(["time", "by", "did", "note", "where"] as const).map((one) => (
            <th key={one}>{t(reportWords[one])}</th>
          ))}
        </tr>
      </thead>
      <tbody>
        {lines.map((line) => (
          <tr key={line.n}>
            <td class="tabular">{dateTime(line.atMs, zone)}</td>
            <td class="nowrap">{line.by}</td>
            <td class="nowrap">{t(auditWord(line.did))}</td>
            <td class="long">{t(auditNote(line.did, line.note))}</td>
            <td class="tabular">{line.from}</td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

interface GapTableProps {
  readonly gaps: TrendView["gaps"];
  readonly zone: string;
}

export function GapTable({ gaps, zone }: GapTableProps): VNode {
  if (gaps.length === 0) return <p class="quiet">{t(reportWords.noGaps)}</p>;
  return (
    <Table label={t(reportWords.gaps)}>
      <thead>
        <tr>
          {(["from", "to", "gapLength", "gapReason", "gapTags"] as const).map((one) => (
            <th key={one}>{t(reportWords[one])}</th>
          ))}
        </tr>
      </thead>
      <tbody>
        {gaps.map((gap) => (
          <tr key={`${gap.fromMs} ${gap.reason} ${gap.tags?.join()}`}>
            <td class="tabular">{dateTime(gap.fromMs, zone)}</td>
            <td class="tabular">{dateTime(gap.toMs, zone)}</td>
            <td class="nowrap">{t(span(gap.toMs - gap.fromMs))}</td>
            <td>{t(gapWord(gap.reason))}</td>
            <td class="long">{gap.tags?.join(", ") ?? t(reportWords.allTags)}</td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
