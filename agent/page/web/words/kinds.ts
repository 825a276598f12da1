/** What a point measures, in one word: beside its tank's name nothing longer is needed. */

import type { Word } from "../../../../config/words/bilingual.ts";

const kindWords: Readonly<Record<string, Word>> = {
  level: { zh: "液位", en: "Level" },
  pressure: { zh: "压力", en: "Pressure" },
  temperature: { zh: "温度", en: "Temp." },
  "gas-combustible": { zh: "可燃气体", en: "Comb. gas" },
  "gas-toxic": { zh: "有毒气体", en: "Toxic gas" },
  oxygen: { zh: "氧气", en: "Oxygen" },
  flow: { zh: "流量", en: "Flow" },
  rain: { zh: "雨量", en: "Rain" },
  wind: { zh: "风速", en: "Wind" },
  "water-level": { zh: "水位", en: "Water level" },
  state: { zh: "状态", en: "State" },
};

/** Null: the kind says nothing; show the point's own name. */
export function kindWord(kind: string): Word | null {
  return kindWords[kind] ?? null;
}
