/** The words of reports, in both languages. Never a bare 一级 or 二级. */

import type { AlarmStateName, AlarmType, AlarmVerb, Priority } from "../../records.ts";
import type { Lang } from "../protocol.ts";

export type Word = Readonly<Record<Lang, string>>;

function word(zh: string, en: string): Word {
  return { zh, en };
}

export const typeWords: Readonly<Record<AlarmType, Word>> = {
  HH: word("高高报", "high high"),
  H: word("高报", "high"),
  L: word("低报", "low"),
  LL: word("低低报", "low low"),
  GAS1: word("气体高报", "gas high"),
  GAS2: word("气体高高报", "gas high high"),
  GAS3: word("气体三段报警", "gas third stage"),
  "O2-LOW": word("氧气低报", "oxygen low"),
  "O2-HIGH": word("氧气高报", "oxygen high"),
  RATE: word("变化过快", "rate of change"),
  FORECAST: word("预计越限", "limit forecast"),
  DEVIATION: word("偏差过大", "deviation"),
  FROZEN: word("数值冻结", "frozen"),
  "LEVEL-DROP": word("液位异常下降", "unexplained level drop"),
  CORROBORATED: word("泄漏印证", "corroborated leak"),
  FAULT: word("测点故障", "point fault"),
  OFFLINE: word("通讯中断", "no communication"),
  CAMERA: word("视频故障", "camera fault"),
  SELF: word("本机自检", "self check"),
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
  "in-service": word("恢复使用", "back in service"),
};

export const stateWords: Readonly<Record<AlarmStateName, Word>> = {
  normal: word("正常", "normal"),
  unacked: word("未确认", "unacknowledged"),
  acked: word("已确认", "acknowledged"),
  returned: word("已恢复未确认", "returned, unacknowledged"),
  "latched-unacked": word("锁存未确认", "latched, unacknowledged"),
  latched: word("锁存待复位", "latched, to be reset"),
  shelved: word("搁置中", "shelved"),
  suppressed: word("抑制中", "suppressed"),
  "out-of-service": word("停用中", "out of service"),
};

export const priorityWords: Readonly<Record<Priority, Word>> = {
  1: word("红", "P1 red"),
  2: word("橙", "P2 orange"),
  3: word("黄", "P3 yellow"),
  4: word("蓝", "P4 blue"),
};

const gapWords: Readonly<Record<string, Word>> = {
  "agent-stopped": word("程序未运行", "agent was not running"),
  eviction: word("磁盘配额已满, 最旧的未送读数被清除", "journal full: oldest unsent readings went"),
  thinned: word("磁盘配额已满, 读数被抽稀", "journal full: readings were thinned"),
  "journal-overload": word("日志来不及写入", "journal could not keep up"),
  "disk-full": word("磁盘已满", "disk full"),
  "disk-error": word("磁盘拒绝写入", "disk refused to write"),
  damaged: word("存储数据损坏", "stored data damaged"),
  "no-readings": word("无读数", "no readings"),
  "clock-set-back": word("时钟回拨, 该时段重复", "clock was set back: time lived twice"),
  "clock-set-forward": word("时钟前调, 该时段跳过", "clock was set forward: time skipped"),
};

/** A reason that a newer program gave is shown as it is. */
export function gapWord(reason: string, lang: Lang): string {
  return gapWords[reason]?.[lang] ?? reason;
}

export const reportWords = {
  title: word("交接班记录", "Shift report"),
  box: word("网关", "box"),
  span: word("时段", "span"),
  made: word("生成时间", "made"),
  page: word("第", "page"),
  ofPages: word("页, 共", "of"),
  pages: word("页", ""),
  raised: word("报警", "raised"),
  returned: word("恢复", "returned"),
  acked: word("确认", "acknowledged"),
  events: word("报警经过", "Alarm events"),
  open: word("班末未消除的报警", "Open at the end of the shift"),
  shelved: word("搁置中", "Shelved"),
  outOfService: word("停用中", "Out of service"),
  operator: word("操作记录", "What people did"),
  gaps: word("缺失的数据", "Gaps in the data"),
  none: word("无", "none"),
  time: word("时间", "Time"),
  priority: word("级别", "Priority"),
  source: word("测点", "Point"),
  type: word("类型", "Type"),
  event: word("事件", "Event"),
  value: word("数值 / 限值", "Value / limit"),
  state: word("状态", "State"),
  by: word("人员", "Who"),
  reason: word("原因 / 备注", "Reason / note"),
  until: word("至", "until"),
  since: word("起始", "Since"),
  did: word("操作", "Act"),
  from: word("来自", "From"),
  to: word("到", "To"),
  points: word("测点", "Points"),
  allPoints: word("全部", "all"),
  handover: word("交接", "Hand-over"),
  handedBy: word("交班人", "handed over by"),
  takenBy: word("接班人", "taken over by"),
  signature: word("签字", "signature"),
  seq: word("记录号", "Record"),
  tank: word("储罐", "Tank"),
  limit: word("限值", "Limit"),
  unit: word("单位", "Unit"),
  quality: word("质量", "Quality"),
  note: word("备注", "Note"),
  name: word("名称", "Name"),
  alarmId: word("报警编号", "Alarm id"),
} as const satisfies Readonly<Record<string, Word>>;
