/** What to look for in the history of alarms. */

import type { VNode } from "preact";
import { alarmTypes } from "../../../../config/words/alarms.ts";
import { verbWords } from "../../../../config/words/alarmWords.ts";
import type { Word } from "../../../../config/words/bilingual.ts";
import { t } from "../lang.ts";
import { Select } from "../parts/select.tsx";
import { TextField } from "../parts/textField.tsx";
import { toInput } from "../parts/zonedTime.ts";
import { priorityWords, typeWords } from "../words/alarm.ts";
import { alarmsWords } from "../words/alarms.ts";

/** As typed; times in the plant's zone. Empty: all. */
export interface HistoryFilter {
  readonly from: string;
  readonly to: string;
  readonly search: string;
  readonly priority: string;
  readonly type: string;
  readonly event: string;
}

const weekMs = 7 * 24 * 3_600_000;
const minuteMs = 60_000;

export function weekUntil(nowMs: number, zone: string): HistoryFilter {
  return {
    from: toInput(nowMs - weekMs, zone),
    // The minute that runs belongs to it.
    to: toInput(nowMs + minuteMs, zone),
    search: "",
    priority: "",
    type: "",
    event: "",
  };
}

interface HistoryFiltersProps {
  readonly filter: HistoryFilter;
  readonly onFilter: (filter: HistoryFilter) => void;
  readonly csvHref: string;
}

export function HistoryFilters({ filter, onFilter, csvHref }: HistoryFiltersProps): VNode {
  const set = (name: keyof HistoryFilter) => (value: string) =>
    onFilter({ ...filter, [name]: value });
  const types = alarmTypes.map((one): readonly [string, Word] => [one, typeWords[one].name]);
  return (
    <search class="filters no-print">
      <TextField
        label={t(alarmsWords.from)}
        type="datetime-local"
        value={filter.from}
        onText={set("from")}
      />
      <TextField
        label={t(alarmsWords.to)}
        type="datetime-local"
        value={filter.to}
        onText={set("to")}
      />
      <TextField label={t(alarmsWords.search)} value={filter.search} onText={set("search")} />
      <Select
        label={t(alarmsWords.level)}
        value={filter.priority}
        onPick={set("priority")}
        choices={([1, 2, 3, 4] as const).map((one) => [String(one), priorityWords[one].name])}
      />
      <Select
        label={t(alarmsWords.type)}
        value={filter.type}
        onPick={set("type")}
        choices={types}
      />
      <Select
        label={t(alarmsWords.event)}
        value={filter.event}
        onPick={set("event")}
        choices={Object.entries(verbWords)}
      />
      <a class="button" href={csvHref} download>
        {t(alarmsWords.csv)}
      </a>
    </search>
  );
}
