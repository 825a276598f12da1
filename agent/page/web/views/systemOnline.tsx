/** On-line rate and drop-outs of this month as the authority counts them, and a strip of its days. */

import type { VNode } from "preact";
import type { OnlineView } from "../../protocol/system.ts";
import { t } from "../lang.ts";
import { site } from "../live.ts";
import { Fact } from "../parts/fact.tsx";
import { Table } from "../parts/table.tsx";
import { dateOnly } from "../parts/zonedTime.ts";
import { percent } from "../words/measures.ts";
import { systemWords } from "../words/system.ts";

interface SystemOnlineProps {
  readonly online: OnlineView;
}

type Day = OnlineView["days"][number];

/** The strip shows this share of the scale, so that a bad hour of a day is seen. */
const percentMin = 90;
/** A day that was on line too little for the scale is still seen, and not taken for a day without a count. */
const heightMin = 5;

export function SystemOnline({ online }: SystemOnlineProps): VNode {
  const timezone = site.value?.timezone ?? "UTC";
  return (
    <section class="panel system-part">
      <h2>{t(systemWords.online)}</h2>
      <dl class="facts">
        <Fact name={t(systemWords.boxOnline)}>{percent(online.boxPercent)}</Fact>
        <Fact name={t(systemWords.pointsOnline)}>{percent(online.pointsPercent)}</Fact>
        <Fact name={t(systemWords.dropOuts)}>{online.boxDropOuts}</Fact>
      </dl>
      <DayStrip days={online.days} />
      <p class="quiet strip-ends">
        {t(systemWords.since)} {dateOnly(online.monthStartMs, timezone)}
      </p>
      <details>
        <summary>{t(systemWords.asTable)}</summary>
        <Table label={t(systemWords.days)} class="system-days">
          <thead>
            <tr>
              <th scope="col">{t(systemWords.day)}</th>
              <th scope="col">{t(systemWords.boxOnline)}</th>
              <th scope="col">{t(systemWords.pointsOnline)}</th>
              <th scope="col">{t(systemWords.times)}</th>
            </tr>
          </thead>
          <tbody>
            {online.days.map((day) => (
              <tr key={day.dayMs} class="tabular">
                <th scope="row">{dateOnly(day.dayMs, timezone)}</th>
                <td>{percent(day.boxPercent)}</td>
                <td>{percent(day.pointsPercent)}</td>
                <td>{day.dropOuts}</td>
              </tr>
            ))}
          </tbody>
        </Table>
      </details>
    </section>
  );
}

function DayStrip({ days }: { readonly days: readonly Day[] }): VNode {
  const width = Math.max(1, days.length) * 10;
  return (
    <svg
      class="day-strip"
      viewBox={`0 0 ${width} 40`}
      preserveAspectRatio="none"
      role="img"
      aria-label={`${t(systemWords.days)} (${percentMin}–100 %)`}
    >
      {days.map((day, at) => (
        <g key={day.dayMs}>
          <rect class="day-room" x={at * 10 + 0.5} y={0} width={9} height={40} />
          <rect
            class={day.dropOuts > 0 ? "day-cut" : "day-well"}
            x={at * 10 + 0.5}
            y={40 - heightOf(day)}
            width={9}
            height={heightOf(day)}
          />
        </g>
      ))}
    </svg>
  );
}

function heightOf({ boxPercent }: Day): number {
  if (boxPercent === null) return 0;
  return Math.max(heightMin, ((boxPercent - percentMin) / (100 - percentMin)) * 40);
}
