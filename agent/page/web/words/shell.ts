/** Words of the frame around every view: navigation, veil, session. */

export const shellWords = {
  skip: { zh: "跳到正文", en: "Skip to content" },
  loading: { zh: "正在读取…", en: "Loading…" },
  viewLost: {
    zh: "页面代码取不到。请检查网络, 然后刷新。",
    en: "The view's code cannot be fetched. Check the network, then reload.",
  },
  noBox: {
    zh: "正在连接网关… 若一直如此, 请检查网关电源和网线。",
    en: "Connecting to the box… If this stays, check the box's power and network cable.",
  },
  menu: { zh: "菜单", en: "Menu" },
  navigation: { zh: "主导航", en: "Main navigation" },
  lampsTitle: { zh: "网关状态", en: "State of the box" },
  switchLang: { zh: "English", en: "中文" },
  logout: { zh: "退出", en: "Log out" },
  nobody: { zh: "未登录", en: "Not logged in" },
  login: { zh: "登录", en: "Log in" },
  serverClock: { zh: "网关时钟", en: "Clock of the box" },
  veilContact: { zh: "数据中断", en: "No data" },
  veilReadings: { zh: "没有新读数", en: "No new readings" },
  veilLast: { zh: "最后数据时间", en: "Last data" },
  veilNever: { zh: "尚未收到任何数据", en: "nothing received yet" },
  veilFor: { zh: "已中断", en: "for" },
  veilConnecting: { zh: "正在重新连接…", en: "Reconnecting…" },
  veilWarning: {
    zh: "画面为旧数据, 请勿据此操作。请看现场仪表。",
    en: "What you see is old: do not act on it. Look at the instruments on site.",
  },
  close: { zh: "关闭", en: "Close" },
  cancel: { zh: "取消", en: "Cancel" },
} as const;

export const pageWords = {
  overview: { zh: "总览", en: "Overview" },
  alarms: { zh: "报警", en: "Alarms" },
  tank: { zh: "储罐", en: "Tank" },
  trends: { zh: "趋势", en: "Trends" },
  cameras: { zh: "视频", en: "Cameras" },
  report: { zh: "班报", en: "Shift report" },
  system: { zh: "系统", en: "System" },
  inspection: { zh: "检查", en: "Inspection" },
  users: { zh: "用户", en: "Users" },
} as const;

export const roleWords = {
  viewer: { zh: "值守", en: "viewer" },
  officer: { zh: "安全员", en: "officer" },
  admin: { zh: "管理员", en: "admin" },
} as const;

export const lampWords = {
  sensors: { zh: "传感器", en: "Sensors" },
  cameras: { zh: "视频", en: "Video" },
  upload: { zh: "上传", en: "Upload" },
  clock: { zh: "时钟", en: "Clock" },
  disk: { zh: "磁盘", en: "Disk" },
  self: { zh: "自检", en: "Self-check" },
} as const;

/** Before the names of lamps that want nothing of anybody. */
export const foldedWords = {
  well: { zh: "正常", en: "Well" },
  off: { zh: "未配置", en: "Not set up" },
} as const;
