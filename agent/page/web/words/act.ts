/** Words of the dialog in which people act on alarms. */

import type { Word } from "../../../../config/words/bilingual.ts";
import type { AlarmAct } from "../../protocol/alarms.ts";

export const actHints: Readonly<Record<AlarmAct, Word>> = {
  ack: {
    zh: "点一个原因即确认; 也可先写说明。",
    en: "Tap a reason to acknowledge; write a note first if you wish.",
  },
  handle: { zh: "记下做了什么。", en: "Record what was done." },
  shelve: {
    zh: "搁置期间不响不闪, 到时自动返回。会上报。",
    en: "While shelved it neither sounds nor flashes; it returns by itself. It is reported upstream.",
  },
  unshelve: { zh: "立即返回报警列表。", en: "Returns to the list at once." },
  "out-of-service": {
    zh: "停用期间不再报警, 并上报。必须有结束时间。",
    en: "No alarm while out of service, and it is reported upstream. It must have an end.",
  },
  "in-service": { zh: "立即恢复报警。", en: "Alarms again at once." },
  reset: { zh: "条件仍在时会被拒绝。", en: "Refused while the condition still stands." },
};

export const dialogWords = {
  subject: (count: number) => ({ zh: `${count} 条报警`, en: `${count} alarms` }),
  duration: { zh: "时长", en: "For how long" },
  notShelvable: {
    zh: "所选报警中有按规定不能搁置的, 它们会被拒绝。",
    en: "Some of the chosen alarms may not be shelved; they will be refused.",
  },
  needReason: { zh: "请先选一个原因或写说明。", en: "Choose a reason or write a note first." },
  sending: { zh: "提交中…", en: "Sending…" },
  refused: { zh: "网关拒绝了以下操作", en: "The box refused" },
} as const;
