/** The live summary in the terminal: one screen that says how the plant and the box are. Pure. */

import { styleText } from "node:util";
import sliceAnsi from "slice-ansi";
import stringWidth from "string-width";
import type { Priority } from "../../config/words/alarms.ts";
import {
  callWords,
  priorityLetters,
  priorityWords,
  reasonText,
  stateWords,
  toldByReason,
} from "../../config/words/alarmWords.ts";
import type { Lang } from "../../config/words/bilingual.ts";
import { carriesNumber, qualities } from "../../config/words/quality.ts";
import type { Agent } from "../agent.ts";
import type { AlarmEvent, StandingAlarm } from "../alarmRecords.ts";
import { stateOf } from "../alarms/alarm.ts";
import { compileLimits } from "../evaluate/limit.ts";
import type { ListedPoint } from "../pointList.ts";
import type { CommandIo } from "./io.ts";

/** The terminal has no orange. */
const colours = { 1: "red", 2: "magenta", 3: "yellow", 4: "blue" } as const;

const words = {
  points: { zh: "测点", en: "Points" },
  alarms: { zh: "报警", en: "Alarms" },
  unstored: {
    zh: "项报警变化尚未落盘: 磁盘无应答",
    en: "alarm changes not yet stored: the disk does not answer",
  },
  diskTrouble: { zh: "磁盘故障", en: "disk trouble" },
  diskSilent: { zh: "秒前存储最后一次应答", en: "s since the disk last answered" },
  clockDoubt: {
    zh: "本机时钟未同步: 显示的时间可能有误",
    en: "this box's clock is not synchronised: times shown may be wrong",
  },
  noAlarm: { zh: "无报警", en: "none" },
  uplink: { zh: "上传", en: "Upload" },
  buses: { zh: "总线", en: "Buses" },
  withValue: { zh: "有值", en: "with a value" },
  delivered: { zh: "已送达", en: "delivered" },
  backlog: { zh: "待传", en: "waiting" },
  records: { zh: "条记录", en: "records" },
  noUplink: { zh: "未配置（数据只存在本机）", en: "not configured (readings stay on this box)" },
  ok: { zh: "正常", en: "ok" },
  down: { zh: "断开", en: "down" },
  more: { zh: "另有", en: "and" },
  since: { zh: "始于", en: "since" },
} as const;

/** A value older than this many periods, and a moment, is not shown as a value. */
const staleAfterPeriods = 3;
const staleSlackMs = 5_000;
/** 2026-11-24 17:05:12 */
const beganFormat = {
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
} as const;
/** A commit is made at least every 10 s, also with nothing to store. */
const diskSilentMs = 20_000;
const indent = 10;
const cellWidth = 34;

/** The whole screen as lines no wider than the terminal. `now` is monotonic. */
export function summaryLines(agent: Agent, io: CommandIo, nowMs: number, rows: number): string[] {
  const head = [
    ...alarmLines(agent, io),
    "",
    busLine(agent, io.lang),
    uplinkLine(agent, io.lang),
    accountLine(agent, io.lang),
    ...boxWarnings(agent, io.lang, nowMs),
  ];
  const space = Math.max(4, rows - head.length - 3);
  return [...tankLines({ agent, io, nowMs, space }), "", ...head].map((line) =>
    cut(line, io.width),
  );
}

/** Points as short columns, tank by tank, each against its nearest limit. */
function tankLines(parts: {
  readonly agent: Agent;
  readonly io: CommandIo;
  readonly nowMs: number;
  readonly space: number;
}): string[] {
  const { agent, io, nowMs, space } = parts;
  const { list, live } = agent;
  const byTank = Map.groupBy(list.points, (point) => point.tank ?? "-");
  const lines = [
    `${words.points[io.lang]}: ${live.withNumber}/${list.points.length} ${words.withValue[io.lang]}`,
  ];
  const perLine = Math.max(1, Math.floor((io.width - indent) / (cellWidth + 1)));
  for (const [tank, points] of byTank) {
    const cells = points.map((point) => cell({ agent, point, io, nowMs }));
    for (let i = 0; i < cells.length; i += perLine) {
      const title = pad(i === 0 ? `  ${tank}` : "", indent);
      lines.push(title + cells.slice(i, i + perLine).join(" "));
    }
  }
  if (lines.length <= space) return lines;
  const rest = lines.length - space;
  return [...lines.slice(0, space), `  ${words.more[io.lang]} ${rest} ...`];
}

/** Value and unit against the limit that is nearest, or the words for why there is no value. */
function cell(parts: {
  readonly agent: Agent;
  readonly point: ListedPoint;
  readonly io: CommandIo;
  readonly nowMs: number;
}): string {
  const { agent, point, io, nowMs } = parts;
  const { value, quality, takenMs } = agent.live.reading(point.position);
  if (takenMs === null) return pad(`${point.id} …`, cellWidth);
  const { unit, decimals, every } = point.settings;
  const isStale = nowMs - takenMs > staleAfterPeriods * every + staleSlackMs;
  if (isStale) return pad(`${point.id} <stale>`, cellWidth);
  const text = carriesNumber(quality)
    ? `${value.toFixed(decimals ?? 1)} ${unit}${nearestLimit(point, value)}`
    : `<${qualities[quality]}>`;
  const mark = agent.live.standing.find((alarm) => alarm.source === point.id);
  const shown = pad(cut(`${point.id} ${text}`, cellWidth), cellWidth);
  return mark === undefined ? shown : paint(shown, mark.priority, io);
}

/** " [H 9600]", or nothing for a point without limits. */
function nearestLimit(point: ListedPoint, value: number): string {
  if (point.settings.limits === undefined) return "";
  const [nearest] = compileLimits(point.settings.limits)
    .filter((limit) => limit.type !== "RATE")
    .toSorted((a, b) => Math.abs(a.at - value) - Math.abs(b.at - value));
  return nearest === undefined ? "" : ` [${nearest.type} ${nearest.at}]`;
}

function alarmLines(agent: Agent, io: CommandIo): string[] {
  const standing = agent.live.standing.toSorted((a, b) => a.priority - b.priority);
  const { raised, returned } = agent.live.counts;
  const since = {
    zh: `启动以来报警 ${raised} 次, 恢复 ${returned} 次`,
    en: `since the start ${raised} raised, ${returned} returned`,
  };
  const title = `${words.alarms[io.lang]} (${since[io.lang]}): `;
  const { unstored } = agent.live;
  const caution = unstored > 0 ? [`  ! ${unstored} ${words.unstored[io.lang]}`] : [];
  if (standing.length === 0) return [title + words.noAlarm[io.lang], ...caution];
  const shown = standing.slice(0, 8).map((alarm) => alarmLine(alarm, io));
  const rest = standing.length - shown.length;
  const more = rest > 0 ? [`  ${words.more[io.lang]} ${rest} ...`] : [];
  return [`${title}${standing.length}`, ...caution, ...shown, ...more];
}

/** With the time it began by the box's clock: an alarm may stand since before the last start or reboot. */
function alarmLine(alarm: StandingAlarm, io: CommandIo): string {
  const began = new Intl.DateTimeFormat("sv", beganFormat).format(alarm.since.wallMs);
  const cause =
    alarm.detail === undefined ? "" : causeText({ ...alarm.detail, type: alarm.type }, io.lang);
  const state = stateWords[stateOf(alarm)][io.lang];
  const text = `${levelText(alarm.priority, io.lang)} ${alarm.source} ${alarm.type} ${cause} (${state}, ${words.since[io.lang]} ${began})`;
  return `  ${paint(text, alarm.priority, io)}`;
}

/** A letter and words beside the colour, always. */
function levelText(priority: Priority, lang: Lang): string {
  return `${priorityLetters[priority][lang]} ${priorityWords[priority][lang]}`;
}

/** A comparison has the unit of its figures; a fault has none, and a sentence has its own. */
function causeText(
  {
    type,
    limit,
    unit,
    ...why
  }: Pick<AlarmEvent, "type" | "reason" | "reasonZh" | "limit" | "unit">,
  lang: Lang,
): string {
  const reason = reasonText(why, lang);
  return limit === null || toldByReason.has(type) ? reason : `${reason} ${unit}`;
}

/** One transition as a line for a log that only grows. */
export function alarmText(event: AlarmEvent, isStored: boolean, lang: Lang): string {
  const verb = callWords[event.event];
  const tank = event.tank === null ? "" : ` [${event.tank}]`;
  const caution = { zh: "（尚未落盘）", en: " (not yet stored)" }[lang];
  const text = `${verb[lang]} ${levelText(event.priority, lang)} ${event.source} ${event.type}${tank}: ${causeText(event, lang)}`;
  return isStored ? text : text + caution;
}

function busLine(agent: Agent, lang: Lang): string {
  const texts = agent.buses.map(({ id, loop }) => {
    const silent = [...loop.counters].filter(([, counters]) => counters.health !== "up");
    if (loop.isLineDown) return `${id} ${words.down[lang]}`;
    if (silent.length === 0) return `${id} ${words.ok[lang]}`;
    return `${id} (${silent.map(([device, counters]) => `${device} ${counters.health}`).join(", ")})`;
  });
  return `${words.buses[lang]}: ${texts.join("; ")}`;
}

function uplinkLine(agent: Agent, lang: Lang): string {
  const { forwarder, journal } = agent;
  if (forwarder === null) return `${words.uplink[lang]}: ${words.noUplink[lang]}`;
  const { delivered, state } = forwarder.stats();
  const waiting = Object.values(journal.backlog).reduce((sum, lane) => sum + lane.records, 0);
  return (
    `${words.uplink[lang]}: ${state.words[lang]}; ${delivered} ${words.records[lang]} ${words.delivered[lang]}, ` +
    `${waiting} ${words.backlog[lang]}`
  );
}

/** What is wrong with the box itself, so that nobody takes its silence for health. */
export function boxWarnings(
  agent: Pick<Agent, "journal" | "clock">,
  lang: Lang,
  nowMs: number,
): string[] {
  const { trouble, committedAt } = agent.journal;
  const silentMs = committedAt === null ? 0 : nowMs - committedAt.monotonicMs;
  const warnings: string[] = [];
  if (trouble !== null) warnings.push(`! ${words.diskTrouble[lang]}: ${trouble}`);
  else if (silentMs > diskSilentMs) {
    warnings.push(`! ${Math.round(silentMs / 1_000)} ${words.diskSilent[lang]}`);
  }
  if (agent.clock.state === "unsynchronised") warnings.push(`! ${words.clockDoubt[lang]}`);
  return warnings;
}

function accountLine(agent: Agent, lang: Lang): string {
  const { made, delivered, stored, declaredLost } = agent.journal.account;
  return {
    zh: `账目: 产生 ${made} = 已送达 ${delivered} + 存储 ${stored} + 声明丢失 ${declaredLost}`,
    en: `Account: made ${made} = delivered ${delivered} + stored ${stored} + declared lost ${declaredLost}`,
  }[lang];
}

function paint(text: string, priority: Priority, io: CommandIo): string {
  return io.colour ? styleText(colours[priority], text, { validateStream: false }) : text;
}

function pad(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - stringWidth(text)));
}

/** Cuts by columns, not characters: a Chinese character takes two, a colour code none. */
function cut(line: string, width: number): string {
  return stringWidth(line) <= width ? line : `${sliceAnsi(line, 0, width - 1)}…`;
}

/** The same in one line, for a log that only grows. */
export function plainLine(agent: Agent, lang: Lang, nowMs: number): string {
  const { list, live } = agent;
  const points = `${words.points[lang]} ${live.withNumber}/${list.points.length}`;
  const alarms = `${words.alarms[lang]} ${live.standing.length}`;
  return [
    points,
    alarms,
    busLine(agent, lang),
    uplinkLine(agent, lang),
    accountLine(agent, lang),
    ...boxWarnings(agent, lang, nowMs),
  ].join(" | ");
}
