/** Words of declared transfers: a level that falls while nobody unloads is an alarm. */

export const transferWords = {
  title: { zh: "装卸作业申报", en: "Declared transfer" },
  hint: {
    zh: '申报期间液位升降不报"液位异常下降"; 其他报警照常。',
    en: 'While declared, a moving level raises no "unexplained level drop"; all other alarms stay.',
  },
  declare: { zh: "申报装卸", en: "Declare transfer" },
  end: { zh: "结束装卸", en: "End transfer" },
  note: { zh: "车号, 单号或说明", en: "Vehicle, order or note" },
  until: { zh: "进行中, 到", en: "Under way until" },
  forLong: { zh: "时长", en: "For how long" },
} as const;
