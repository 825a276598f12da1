/** Qualities in the words of people, said once for the page, the reasons of alarms, the terminal and the robots. */

import { type Word, word } from "./bilingual.ts";
import { type Quality, qualities } from "./quality.ts";

export const qualityWords: Readonly<Record<Quality, Word>> = {
  good: word("良好", "good"),
  uncertain: word("存疑", "doubtful"),
  "under-range": word("低于量程", "under range"),
  "over-range": word("超量程", "over range"),
  "open-loop": word("断线", "open loop"),
  short: word("短路", "short circuit"),
  "comm-fail": word("通讯中断", "no answer"),
  "device-fault": word("仪表故障", "device fault"),
  stale: word("陈旧", "stale"),
  frozen: word("冻结", "frozen"),
  "out-of-service": word("停用", "out of service"),
  simulated: word("模拟", "simulated"),
  test: word("测试", "test"),
};

const unknown = word("未知", "unknown");

/** By code; a code that a newer program wrote is unknown. */
export function qualityWord(code: number): Word {
  const quality = qualities[code];
  return quality === undefined ? unknown : qualityWords[quality];
}
