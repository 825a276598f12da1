/** Words of the overview, the tank view and the tiles. */

export const overviewWords = {
  title: { zh: "总览", en: "Overview" },
  tanks: { zh: "储罐", en: "Tanks" },
  alarms: { zh: "报警", en: "Alarms" },
  others: { zh: "其他测点", en: "Other points" },
  noAlarms: { zh: "没有报警", en: "No alarms" },
  allAlarms: (count: number) => ({ zh: `全部 ${count} 条报警`, en: `All ${count} alarms` }),
  rest: (count: number) => ({ zh: `还有 ${count} 条`, en: `${count} more` }),
  trace: { zh: "近 30 分钟", en: "Last 30 min" },
  firstOut: { zh: "首出", en: "First out" },
  notStored: { zh: "未存盘", en: "Not on disk yet" },
  chattering: { zh: "抖动", en: "Chattering" },
  stale: { zh: "长期存在", en: "Stands long" },
  elsewhere: { zh: "不属于储罐", en: "Not of a tank" },
  level: { zh: "液位", en: "Level" },
  noLevel: { zh: "无液位测点", en: "No level point" },
} as const;

export const tankWords = {
  unknown: { zh: "没有这个储罐。", en: "There is no such tank." },
  back: { zh: "返回总览", en: "Back to overview" },
  points: { zh: "测点", en: "Points" },
  tag: { zh: "位号", en: "Tag" },
  name: { zh: "名称", en: "Name" },
  value: { zh: "当前值", en: "Value" },
  range: { zh: "量程", en: "Range" },
  limits: { zh: "报警限", en: "Limits" },
  device: { zh: "设备", en: "Device" },
  trend: { zh: "趋势", en: "Trend" },
  medium: { zh: "介质", en: "Medium" },
  cas: { zh: "CAS 号", en: "CAS" },
  capacity: { zh: "容积", en: "Capacity" },
  hazard: { zh: "重大危险源", en: "Major hazard" },
  openTrend: { zh: "打开趋势", en: "Open trends" },
} as const;
