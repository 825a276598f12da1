/** Words of alarms: priorities, kinds, states, transitions. Never a bare 一级/二级: the standards number in opposite directions. */

import type { AlarmStateName, AlarmType, AlarmVerb, Priority } from "../../../records.ts";
import type { AlarmAct } from "../../protocol.ts";
import type { Word } from "../lang.ts";

/** One character inside the shape, and the colour's name beside it. */
export const priorityWords: Readonly<
  Record<Priority, { readonly letter: Word; readonly name: Word }>
> = {
  1: { letter: { zh: "红", en: "R" }, name: { zh: "红色报警", en: "Red alarm" } },
  2: { letter: { zh: "橙", en: "O" }, name: { zh: "橙色报警", en: "Orange alarm" } },
  3: { letter: { zh: "黄", en: "Y" }, name: { zh: "黄色报警", en: "Yellow alarm" } },
  4: { letter: { zh: "蓝", en: "B" }, name: { zh: "蓝色报警", en: "Blue alarm" } },
};

/** Sign for narrow places, and what it means. */
export const typeWords: Readonly<Record<AlarmType, { readonly sign: Word; readonly name: Word }>> =
  {
    LL: kind("LL", "低低报", "Low-low"),
    L: kind("L", "低报", "Low"),
    H: kind("H", "高报", "High"),
    HH: kind("HH", "高高报", "High-high"),
    GAS1: gas("H", "气体高报", "Gas high"),
    GAS2: gas("HH", "气体高高报", "Gas high-high"),
    GAS3: gas("HHH", "气体三段报警", "Gas third stage"),
    "O2-LOW": kind("O₂ L", "氧气低报", "Oxygen low"),
    "O2-HIGH": kind("O₂ H", "氧气高报", "Oxygen high"),
    RATE: named("变快", "RATE", "变化过快", "Changes too fast"),
    FORECAST: named("预计", "FCST", "预计越限", "Limit expected"),
    DEVIATION: named("偏差", "DEV", "偏差过大", "Deviation"),
    FROZEN: named("冻结", "FRZ", "数值冻结", "Value frozen"),
    "LEVEL-DROP": named("降位", "DROP", "液位异常下降", "Unexplained level drop"),
    CORROBORATED: named("泄漏", "LEAK", "泄漏印证", "Corroborated leak"),
    FAULT: named("故障", "FLT", "测点故障", "Point fault"),
    OFFLINE: named("断讯", "COMM", "通讯中断", "Communication lost"),
    CAMERA: named("视频", "CAM", "视频故障", "Camera fault"),
    SELF: named("自检", "SELF", "本机自检", "Self-check of the box"),
  };

export const stateWords: Readonly<Record<AlarmStateName, Word>> = {
  normal: { zh: "正常", en: "normal" },
  unacked: { zh: "未确认", en: "unacknowledged" },
  acked: { zh: "已确认", en: "acknowledged" },
  returned: { zh: "已恢复未确认", en: "returned, unacknowledged" },
  "latched-unacked": { zh: "锁存未确认", en: "latched, unacknowledged" },
  latched: { zh: "锁存待复位", en: "latched, needs reset" },
  shelved: { zh: "搁置", en: "shelved" },
  suppressed: { zh: "设计抑制", en: "suppressed by design" },
  "out-of-service": { zh: "停用", en: "out of service" },
};

export const verbWords: Readonly<Record<AlarmVerb, Word>> = {
  raise: { zh: "报警", en: "raised" },
  escalate: { zh: "升级", en: "escalated" },
  return: { zh: "恢复", en: "returned" },
  "re-alarm": { zh: "再次提醒", en: "re-alarmed" },
  ack: { zh: "确认", en: "acknowledged" },
  handle: { zh: "处置", en: "handled" },
  reset: { zh: "复位", en: "reset" },
  shelve: { zh: "搁置", en: "shelved" },
  unshelve: { zh: "取消搁置", en: "unshelved" },
  suppress: { zh: "抑制", en: "suppressed" },
  unsuppress: { zh: "解除抑制", en: "unsuppressed" },
  "out-of-service": { zh: "停用", en: "out of service" },
  "in-service": { zh: "恢复投用", en: "in service" },
};

export const actWords: Readonly<Record<AlarmAct, Word>> = {
  ack: { zh: "确认", en: "Acknowledge" },
  handle: { zh: "记录处置", en: "Record handling" },
  shelve: { zh: "搁置", en: "Shelve" },
  unshelve: { zh: "取消搁置", en: "Unshelve" },
  "out-of-service": { zh: "停用", en: "Out of service" },
  "in-service": { zh: "恢复投用", en: "Back in service" },
  reset: { zh: "复位", en: "Reset" },
};

function kind(sign: string, zh: string, en: string): { sign: Word; name: Word } {
  return { sign: { zh: sign, en: sign }, name: { zh, en } };
}
function gas(sign: string, zh: string, en: string): { sign: Word; name: Word } {
  return { sign: { zh: `气${sign}`, en: `G-${sign}` }, name: { zh, en } };
}
function named(...[zhSign, enSign, zh, en]: readonly [string, string, string, string]): {
  sign: Word;
  name: Word;
} {
  return { sign: { zh: zhSign, en: enSign }, name: { zh, en } };
}
