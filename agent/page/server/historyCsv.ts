/** The alarm history as a file for a spreadsheet: page after page from the journal, never all of it in memory. */

import type { AlarmLine, Lang } from "../protocol.ts";
import type { HistoryQuery, PageQueries } from "./sources.ts";

/** Beyond it a spreadsheet is no longer the right tool; the last line says that it was cut. */
const linesMax = 100_000;
const pageLines = 1_000;
/** Spreadsheets take a file for UTF-8 by this. */
const mark = "\uFEFF";

const columns: readonly { zh: string; en: string; of: (line: AlarmLine) => unknown }[] = [
  { zh: "位号", en: "tag", of: (line) => line.source },
  { zh: "名称", en: "name", of: (line) => line.name },
  { zh: "储罐", en: "tank", of: (line) => line.tank },
  { zh: "类型", en: "type", of: (line) => line.type },
  { zh: "事件", en: "event", of: (line) => line.event },
  { zh: "级别", en: "priority", of: (line) => line.priority },
  { zh: "状态", en: "state after", of: (line) => line.stateAfter },
  { zh: "数值", en: "value", of: (line) => line.value },
  { zh: "单位", en: "unit", of: (line) => line.unit },
  { zh: "限值", en: "limit", of: (line) => line.limit },
  { zh: "质量", en: "quality", of: (line) => line.quality },
  { zh: "原因", en: "reason", of: (line) => line.reason },
  { zh: "操作人", en: "by", of: (line) => line.by },
  { zh: "备注", en: "note", of: (line) => line.note },
  { zh: "报警编号", en: "alarm id", of: (line) => line.alarmId },
  { zh: "记录号", en: "seq", of: (line) => line.seq },
];

export async function* historyCsv(
  query: HistoryQuery,
  options: { readonly queries: PageQueries; readonly timezone: string; readonly lang: Lang },
): AsyncGenerator<string> {
  const { queries, timezone, lang } = options;
  const time = new Intl.DateTimeFormat("sv-SE", {
    timeZone: timezone,
    dateStyle: "short",
    timeStyle: "medium",
  });
  yield `${mark}${[lang === "zh" ? "时间" : "time", ...columns.map((one) => one[lang])].join(",")}\r\n`;
  let before = query.before;
  for (let given = 0; given < linesMax; ) {
    const page = await queries.history({ ...query, limit: pageLines, before });
    yield page.lines
      .map((line) => {
        const cells = [time.format(line.atMs), ...columns.map(({ of }) => cell(of(line)))];
        return `${cells.join(",")}\r\n`;
      })
      .join("");
    given += page.lines.length;
    before = page.next;
    if (before === null) return;
  }
  yield lang === "zh"
    ? "还有更多记录, 请缩短时间段\r\n"
    : "There is more; choose a shorter time\r\n";
}

/** A text that a spreadsheet would take for a formula is kept a text. */
function cell(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return String(value);
  const text = String(value);
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
