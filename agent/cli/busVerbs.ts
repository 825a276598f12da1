/** Verbs about buses. */

import type { Command } from "commander";
import { configOf } from "../commands/configFile.ts";
import type { Shell } from "./shell.ts";

export function addBusVerbs(program: Command, shell: Shell): void {
  const { t, io } = shell;
  const bus = program.command("bus").description(t("总线", "buses"));
  bus
    .command("budget")
    .description(
      t(
        "每条总线的轮询时间, 和每个测点从变化到报警判断的最坏时间; 不接触设备",
        "cycle of each bus, and worst time from change to alarm decision of each point; asks no device",
      ),
    )
    .addOption(shell.configOption())
    .addOption(shell.jsonOption())
    .addHelpText("after", shell.examples("bus budget --config site.yaml", "bus budget --json"))
    .action(async (given: { config: string; json?: boolean }) => {
      const { busBudgetTable } = await import("../commands/busBudget.ts");
      shell.answer(
        busBudgetTable({ config: configOf(given.config), json: given.json === true, io }),
      );
    });
}
