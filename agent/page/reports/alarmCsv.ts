/** The alarm history as a CSV file that Excel opens as it is, page by page. */

import {
  priorityWords,
  reasonText,
  stateWords,
  typeWords,
  verbWords,
} from "../../../config/words/alarmWords.ts";
import type { Lang } from "../../../config/words/bilingual.ts";
import { byteOrderMark, csvRow } from "../../../config/words/csv.ts";
import type { AlarmHistory, AlarmLine } from "../protocol/alarms.ts";
import type { TimeText } from "./reportTime.ts";
import { reportWords } from "./reportWords.ts";

/** Chunks of text. `ask` is called for one page after another; what it rejects with ends the stream. */
export async function* alarmCsv(options: {
  readonly ask: (before: string | null) => Promise<AlarmHistory>;
  readonly lang: Lang;
  readonly time: TimeText;
}): AsyncGenerator<string> {
  const { ask, lang, time } = options;
  const names = [
    ...["time", "priority", "source", "name", "tank", "type", "event", "value", "unit"],
    ...["limit", "quality", "state", "reason", "by", "note", "until", "alarmId", "seq"],
  ] as const as readonly (keyof typeof reportWords)[];
  yield byteOrderMark + csvRow(names.map((name) => reportWords[name][lang]));
  let before: string | null = null;
  do {
    const page: AlarmHistory = await ask(before);
    yield page.lines.map((line) => csvRow(cells(line, lang, time))).join("");
    before = page.next;
  } while (before !== null);
}

function cells(line: AlarmLine, lang: Lang, time: TimeText): readonly (string | number | null)[] {
  return [
    time(line.atMs),
    priorityWords[line.priority][lang],
    line.source,
    line.name,
    line.tank,
    typeWords[line.type][lang],
    verbWords[line.event][lang],
    line.value,
    line.unit,
    line.limit,
    line.quality,
    stateWords[line.stateAfter][lang],
    reasonText(line, lang),
    line.by,
    line.note,
    line.untilMs === null ? null : time(line.untilMs),
    line.alarmId,
    line.seq,
  ];
}
