/** The alarms beside the tanks: in reading order, and grouped by tank while a flood is on. Nothing is hidden. */

import type { VNode } from "preact";
import type { AlarmView } from "../../protocol.ts";
import { inOrder, isHeldBack } from "../alarmOrder.ts";
import { t } from "../lang.ts";
import { alarms, box, site } from "../live.ts";
import { hrefOf } from "../router.ts";
import { headerWords } from "../words/header.ts";
import { overviewWords } from "../words/overview.ts";
import { AlarmCard } from "./alarmCard.tsx";

/** More are a click away: a wall screen shows no more, and a flood must not slow the page down. */
const shownMax = 60;

export function AlarmPane(): VNode {
  const all = inOrder([...alarms.value.values()].filter((one) => !isHeldBack(one)));
  const flood = box.value?.flood;
  return (
    <section class="alarm-pane" aria-labelledby="alarm-pane-title">
      <h2 id="alarm-pane-title">
        {t(overviewWords.alarms)} <span class="quiet tabular">{all.length}</span>
      </h2>
      {flood?.isOn === true && (
        <p class="message flood">
          <b>{t(headerWords.flood)}</b> {t(headerWords.floodCount(flood.inTenMinutes))}
        </p>
      )}
      {all.length === 0 && <p class="quiet calm-note">{t(overviewWords.noAlarms)}</p>}
      {flood?.isOn === true ? <Groups all={all} /> : <List all={all.slice(0, shownMax)} />}
      {all.length > 0 && (
        <a class="button" href={hrefOf("alarms")}>
          {t(overviewWords.allAlarms(all.length))}
        </a>
      )}
    </section>
  );
}

function List({ all }: { readonly all: readonly AlarmView[] }): VNode {
  return (
    <ul class="cards">
      {all.map((one) => (
        <AlarmCard key={one.key} alarm={one} />
      ))}
    </ul>
  );
}

function Groups({ all }: { readonly all: readonly AlarmView[] }): VNode {
  const groups = Map.groupBy(all.slice(0, shownMax), (one) => one.tank);
  return (
    <>
      {[...groups].map(([tank, some]) => (
        <section key={tank ?? ""} class="group">
          <h3>
            {tank === null
              ? t(overviewWords.elsewhere)
              : (site.value?.tanks.find((one) => one.id === tank)?.name ?? tank)}{" "}
            <span class="quiet tabular">{all.filter((one) => one.tank === tank).length}</span>
          </h3>
          <List all={some.toSorted((a, b) => Number(b.isFirstOut) - Number(a.isFirstOut))} />
        </section>
      ))}
    </>
  );
}
