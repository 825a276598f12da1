/** The alarm history as a CSV file that Excel opens as it is, page by page. */

import type { AlarmHistory, AlarmLine, Lang } from "../protocol.ts";
import type { TimeText } from "./reportTime.ts";
import { priorityWords, reportWords, stateWords, typeWords, verbWords } from "./reportWords.ts";

/** So that Excel reads UTF-8 as UTF-8. */
const byteOrderMark = "\ufeff";
/** A spreadsheet would take such a text for a formula; full-width signs too, where an input method offers them. */
const formulaLike = /^(?:[=@\t\r＝＠]|[+\-＋－].)/;
const needsQuotes = /[",\r\n]/;

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
  yield byteOrderMark + row(names.map((name) => reportWords[name][lang]));
  let before: string | null = null;
  do {
    const page: AlarmHistory = await ask(before);
    yield page.lines.map((line) => row(cells(line, lang, time))).join("");
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
    line.reason,
    line.by,
    line.note,
    line.untilMs === null ? null : time(line.untilMs),
    line.alarmId,
    line.seq,
  ];
}

function row(all: readonly (string | number | null)[]): string {
  return `${all.map(cell).join(",")}\r\n`;
}

/** Nothing is an empty cell, never a 0. A text that looks like a formula gets an apostrophe before it. */
function cell(value: string | number | null): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  const safe = formulaLike.test(value) ? `'${value}` : value;
  return needsQuotes.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
