/** The words of reports, in both languages. Never a bare 一级 or 二级. */

import { type Lang, type Word, word } from "../../../config/words/bilingual.ts";

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
  notHandedOver: word("本时段尚未交接", "not handed over in this span"),
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
