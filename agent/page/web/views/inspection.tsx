/** One printable page for the inspector: what is measured, against what, how reliably, and what is held back. */

import "../parts/paper.css";
import type { VNode } from "preact";
import type { InspectionView } from "../../protocol/system.ts";
import { t } from "../lang.ts";
import { Button } from "../parts/button.tsx";
import { useLoaded } from "../parts/loaded.ts";
import { SheetFacts } from "../parts/sheetFacts.tsx";
import { StandingTable } from "../parts/standingTable.tsx";
import { dateTime } from "../parts/zonedTime.ts";
import { inspectionWords } from "../words/inspection.ts";
import { percent } from "../words/measures.ts";
import { shellWords } from "../words/shell.ts";
import { OnlineTable, PointTable } from "./inspectionTables.tsx";

export function Inspection(): VNode {
  const { value, trouble, reload } = useLoaded<InspectionView>("/api/inspection", 0);
  return (
    <div class="view paper">
      <h1>{t(inspectionWords.title)}</h1>
      <div class="row no-print">
        <Button onPress={reload}>{t(inspectionWords.refresh)}</Button>
        <Button kind="strong" isDisabled={value === null} onPress={() => print()}>
          {t(inspectionWords.print)}
        </Button>
      </div>
      {trouble !== null && (
        <p class="message" role="alert">
          {t(trouble)}
        </p>
      )}
      {value === null && trouble === null && <p class="quiet">{t(shellWords.loading)}</p>}
      {value !== null && <Sheet view={value} />}
    </div>
  );
}

function Sheet({ view }: { readonly view: InspectionView }): VNode {
  const { site, online } = view;
  const zone = site.timezone;
  return (
    <>
      <Head view={view} />
      <section>
        <h2>{t(inspectionWords.online)}</h2>
        <SheetFacts
          facts={[
            [t(inspectionWords.boxMonth), percent(online.boxPercent)],
            [t(inspectionWords.pointsMonth), percent(online.pointsPercent)],
            [t(inspectionWords.dropOutsMonth), String(online.boxDropOuts)],
            [t(inspectionWords.box30), percent(online.last30Days.boxPercent)],
            [t(inspectionWords.points30), percent(online.last30Days.pointsPercent)],
            [t(inspectionWords.dropOuts30), String(online.last30Days.boxDropOuts)],
          ]}
        />
      </section>
      <StandingTable title={t(inspectionWords.open)} all={view.open} zone={zone} />
      <StandingTable title={t(inspectionWords.outOfService)} all={view.outOfService} zone={zone} />
      <StandingTable title={t(inspectionWords.shelved)} all={view.shelved} zone={zone} />
      <section>
        <h2>
          {t(inspectionWords.points)} ({site.points.length})
        </h2>
        <PointTable site={site} />
      </section>
      <section>
        <h2>
          {t(inspectionWords.online)} · {t(inspectionWords.day)}
        </h2>
        <OnlineTable days={online.last30Days.days} zone={zone} />
      </section>
    </>
  );
}

function Head({ view }: { readonly view: InspectionView }): VNode {
  const { site } = view;
  const hazards = site.hazards.map(({ name, level }) =>
    level === null ? name : `${name} (${t(inspectionWords.hazardLevel(level))})`,
  );
  const oldest = view.oldestReadingMs;
  return (
    <SheetFacts
      facts={[
        [t(inspectionWords.site), site.name],
        [t(inspectionWords.siteId), site.id],
        [t(inspectionWords.box), site.box],
        [t(inspectionWords.hazards), hazards.join("; ") || t(inspectionWords.none)],
        [t(inspectionWords.made), dateTime(view.madeMs, site.timezone)],
        [t(inspectionWords.keep), t(inspectionWords.days(view.keepReadingsDays))],
        [
          t(inspectionWords.oldest),
          oldest === null ? t(inspectionWords.none) : dateTime(oldest, site.timezone),
        ],
      ]}
    />
  );
}
