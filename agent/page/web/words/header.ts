/** Words of the header, the alarm strip and the sound bar. */

export const headerWords = {
  calm: { zh: "没有未确认的报警", en: "No unacknowledged alarms" },
  ack: { zh: "确认", en: "Acknowledge" },
  limit: { zh: "限值", en: "limit" },
  more: (count: number) => ({
    zh: `另有 ${count} 条未确认`,
    en: `${count} more unacknowledged`,
  }),
  counts: { zh: "各级报警数", en: "Alarms by level" },
  shelved: { zh: "搁置", en: "Shelved" },
  outOfService: { zh: "停用", en: "Out of service" },
  strip: { zh: "最重要的未确认报警", en: "Most important unacknowledged alarm" },
  since: { zh: "已持续", en: "for" },
  returned: { zh: "已恢复", en: "returned" },
  pending: { zh: "提交中…", en: "Sending…" },
  readOnly: { zh: "只读用户不能操作", en: "This user may only look" },
  soundOff: { zh: "声音未启用", en: "Sound is not enabled" },
  soundOffHint: {
    zh: "浏览器在点击之前不发声。请试听, 并确认听得到。",
    en: "Browsers stay silent until a click. Play the test tone and say whether you hear it.",
  },
  soundTest: { zh: "试听", en: "Play test tone" },
  soundHeardAsk: { zh: "听到三声提示音了吗?", en: "Did you hear three tones?" },
  soundYes: { zh: "听到了", en: "Yes, I heard it" },
  soundNo: { zh: "没有", en: "No" },
  soundOn: { zh: "声音开", en: "Sound on" },
  soundMuted: { zh: "已静音 5 分钟", en: "Silenced for 5 min" },
  silence: { zh: "静音 5 分钟 (不是确认)", en: "Silence for 5 min (not an acknowledgement)" },
  unsilence: { zh: "恢复声音", en: "Sound on again" },
  flood: { zh: "报警泛滥", en: "Alarm flood" },
  floodCount: (count: number) => ({
    zh: `10 分钟内 ${count} 条报警; 下面按储罐归类, 首出在最前, 没有隐藏任何报警。`,
    en: `${count} alarms in 10 min; grouped by tank below, first-out on top, nothing is hidden.`,
  }),
} as const;
