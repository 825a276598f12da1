/** Words of the bar over a simulated plant. */

import type { Word } from "../../../../config/words/bilingual.ts";

export const scenarioWords = {
  simulated: { zh: "模拟装置", en: "SIMULATED PLANT" },
  notReal: { zh: "画面数据非真实装置", en: "no real plant behind these values" },
  running: { zh: "进行中", en: "running" },
  start: { zh: "开始", en: "start" },
  stop: { zh: "停止", en: "stop" },
} as const;

const names: Readonly<Record<string, Word>> = {
  "gas-leak": { zh: "气体泄漏", en: "Gas leak" },
  overfill: { zh: "储罐冒顶", en: "Overfill" },
  "dead-slave": { zh: "设备失联", en: "Dead device" },
  "frozen-sensor": { zh: "测点冻结", en: "Frozen sensor" },
  "broken-loop": { zh: "回路断线", en: "Broken loop" },
  "line-down": { zh: "总线中断", en: "Line down" },
  "camera-frozen": { zh: "画面静止", en: "Frozen picture" },
  "camera-black": { zh: "画面黑屏", en: "Black picture" },
  "camera-dead": { zh: "摄像机断电", en: "Dead camera" },
  "broker-down": { zh: "平台断线", en: "Broker down" },
};

/** Short enough for a button; one this page does not know is called as it is typed. */
export function scenarioName(name: string): Word {
  return names[name] ?? { zh: name, en: name };
}
