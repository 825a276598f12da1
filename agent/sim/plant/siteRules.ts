/** The rules over several points in the plant's site file. Pure. */

import { siteNotes } from "./siteNotes.ts";
import { tankFarm, type Words } from "./tankFarm.ts";

/** As much as no sampling puff reaches, and every leak soon does. */
const leakLel = 50;

/** The lines below `alarms:`. */
export function ruleLines(say: (words: Words) => string): string[] {
  const note = (key: keyof typeof siteNotes): string[] =>
    say(siteNotes[key])
      .split("\n")
      .map((line) => `    # ${line}`);
  const worked = tankFarm.filter(({ pressure }) => pressure !== "hydrostatic");
  return [
    "  rules:",
    ...note("leak"),
    ...worked.flatMap(({ id, name }) => {
      const level = id.replace("T", "LT");
      return [
        `    leak-${id}:`,
        "      type: corroborated",
        `      name: ${named(say({ zh: `${name.zh}疑似泄漏`, en: `leak at ${name.en}` }))}`,
        `      gas: [${id.replace("T", "GD")}]`,
        `      gasAbove: ${leakLel}`,
        `      with: [{ point: ${level}, fallsBy: 20, within: 5min }]`,
        `      advice: ${named(say({ zh: "撤离下风向人员，从上风向确认", en: "clear the downwind side, look from upwind" }))}`,
      ];
    }),
    ...note("drop"),
    ...worked.flatMap(({ id, name }) => [
      `    drop-${id}:`,
      "      type: level-drop",
      `      name: ${named(say({ zh: `${name.zh}液位不明下降`, en: `unexplained fall, ${name.en}` }))}`,
      `      point: ${id.replace("T", "LT")}`,
      "      drop: 150",
      "      within: 10min",
      "      unless: [{ point: P-201, is: 1 }]",
    ]),
    ...note("vote"),
    "    vote-T-105:",
    "      type: vote2oo3",
    `      name: ${named(say({ zh: "球罐三套液位计", en: "three level gauges of the sphere" }))}`,
    "      points: [LT-105, LT-105B, LT-105C]",
    "      max: 100",
    "      deadband: 20",
    "      onDelay: 5s",
  ];
}

function named(text: string): string {
  return JSON.stringify(text);
}
