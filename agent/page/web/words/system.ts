/** Words of the system view: how the box itself does. */

import type { Word } from "../../../../config/words/bilingual.ts";

export const systemWords = {
  title: { zh: "系统", en: "System" },
  online: { zh: "本月在线率", en: "On line this month" },
  boxOnline: { zh: "网关在线率", en: "Box on line" },
  pointsOnline: { zh: "测点在线率", en: "Points on line" },
  dropOuts: { zh: "本月掉线次数", en: "Drop-outs this month" },
  days: { zh: "逐日在线率", en: "On line, day by day" },
  day: { zh: "日期", en: "Day" },
  times: { zh: "掉线次数", en: "Drop-outs" },
  asTable: { zh: "逐日数字", en: "Figures of each day" },
  since: { zh: "统计自", en: "counted from" },
  unjudged: { zh: "无法判断的报警", en: "What cannot be judged" },
  allJudged: { zh: "所有限值和规则都有数可判。", en: "Every limit and rule has its values." },
  unjudgedHint: {
    zh: "缺数期间这些报警不会出现",
    en: "While values are missing these alarms cannot come",
  },
  judge: { zh: "规则 / 测点", en: "Rule / point" },
  missingInputs: { zh: "缺数的测点", en: "Values that are missing" },
  buses: { zh: "总线与设备", en: "Buses and devices" },
  bus: { zh: "总线", en: "Bus" },
  device: { zh: "设备", en: "Device" },
  health: { zh: "状态", en: "State" },
  answers: { zh: "应答", en: "Answers" },
  failures: { zh: "失败", en: "Failures" },
  missed: { zh: "错过的轮询", en: "missed polls" },
  busUp: { zh: "线路正常", en: "line is up" },
  busDown: { zh: "线路中断", en: "line is down" },
  upload: { zh: "上传与待传", en: "Upload and queue" },
  state: { zh: "状态", en: "State" },
  waiting: { zh: "待传", en: "Waiting" },
  oldest: { zh: "最早一条已等待", en: "Oldest has waited" },
  drain: { zh: "预计传完还需", en: "Time to drain" },
  nothingWaits: { zh: "无待传", en: "nothing waits" },
  notDraining: { zh: "未在减少", en: "not getting less" },
  delivered: { zh: "本次运行已送达", en: "Delivered since start" },
  journal: { zh: "存储与平账", en: "Journal and account" },
  account: {
    zh: "产生 = 已送达 + 存储中 + 已申明丢失",
    en: "made = delivered + stored + declared lost",
  },
  balanced: { zh: "平账, 无遗漏", en: "balanced, nothing missing" },
  used: { zh: "已用", en: "Used" },
  of: { zh: "上限", en: "of at most" },
  free: { zh: "磁盘剩余", en: "Free on disk" },
  trouble: { zh: "存储故障", en: "Trouble" },
  noTrouble: { zh: "无", en: "none" },
  unknown: { zh: "未知", en: "unknown" },
  box: { zh: "本机", en: "The box" },
  version: { zh: "版本", en: "Version" },
  started: { zh: "启动于", en: "Started" },
  uptime: { zh: "已运行", en: "Running for" },
  clock: { zh: "时钟", en: "Clock" },
  offset: { zh: "偏差", en: "offset" },
  memory: { zh: "内存占用", en: "Memory" },
  pages: { zh: "已连接页面", en: "Pages connected" },
  withSound: { zh: "其中有声音", en: "of them with sound" },
  file: { zh: "配置文件", en: "Site file" },
  builtIn: { zh: "内置", en: "built in" },
  dataDir: { zh: "数据目录", en: "Data folder" },
  audit: { zh: "最近操作记录", en: "Latest acts" },
  time: { zh: "时间", en: "Time" },
  who: { zh: "人员", en: "Who" },
  did: { zh: "操作", en: "Did" },
  note: { zh: "内容", en: "Note" },
  auditFile: { zh: "下载完整操作记录", en: "Download the whole log" },
  noActs: { zh: "近 30 天没有操作。", en: "No acts in 30 days." },
} as const;

const unknown: Word = systemWords.unknown;

const healthWords: Readonly<Record<string, Word>> = {
  up: { zh: "正常", en: "well" },
  suspect: { zh: "可疑, 应答不稳", en: "suspect: answers are missing" },
  down: { zh: "中断, 定期试探", en: "down: tried now and then" },
};

/** Of a device; a state this page does not know is said as it came. */
export function healthWord(health: string): Word {
  return healthWords[health] ?? { zh: health, en: health };
}

const clockWords: Readonly<Record<string, Word>> = {
  synchronised: { zh: "已同步", en: "synchronised" },
  unsynchronised: { zh: "未同步", en: "not synchronised" },
  unknown,
};

/** Of the clock; a state this page does not know is said as it came. */
export function clockWord(state: string): Word {
  return clockWords[state] ?? { zh: state, en: state };
}

export function outOfBalance(records: string): Word {
  return { zh: `不平: 差 ${records} 条`, en: `out of balance by ${records} records` };
}
