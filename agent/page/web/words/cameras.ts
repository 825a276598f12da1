/** Words of cameras and of the evidence of alarms. */

import { type Word, word } from "../../../../config/words/bilingual.ts";

export const camerasWords = {
  title: word("视频", "Cameras"),
  none: word("尚未配置摄像机。", "No camera is configured."),
  how: word(
    "在站点文件的 cameras 中添加; hazgate cam scan 可查找摄像机。",
    "Add them under cameras in the site file; hazgate cam scan finds them.",
  ),
  rate: word("画面刷新", "Pictures"),
  every: (seconds: number): Word => word(`每 ${seconds} 秒`, `every ${seconds} s`),
  stopped: word("不刷新", "stopped"),
  pictureOf: (name: string): Word => word(`${name} 的画面`, `picture of ${name}`),
  picture: word("画面:", "picture:"),
  oldPicture: word("画面过旧:", "old picture:"),
  ago: word("前", "ago"),
  noPicture: word("没有画面", "no picture"),
  never: word("从未有过画面", "there never was a picture"),
  working: (on: number, all: number): Word =>
    word(`${all} 台, ${on} 台正常`, `${on} of ${all} work`),
  back: word("全部摄像机", "all cameras"),
  unknown: word("没有这台摄像机", "There is no such camera"),
  code: word("编码", "code"),
  place: word("场所", "place"),
  tanks: word("看得见的储罐", "sees tanks"),
  stream: word("视频流", "stream"),
  clock: word("时钟偏差", "clock off by"),
  month: word("本月在线", "on line this month"),
  trouble: word("故障细节", "trouble in detail"),
  viewHint: word(
    "摄像机是有意转动的? 确认后, 本机把现在的画面当作正确视角重新学习, 移位、遮挡报警随之结束。",
    "Turned on purpose? Once you say so the box learns what it shows now as its right view; alarms of a view moved or covered end with that.",
  ),
  viewReason: word("原因", "Reason"),
  viewRight: word("现在的视角是对的", "The view is right as it is"),
  viewLearning: word(
    "正在重新学习视角 (约两分钟)",
    "The view is being learnt anew (about two minutes)",
  ),
  notKnown: word("未知", "not known"),
} as const;

export const placeWords: Readonly<Record<string, Word>> = {
  "tank-farm": word("罐区", "tank farm"),
  workshop: word("车间", "workshop"),
  warehouse: word("仓库", "warehouse"),
  "control-room": word("控制室", "control room"),
  gate: word("大门", "gate"),
  other: word("其他", "other"),
};

export const evidenceWords = {
  open: word("画面", "Pictures"),
  title: (source: string): Word => word(`${source} 的画面与证据`, `Pictures of ${source}`),
  now: word("现在", "Now"),
  kept: word("报警前后", "Around the alarm"),
  none: word("此报警没有留存画面。", "No pictures were kept of this alarm."),
  gathering: word("正在收集 (报警后约半分钟)", "still being gathered (about half a minute)"),
  cutShort: word("收集被中断: 本机在此期间重启", "cut short: the box restarted meanwhile"),
  clip: word("视频", "clip"),
  readings: word("报警前后的读数 (文件)", "readings around it (file)"),
  missing: word("缺少", "missing"),
  offset: (seconds: number): Word => {
    const sign = seconds > 0 ? "+" : "";
    return word(`${sign}${seconds} 秒`, `${sign}${seconds} s`);
  },
} as const;
