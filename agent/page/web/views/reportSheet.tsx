/** The report itself: what is printed. */

import type { ComponentChildren, VNode } from "preact";
import type { ShiftReport } from "../../protocol/history.ts";
import { t } from "../lang.ts";
import { LevelMark } from "../parts/levelMark.tsx";
import { SheetFacts } from "../parts/sheetFacts.tsx";
import { StandingTable } from "../parts/standingTable.tsx";
import { dateMinute, dateTime } from "../parts/zonedTime.ts";
import { priorityWords } from "../words/alarm.ts";
import { count } from "../words/measures.ts";
import { reportWords } from "../words/report.ts";
import { HistoryTable } from "./historyTable.tsx";
import { GapTable, OperatorTable } from "./reportTables.tsx";

interface ReportSheetProps {
  readonly report: ShiftReport;
  readonly zone: string;
  /** What hands the shift over. */
  readonly children: ComponentChildren;
}

export function ReportSheet({ report, zone, children }: ReportSheetProps): VNode {
  const { fromMs, toMs, madeMs } = report;
  const time = `${dateMinute(fromMs, zone)} – ${dateMinute(toMs, zone)}`;
  return (
    <>
      <SheetFacts
        facts={[
          [t(reportWords.site), report.site],
          [t(reportWords.box), report.box],
          [t(reportWords.time), madeMs < toMs ? `${time} (${t(reportWords.running)})` : time],
          [t(reportWords.made), dateTime(madeMs, zone)],
        ]}
      />
      <Summary report={report} />
      <section>
        <h2>{t(reportWords.handover)}</h2>
        <Handover report={report} zone={zone} />
        {children}
      </section>
      <StandingTable title={t(reportWords.open)} all={report.open} zone={zone} />
      <StandingTable title={t(reportWords.shelved)} all={report.shelved} zone={zone} />
      <StandingTable title={t(reportWords.outOfService)} all={report.outOfService} zone={zone} />
      <section>
        <h2>
          {t(reportWords.lines)} ({count(report.lines.length)})
        </h2>
        {report.lines.length === 0 ? (
          <p class="quiet">{t(reportWords.noLines)}</p>
        ) : (
          <HistoryTable lines={report.lines} zone={zone} />
        )}
      </section>
      <section>
        <h2>{t(reportWords.operator)}</h2>
        <OperatorTable lines={report.operator} zone={zone} />
      </section>
      <section>
        <h2>{t(reportWords.gaps)}</h2>
        <GapTable gaps={report.gaps} zone={zone} />
      </section>
      <div class="paper-sign">
        <p>
          {t(reportWords.giver)} ({t(reportWords.sign)})
        </p>
        <p>
          {t(reportWords.taker)} ({t(reportWords.sign)})
        </p>
      </div>
    </>
  );
}

function Summary({ report }: { readonly report: ShiftReport }): VNode {
  const { counts } = report;
  return (
    <section>
      <h2>{t(reportWords.summary)}</h2>
      <SheetFacts
        facts={[
          [t(reportWords.raised), count(counts.raised)],
          [t(reportWords.returned), count(counts.returned)],
          [t(reportWords.acked), count(counts.acked)],
          ...([1, 2, 3, 4] as const).map((one): readonly [string, VNode] => [
            t(priorityWords[one].name),
            <span key={one} class="row">
              <LevelMark priority={one} isIdle={counts.byPriority[one] === 0} />
              {count(counts.byPriority[one])}
            </span>,
          ]),
        ]}
      />
    </section>
  );
}

function Handover({ report: { handover }, zone }: Omit<ReportSheetProps, "children">): VNode {
  if (handover === null) return <p class="quiet">{t(reportWords.notHandedOver)}</p>;
  return (
    <SheetFacts
      facts={[
        [t(reportWords.giver), handover.from],
        [t(reportWords.taker), handover.to],
        [t(reportWords.at), dateTime(handover.atMs, zone)],
        [t(reportWords.note), handover.note],
      ]}
    />
  );
}
