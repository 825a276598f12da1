/**
 * Alarms in the words of people, said once for the page, the reports, the terminal and the robots. English in lower
 * case, as inside a sentence. Never a bare 一级/二级: gas levels and warning levels number in opposite directions.
 */

import type { AlarmStateName, AlarmType, AlarmVerb, Priority } from "./alarms.ts";
import { type Lang, type Word, word } from "./bilingual.ts";

export const priorityWords: Readonly<Record<Priority, Word>> = {
  1: word("红色", "red"),
  2: word("橙色", "orange"),
  3: word("黄色", "yellow"),
  4: word("蓝色", "blue"),
};

/** One letter beside the colour, for those who do not see it. */
export const priorityLetters: Readonly<Record<Priority, Word>> = {
  1: word("红", "R"),
  2: word("橙", "O"),
  3: word("黄", "Y"),
  4: word("蓝", "B"),
};

export const typeWords: Readonly<Record<AlarmType, Word>> = {
  LL: word("低低报", "low-low"),
  L: word("低报", "low"),
  H: word("高报", "high"),
  HH: word("高高报", "high-high"),
  GAS1: word("气体高报", "gas high"),
  GAS2: word("气体高高报", "gas high-high"),
  GAS3: word("气体三段报警", "gas third stage"),
  "O2-LOW": word("氧气低报", "oxygen low"),
  "O2-HIGH": word("氧气高报", "oxygen high"),
  RATE: word("变化过快", "changes too fast"),
  FORECAST: word("预计越限", "limit expected"),
  DEVIATION: word("偏差过大", "deviation"),
  FROZEN: word("数值冻结", "value frozen"),
  "LEVEL-DROP": word("液位异常下降", "unexplained level drop"),
  CORROBORATED: word("泄漏印证", "corroborated leak"),
  FAULT: word("故障", "fault"),
  OFFLINE: word("通讯中断", "communication lost"),
  CAMERA: word("视频故障", "camera fault"),
  SELF: word("本机自检", "self-check of the box"),
};

export const stateWords: Readonly<Record<AlarmStateName, Word>> = {
  normal: word("正常", "normal"),
  unacked: word("未确认", "unacknowledged"),
  acked: word("已确认", "acknowledged"),
  returned: word("已恢复未确认", "returned, unacknowledged"),
  "latched-unacked": word("锁存未确认", "latched, unacknowledged"),
  latched: word("锁存待复位", "latched, needs reset"),
  shelved: word("搁置", "shelved"),
  suppressed: word("设计抑制", "suppressed by design"),
  "out-of-service": word("停用", "out of service"),
};

export const verbWords: Readonly<Record<AlarmVerb, Word>> = {
  raise: word("报警", "raised"),
  escalate: word("升级", "escalated"),
  return: word("恢复", "returned"),
  "re-alarm": word("再次提醒", "re-alarmed"),
  ack: word("确认", "acknowledged"),
  handle: word("处置", "handled"),
  reset: word("复位", "reset"),
  shelve: word("搁置", "shelved"),
  unshelve: word("取消搁置", "unshelved"),
  suppress: word("设计抑制", "suppressed"),
  unsuppress: word("解除抑制", "unsuppressed"),
  "out-of-service": word("停用", "out of service"),
  "in-service": word("恢复投用", "in service"),
};

/** For a line that stands alone. Each holds the word 报警 or ALARM, which a robot may be set to demand. */
export const callWords: Readonly<Record<AlarmVerb, Word>> = {
  raise: word("报警", "ALARM"),
  escalate: word("报警升级", "ALARM escalated"),
  return: word("报警恢复", "ALARM returned"),
  "re-alarm": word("再次报警", "ALARM again"),
  ack: word("报警已确认", "ALARM acknowledged"),
  handle: word("报警已处置", "ALARM handled"),
  reset: word("报警已复位", "ALARM reset"),
  shelve: word("报警已搁置", "ALARM shelved"),
  unshelve: word("报警取消搁置", "ALARM unshelved"),
  suppress: word("报警已抑制", "ALARM suppressed"),
  unsuppress: word("报警取消抑制", "ALARM unsuppressed"),
  "out-of-service": word("报警已停用", "ALARM out of service"),
  "in-service": word("报警恢复使用", "ALARM in service again"),
};

/** Of these the reason is a whole sentence: a value beside a limit says too little, or the wrong thing. */
export const toldByReason: ReadonlySet<AlarmType> = new Set<AlarmType>([
  "FORECAST",
  "DEVIATION",
  "LEVEL-DROP",
  "CORROBORATED",
  "FROZEN",
  "FAULT",
  "SELF",
]);

/** Why an alarm is as it is, in the reader's language where that is known. */
export function reasonText(
  { reason, reasonZh }: { readonly reason: string; readonly reasonZh?: string | undefined },
  lang: Lang,
): string {
  return lang === "zh" ? (reasonZh ?? reason) : reason;
}
