/** Why readings are missing. */

import type { Word } from "../../../../config/words/bilingual.ts";
import type { GapReason } from "../../../records.ts";

const gapWords: Readonly<Record<GapReason, Word>> = {
  "agent-stopped": { zh: "程序未运行", en: "agent not running" },
  eviction: { zh: "空间不足，旧数据已删除", en: "no space left, oldest deleted" },
  thinned: { zh: "空间不足，已抽稀", en: "no space left, thinned" },
  "journal-overload": { zh: "来不及存储", en: "journal overloaded" },
  "disk-full": { zh: "磁盘已满", en: "disk full" },
  "disk-error": { zh: "磁盘故障", en: "disk refused" },
  damaged: { zh: "存储损坏", en: "stored bytes damaged" },
};

/** Reasons that are no gap of the journal's, but of what was asked or of the clock. */
const otherWords: Readonly<Record<string, Word>> = {
  "no-readings": { zh: "无读数", en: "no readings" },
  "clock-set-back": { zh: "时钟被拨回", en: "clock set back" },
  "clock-set-forward": { zh: "时钟被拨快", en: "clock set forward" },
};

/** A reason this page does not know yet is said as it came. */
export function gapWord(reason: string): Word {
  return isGapReason(reason)
    ? gapWords[reason]
    : (otherWords[reason] ?? { zh: reason, en: reason });
}

function isGapReason(reason: string): reason is GapReason {
  return Object.hasOwn(gapWords, reason);
}
