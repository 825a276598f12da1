/** Alarm types, levels and transitions in the words of people. Pure. */

import type { AlarmType, AlarmVerb, Priority } from "../records.ts";

export interface Word {
  readonly zh: string;
  readonly en: string;
}

/** Never a bare number: gas levels and warning levels count in opposite directions. */
export const priorityWords: Readonly<Record<Priority, Word>> = {
  1: { zh: "红色", en: "RED" },
  2: { zh: "橙色", en: "ORANGE" },
  3: { zh: "黄色", en: "YELLOW" },
  4: { zh: "蓝色", en: "BLUE" },
};

export const typeWords: Readonly<Record<AlarmType, Word>> = {
  LL: { zh: "低低报", en: "low-low" },
  L: { zh: "低报", en: "low" },
  H: { zh: "高报", en: "high" },
  HH: { zh: "高高报", en: "high-high" },
  GAS1: { zh: "气体高报", en: "gas high" },
  GAS2: { zh: "气体高高报", en: "gas high-high" },
  GAS3: { zh: "气体三段报警", en: "gas third level" },
  "O2-LOW": { zh: "氧气低报", en: "oxygen low" },
  "O2-HIGH": { zh: "氧气高报", en: "oxygen high" },
  RATE: { zh: "变化过快", en: "changing too fast" },
  FORECAST: { zh: "预计越限", en: "limit expected soon" },
  DEVIATION: { zh: "偏差过大", en: "sensors disagree" },
  FROZEN: { zh: "数值冻结", en: "frozen value" },
  "LEVEL-DROP": { zh: "液位异常下降", en: "unexplained level drop" },
  CORROBORATED: { zh: "泄漏印证", en: "leak corroborated" },
  FAULT: { zh: "测点故障", en: "sensor fault" },
  OFFLINE: { zh: "通讯中断", en: "offline" },
  CAMERA: { zh: "视频故障", en: "camera fault" },
  SELF: { zh: "本机自检", en: "self-check of the box" },
};

/** Each holds the word 报警 or ALARM, which a robot may be set to demand. */
export const verbWords: Readonly<Record<AlarmVerb, Word>> = {
  raise: { zh: "报警", en: "ALARM" },
  escalate: { zh: "报警升级", en: "ALARM escalated" },
  return: { zh: "报警恢复", en: "ALARM returned" },
  "re-alarm": { zh: "再次报警", en: "ALARM again" },
  ack: { zh: "报警已确认", en: "ALARM acknowledged" },
  handle: { zh: "报警已处置", en: "ALARM handled" },
  reset: { zh: "报警已复位", en: "ALARM reset" },
  shelve: { zh: "报警已搁置", en: "ALARM shelved" },
  unshelve: { zh: "报警取消搁置", en: "ALARM unshelved" },
  suppress: { zh: "报警已抑制", en: "ALARM suppressed" },
  unsuppress: { zh: "报警取消抑制", en: "ALARM unsuppressed" },
  "out-of-service": { zh: "报警已停用", en: "ALARM out of service" },
  "in-service": { zh: "报警恢复使用", en: "ALARM in service again" },
};

export const selfAdvice: Word = {
  zh: "本机的监视可能已经中断: 请派人到现场值守, 并检查或重启本机",
  en: "this box may not be watching: send somebody to the tanks, then check or restart the box",
};
