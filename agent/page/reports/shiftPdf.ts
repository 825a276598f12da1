/** The shift report as a PDF file made on the box: what stands on paper is what the report has, row by row. */

import {
  priorityWords,
  reasonText,
  stateWords,
  typeWords,
  verbWords,
} from "../../../config/words/alarmWords.ts";
import { auditWord } from "../../../config/words/auditWords.ts";
import type { Lang } from "../../../config/words/bilingual.ts";
import { qualities } from "../../../config/words/quality.ts";
import { qualityWords } from "../../../config/words/qualityWords.ts";
import type { AlarmLine, AlarmView } from "../protocol/alarms.ts";
import type { ShiftReport } from "../protocol/history.ts";
import { type Column, openPaper } from "./pdfTable.ts";
import type { ReportFont } from "./reportFont.ts";
import type { TimeText } from "./reportTime.ts";
import { gapWord, reportWords } from "./reportWords.ts";

export async function shiftReportPdf(
  report: ShiftReport,
  options: {
    readonly lang: Lang;
    readonly time: TimeText;
    /** See readReportFont. */
    readonly font: ReportFont;
    /** Lets the rest of the program run. */
    readonly breathe: () => Promise<void>;
  },
): Promise<Buffer> {
  const { lang, time, font, breathe } = options;
  const say = (word: keyof typeof reportWords): string => reportWords[word][lang];
  const title = `${say("title")} ${report.site}`;
  const { madeMs } = report;
  const paper = openPaper({ font, title, madeMs, breathe });
  paper.title(title);
  for (const text of headLines(report, { lang, time })) paper.line(text);
  for (const table of tablesOf(report, { lang, time })) {
    await paper.table({ ...table, none: say("none") });
  }
  const { handover } = report;
  paper.signatures({
    heading: say("handover"),
    text: handover === null ? say("notHandedOver") : `${time(handover.atMs)}  ${handover.note}`,
    fields: [
      `${say("handedBy")}: ${handover?.from ?? ""}  (${say("signature")})`,
      `${say("takenBy")}: ${handover?.to ?? ""}  (${say("signature")})`,
    ],
  });
  return await paper.finish((page, pages) => {
    const place = `${say("page")} ${page} ${say("ofPages")} ${pages} ${say("pages")}`;
    return `${report.site} · ${time(report.fromMs)} - ${time(report.toMs)} · ${place.trim()}`;
  });
}

interface Speaking {
  readonly lang: Lang;
  readonly time: TimeText;
}

function headLines(report: ShiftReport, { lang, time }: Speaking): readonly string[] {
  const say = (word: keyof typeof reportWords): string => reportWords[word][lang];
  const { raised, returned, acked, byPriority } = report.counts;
  const each = ([1, 2, 3, 4] as const).map(
    (priority) => `${priorityWords[priority][lang]} ${byPriority[priority]}`,
  );
  return [
    `${say("span")}: ${time(report.fromMs)} - ${time(report.toMs)}`,
    `${say("box")}: ${report.box}    ${say("made")}: ${time(report.madeMs)}`,
    `${say("raised")} ${raised} (${each.join(", ")}), ${say("returned")} ${returned}, ${say("acked")} ${acked}`,
  ];
}

interface Table {
  readonly heading: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly string[])[];
}

function tablesOf(report: ShiftReport, speaking: Speaking): readonly Table[] {
  const { lang, time } = speaking;
  const say = (word: keyof typeof reportWords): string => reportWords[word][lang];
  const column = (word: keyof typeof reportWords, share: number): Column => ({
    title: say(word),
    share,
  });
  const standing = (heading: "open" | "shelved" | "outOfService"): Table => ({
    heading: say(heading),
    columns: [
      ...[column("since", 0.13), column("priority", 0.07), column("source", 0.2)],
      ...[column("type", 0.12), column("value", 0.14), column("state", 0.14)],
      column("reason", 0.2),
    ],
    rows: report[heading].map((alarm) => standingRow(alarm, speaking)),
  });
  return [
    ...[standing("open"), standing("shelved"), standing("outOfService")],
    {
      heading: say("events"),
      columns: [
        ...[column("time", 0.13), column("priority", 0.07), column("source", 0.2)],
        ...[column("type", 0.1), column("event", 0.09), column("value", 0.13)],
        ...[column("by", 0.08), column("reason", 0.2)],
      ],
      rows: report.lines.map((line) => eventRow(line, speaking)),
    },
    {
      heading: say("operator"),
      columns: [
        ...[column("time", 0.13), column("by", 0.12), column("did", 0.35)],
        ...[column("note", 0.28), column("from", 0.12)],
      ],
      rows: report.operator.map(({ atMs, by, did, note, from }) => [
        ...[time(atMs), by, auditWord(did)[lang], note, from],
      ]),
    },
    {
      heading: say("gaps"),
      columns: [
        ...[column("from", 0.14), column("to", 0.14), column("reason", 0.4)],
        column("points", 0.32),
      ],
      rows: report.gaps.map(({ fromMs, toMs, reason, tags }) => [
        ...[time(fromMs), time(toMs), gapWord(reason, lang)],
        tags?.join(", ") ?? say("allPoints"),
      ]),
    },
  ];
}

function eventRow(line: AlarmLine, { lang, time }: Speaking): readonly string[] {
  const until = line.untilMs === null ? "" : `${reportWords.until[lang]} ${time(line.untilMs)}`;
  return [
    time(line.atMs),
    priorityWords[line.priority][lang],
    sourceText(line),
    typeWords[line.type][lang],
    verbWords[line.event][lang],
    valueText(line, lang),
    line.by ?? "",
    [reasonText(line, lang), line.note ?? "", until].filter((text) => text !== "").join("; "),
  ];
}

function standingRow(alarm: AlarmView, { lang, time }: Speaking): readonly string[] {
  const hold = alarm.shelved ?? alarm.outOfService;
  const held =
    hold === null
      ? []
      : [hold.by, hold.reason, hold.note, `${reportWords.until[lang]} ${time(hold.untilMs)}`];
  return [
    time(alarm.sinceMs),
    priorityWords[alarm.priority][lang],
    sourceText(alarm),
    typeWords[alarm.type][lang],
    valueText(alarm, lang),
    stateWords[alarm.state][lang],
    [reasonText(alarm, lang), ...held].filter((text) => text !== "").join("; "),
  ];
}

function sourceText({ source, name, tank }: Pick<AlarmLine, "source" | "name" | "tank">): string {
  // Most names begin with their tank's: once is enough.
  const place = tank !== null && name?.includes(tank) ? null : tank;
  return [source, name, place].filter((text) => text !== null).join(" ");
}

/** No number: the quality says why. */
function valueText(
  of: Pick<AlarmLine, "value" | "unit" | "limit" | "quality">,
  lang: Lang,
): string {
  const known = qualities.find((one): boolean => one === of.quality);
  const quality = known === undefined ? of.quality : qualityWords[known][lang];
  const value = of.value === null ? quality : `${of.value} ${of.unit}`.trim();
  return of.limit === null ? value : `${value} / ${of.limit}`;
}
