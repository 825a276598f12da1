/** All alarms: what stands, what is held back, what was. */

import "./alarms.css";
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { AlarmAct } from "../../protocol/alarms.ts";
import { inOrder, isHeldBack } from "../alarmOrder.ts";
import { t } from "../lang.ts";
import { listedAlarms } from "../live.ts";
import { Button } from "../parts/button.tsx";
import { hrefOf, route } from "../router.ts";
import { alarmsWords } from "../words/alarms.ts";
import { AlarmHistoryList } from "./alarmHistory.tsx";
import { AlarmTable } from "./alarmTable.tsx";
import { ShortcutHelp } from "./shortcutHelp.tsx";

const tabs = ["active", "held", "history"] as const;
type Tab = (typeof tabs)[number];
const activeActs: readonly AlarmAct[] = ["ack", "handle", "shelve", "out-of-service", "reset"];
const heldActs: readonly AlarmAct[] = ["unshelve", "in-service", "out-of-service"];

export function Alarms(): VNode {
  const [isHelp, setHelp] = useState(false);
  const tab: Tab = tabs.find((one) => one === route.value.id) ?? "active";
  const all = [...listedAlarms.value.values()];
  const active = all.filter((one) => !isHeldBack(one));
  const held = all.filter(isHeldBack);
  const counts: Readonly<Record<Tab, number | null>> = {
    active: active.length,
    held: held.length,
    history: null,
  };
  return (
    <div class="view alarms">
      <div class="alarms-head">
        <h1>{t(alarmsWords.title)}</h1>
        <nav aria-label={t(alarmsWords.tabs)} class="tabs">
          {tabs.map((one) => (
            <a
              key={one}
              href={hrefOf("alarms", one)}
              {...(one === tab ? { "aria-current": "page" as const } : {})}
            >
              {t(alarmsWords[one])} <span class="tabular">{counts[one]}</span>
            </a>
          ))}
        </nav>
        <Button kind="plain" onPress={() => setHelp(true)}>
          {t(alarmsWords.help)} <kbd class="keycap">?</kbd>
        </Button>
      </div>
      {tab === "active" && (
        <AlarmTable
          label={t(alarmsWords.active)}
          all={inOrder(active)}
          acts={activeActs}
          onHelp={() => setHelp(true)}
        />
      )}
      {tab === "held" && (
        <AlarmTable
          label={t(alarmsWords.held)}
          all={inOrder(held)}
          acts={heldActs}
          onHelp={() => setHelp(true)}
        />
      )}
      {tab === "history" && <AlarmHistoryList />}
      {isHelp && <ShortcutHelp onClose={() => setHelp(false)} />}
    </div>
  );
}
