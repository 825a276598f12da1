/** What the page adds to the words of alarms: letters and signs for narrow places, the names of acts. */

import { type AlarmType, alarmTypes, type Priority } from "../../../../config/words/alarms.ts";
import {
  priorityWords as colours,
  typeWords as names,
  priorityLetters,
} from "../../../../config/words/alarmWords.ts";
import { type Word, word } from "../../../../config/words/bilingual.ts";
import type { AlarmAct } from "../../protocol/alarms.ts";

/** One character inside the shape, and the colour's name beside it. */
export const priorityWords: Readonly<
  Record<Priority, { readonly letter: Word; readonly name: Word }>
> = { 1: priority(1), 2: priority(2), 3: priority(3), 4: priority(4) };

/** For narrow places. */
const signs: Readonly<Record<AlarmType, Word>> = {
  LL: word("LL", "LL"),
  L: word("L", "L"),
  H: word("H", "H"),
  HH: word("HH", "HH"),
  GAS1: word("气H", "G-H"),
  GAS2: word("气HH", "G-HH"),
  GAS3: word("气HHH", "G-HHH"),
  "O2-LOW": word("O₂ L", "O₂ L"),
  "O2-HIGH": word("O₂ H", "O₂ H"),
  RATE: word("变快", "RATE"),
  FORECAST: word("预计", "FCST"),
  DEVIATION: word("偏差", "DEV"),
  FROZEN: word("冻结", "FRZ"),
  "LEVEL-DROP": word("降位", "DROP"),
  CORROBORATED: word("泄漏", "LEAK"),
  FAULT: word("故障", "FLT"),
  OFFLINE: word("断讯", "COMM"),
  CAMERA: word("视频", "CAM"),
  SELF: word("自检", "SELF"),
};

interface TypeWords {
  readonly sign: Word;
  readonly name: Word;
}
/** Sign for narrow places, and what it means. */
export const typeWords = Object.fromEntries(
  alarmTypes.map((type) => [type, { sign: signs[type], name: asHeading(names[type]) }]),
) as Readonly<Record<AlarmType, TypeWords>>;

export const actWords: Readonly<Record<AlarmAct, Word>> = {
  ack: { zh: "确认", en: "Acknowledge" },
  handle: { zh: "记录处置", en: "Record handling" },
  shelve: { zh: "搁置", en: "Shelve" },
  unshelve: { zh: "取消搁置", en: "Unshelve" },
  "out-of-service": { zh: "停用", en: "Out of service" },
  "in-service": { zh: "恢复投用", en: "Back in service" },
  reset: { zh: "复位", en: "Reset" },
};

function priority(of: Priority): { readonly letter: Word; readonly name: Word } {
  const { zh, en } = colours[of];
  return { letter: priorityLetters[of], name: asHeading(word(`${zh}报警`, `${en} alarm`)) };
}

function asHeading({ zh, en }: Word): Word {
  return { zh, en: en.charAt(0).toUpperCase() + en.slice(1) };
}
