/** `hazgate bus budget`: how fast each bus is, and how old each value can be when it is judged. Asks no device. */

import { checkSite } from "../../config/check.ts";
import { hasErrors } from "../../config/faults/fault.ts";
import { loadSite } from "../../config/load.ts";
import { renderFaults } from "../../config/render.ts";
import { type BudgetedQuestion, type BusBudget, siteBudget } from "../busBudget.ts";
import { checkIoFor } from "../checkIo.ts";
import type { Outcome } from "../cli/shell.ts";
import { readOrNull } from "./configFile.ts";
import { type CommandIo, exitCode, say } from "./io.ts";

/** A site with errors other than E108 has no budget: its faults are shown instead. */
export function busBudgetTable(options: {
  readonly config: string;
  readonly json: boolean;
  readonly io: CommandIo;
}): Outcome {
  const { config, json, io } = options;
  const text = readOrNull(config);
  if (text === null) {
    const stderr = say(io.lang, { zh: `读不到文件 ${config}\n`, en: `cannot read ${config}\n` });
    return { exitCode: exitCode.usage, stdout: "", stderr };
  }
  const { fileMode } = checkIoFor(config);
  const loaded = loadSite({ file: config, text });
  const faults = loaded.ok ? checkSite(loaded.value, { fileMode }) : loaded.error;
  if (!loaded.ok || hasErrors(faults)) {
    const stderr = renderFaults(faults, { lang: io.lang, colour: io.colour, text });
    return { exitCode: exitCode.problems, stdout: "", stderr };
  }
  const budgets = siteBudget(loaded.value.site);
  const stdout = json
    ? `${JSON.stringify({ v: 1, buses: budgets.map(jsonOf) }, null, 2)}\n`
    : budgets.map((budget) => tableOf(budget, io)).join("\n");
  return { exitCode: exitCode.well, stdout, stderr: "" };
}

/** One line on a bus, of its hazard points where it has some: for `hazgate check` and above the table. */
export function budgetLine(budget: BusBudget, lang: CommandIo["lang"]): string {
  const { id, bus, line, questions } = budget;
  const hazard = questions.filter(({ isHazard }) => isHazard);
  const judged = hazard.length > 0 ? hazard : questions;
  const worst = (of: "wellMs" | "dyingMs"): string =>
    seconds(Math.max(...judged.map(({ age }) => age[of])));
  const percent = Math.round(line.utilisation * 100);
  const { dead } = bus.budget;
  return say(lang, {
    zh: `总线 ${id}: 轮询一遍 ${seconds(line.cycleMs)}, 占用 ${percent}%; 从变化到报警判断最坏 ${worst("wellMs")}, ${dead} 台失去应答时 ${worst("dyingMs")} (不含报警延时)`,
    en: `bus ${id}: one cycle ${seconds(line.cycleMs)}, ${percent} % used; from change to alarm decision at worst ${worst("wellMs")}, while ${dead} fall silent ${worst("dyingMs")} (on-delays apart)`,
  });
}

function jsonOf({ id, bus, line, questions }: BusBudget): unknown {
  const { ages: _, ...rest } = line;
  return {
    bus: id,
    dead: bus.budget.dead,
    ...rest,
    questions: questions.map(({ device, planned, isHazard, age }) => ({
      ...{ device, question: planned.name, points: planned.points, everyMs: planned.everyMs },
      ...{ isHazard, ...finite(age) },
    })),
  };
}

/** JSON has no infinity: null, no bound. */
function finite(age: BudgetedQuestion["age"]): Record<string, number | null> {
  return Object.fromEntries(
    Object.entries(age).map(([name, ms]) => [name, Number.isFinite(ms) ? Math.ceil(ms) : null]),
  );
}

const width = 11;

function tableOf(budget: BusBudget, io: CommandIo): string {
  const { lang } = io;
  const { bus, line, questions } = budget;
  const spare = say(
    lang,
    line.hasSpareForProbes
      ? { zh: "空闲时间足够探测失去应答的设备", en: "silent devices are probed in spare time" }
      : { zh: "空闲时间不够: 每轮插入一次探测", en: "no sure spare time: one probe each round" },
  );
  const { dead } = bus.budget;
  const heads = say(lang, {
    zh: `周期 正常 ${dead}台已失联 ${dead}台正失联 仅此台正常`,
    en: `every well ${dead}-dead ${dead}-dying alone`,
  }).split(" ");
  const rows = questions.map(({ device, planned, isHazard, age }) => {
    const cells = [planned.everyMs, age.wellMs, age.deadMs, age.dyingMs, age.aloneMs].map((ms) =>
      seconds(ms).padStart(width),
    );
    const points = planned.points.slice(0, 4).join(" ");
    const more = planned.points.length > 4 ? ` +${planned.points.length - 4}` : "";
    return `${cells.join("")}  ${isHazard ? "!" : " "} ${device}: ${planned.name} (${points}${more})`;
  });
  const title = heads.map((head) => head.padStart(width - wide(head))).join("");
  return `${[`${budgetLine(budget, lang)}; ${spare}`, title, ...rows].join("\n")}\n`;
}

/** Chinese characters take two columns. */
function wide(text: string): number {
  return [...text].filter((letter) => letter > "\u2e7f").length;
}

function seconds(ms: number): string {
  return Number.isFinite(ms) ? `${(ms / 1000).toFixed(2)} s` : "∞";
}
