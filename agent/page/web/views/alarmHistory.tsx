/** What was: every transition as the journal has it, to search, page through and take away. */

import type { VNode } from "preact";
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import type { AlarmHistory, AlarmLine } from "../../protocol/alarms.ts";
import { get, type Trouble } from "../api.ts";
import { t } from "../lang.ts";
import { nowMs, site } from "../live.ts";
import { Button } from "../parts/button.tsx";
import { fromInput } from "../parts/zonedTime.ts";
import { alarmsWords } from "../words/alarms.ts";
import { shellWords } from "../words/shell.ts";
import { type HistoryFilter, HistoryFilters, weekUntil } from "./historyFilters.tsx";
import { HistoryTable } from "./historyTable.tsx";

const pageLines = 200;

export function AlarmHistoryList(): VNode {
  const zone = site.value?.timezone ?? "UTC";
  const [filter, setFilter] = useState<HistoryFilter>(() => weekUntil(nowMs.peek(), zone));
  const [lines, setLines] = useState<readonly AlarmLine[] | null>(null);
  const [next, setNext] = useState<string | null>(null);
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const asked = useRef(0);
  const query = queryOf(filter, zone);
  const load = useCallback(
    async (before: string | null, known: readonly AlarmLine[]) => {
      asked.current += 1;
      const mine = asked.current;
      const page = before === null ? "" : `&before=${encodeURIComponent(before)}`;
      const answer = await get<AlarmHistory>(
        `/api/alarms/history?${query}&limit=${pageLines}${page}`,
      );
      if (mine !== asked.current) return;
      setTrouble(answer.ok ? null : answer.error);
      if (!answer.ok) return;
      setLines([...known, ...answer.value.lines]);
      setNext(answer.value.next);
    },
    [query],
  );
  useEffect(() => void load(null, []), [load]);
  return (
    <div class="alarm-list">
      <HistoryFilters
        filter={filter}
        onFilter={setFilter}
        csvHref={`/api/alarms/history.csv?${query}`}
      />
      {trouble !== null && (
        <p class="message" role="status">
          {t(trouble)}
        </p>
      )}
      {lines === null && trouble === null && <p class="quiet pad">{t(shellWords.loading)}</p>}
      {lines !== null && lines.length === 0 && (
        <p class="quiet calm-note">{t(alarmsWords.noLines)}</p>
      )}
      {lines !== null && lines.length > 0 && <HistoryTable lines={lines} zone={zone} />}
      {lines !== null && next !== null && (
        <Button onPress={() => void load(next, lines)}>{t(alarmsWords.more)}</Button>
      )}
    </div>
  );
}

function queryOf(filter: HistoryFilter, zone: string): string {
  const query = new URLSearchParams();
  const fromMs = fromInput(filter.from, zone);
  const toMs = fromInput(filter.to, zone);
  if (fromMs !== undefined) query.set("from", String(fromMs));
  if (toMs !== undefined) query.set("to", String(toMs));
  for (const name of ["search", "priority", "type", "event"] as const) {
    if (filter[name] !== "") query.set(name, filter[name]);
  }
  return query.toString();
}
