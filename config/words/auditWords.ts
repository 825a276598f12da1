/** Acts of the audit log in words; the log itself keeps its own short names. */

import type { Word } from "./bilingual.ts";

const acts: Readonly<Record<string, Word>> = {
  login: { zh: "登录", en: "logged in" },
  logout: { zh: "退出", en: "logged out" },
  setup: { zh: "首次启动, 建立管理员", en: "first start: made the first admin" },
  password: { zh: "修改密码", en: "changed the password" },
  handover: { zh: "交接班", en: "handed the shift over" },
  transfer: { zh: "申报收付料", en: "declared a transfer" },
  "transfer.end": { zh: "结束收付料", en: "ended a transfer" },
  "user.add": { zh: "新增用户", en: "added a user" },
  "user.change": { zh: "修改用户", en: "changed a user" },
  "user.remove": { zh: "删除用户", en: "removed a user" },
  "audit.export": { zh: "下载操作记录", en: "downloaded the audit log" },
  "scenario.start": { zh: "开始模拟场景", en: "started a scenario" },
  "scenario.stop": { zh: "停止模拟场景", en: "stopped a scenario" },
  "alarm.ack": { zh: "确认报警", en: "acknowledged alarms" },
  "alarm.handle": { zh: "处置报警", en: "handled alarms" },
  "alarm.shelve": { zh: "搁置报警", en: "shelved alarms" },
  "alarm.unshelve": { zh: "取消搁置", en: "took alarms off the shelf" },
  "alarm.out-of-service": { zh: "停用", en: "took out of service" },
  "alarm.in-service": { zh: "恢复使用", en: "put back in service" },
  "alarm.reset": { zh: "复位报警", en: "reset alarms" },
};

const endings: readonly (readonly [ending: string, word: Word])[] = [
  [".failed", { zh: " (失败)", en: " (failed)" }],
  [".refused", { zh: " (被拒绝)", en: " (refused)" }],
];

/** An act this program does not know is called as the log calls it. */
export function auditWord(did: string): Word {
  for (const [ending, said] of endings) {
    if (!did.endsWith(ending)) continue;
    const act = auditWord(did.slice(0, -ending.length));
    return { zh: act.zh + said.zh, en: act.en + said.en };
  }
  return acts[did] ?? { zh: did, en: did };
}
