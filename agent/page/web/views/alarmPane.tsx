/** The alarms beside the tanks: in reading order, and grouped by tank while a flood is on. Nothing is hidden. */

import type { VNode } from "preact";
import type { AlarmView } from "../../protocol/alarms.ts";
import { inOrder, isHeldBack } from "../alarmOrder.ts";
import { t } from "../lang.ts";
import { box, listedAlarms, site } from "../live.ts";
import { hrefOf } from "../router.ts";
import { headerWords } from "../words/header.ts";
import { overviewWords } from "../words/overview.ts";
import { AlarmCard } from "./alarmCard.tsx";

/** More are a click away: a wall screen shows no more, and a flood must not slow the page down. */
const shownMax = 60;
const groupMax = 4;

export function AlarmPane(): VNode {
  const all = inOrder([...listedAlarms.value.values()].filter((one) => !isHeldBack(one)));
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

/** By tank, the tank with the worst alarm first; in each its first-out on top, then the worst. The rest is counted. */
function Groups({ all }: { readonly all: readonly AlarmView[] }): VNode {
  const groups = [...Map.groupBy(all, (one) => one.tank)].map(([tank, some]) => ({
    tank,
    some: some.toSorted(
      (a, b) => Number(b.isFirstOut) - Number(a.isFirstOut) || a.priority - b.priority,
    ),
    worst: Math.min(...some.map((one) => one.priority)),
  }));
  groups.sort((a, b) => a.worst - b.worst);
  return (
    <>
      {groups.map(({ tank, some }) => (
        <section key={tank ?? ""} class="group">
          <h3>
            {nameOf(tank)} <span class="quiet tabular">{some.length}</span>
          </h3>
          <List all={some.slice(0, groupMax)} />
          {some.length > groupMax && (
            <a class="button" href={tank === null ? hrefOf("alarms") : hrefOf("tank", tank)}>
              {t(overviewWords.rest(some.length - groupMax))}
            </a>
          )}
        </section>
      ))}
    </>
  );
}

function nameOf(tank: string | null): string {
  if (tank === null) return t(overviewWords.elsewhere);
  return site.value?.tanks.find((one) => one.id === tank)?.name ?? tank;
}
