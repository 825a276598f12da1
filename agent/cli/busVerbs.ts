/** Verbs about buses. */

import type { Command } from "commander";
import { configOf } from "../commands/configFile.ts";
import type { Shell } from "./shell.ts";

export function addBusVerbs(program: Command, shell: Shell): void {
  const { t, io } = shell;
  const bus = program.command("bus").description(t("总线", "buses"));
  bus
    .command("stats [bus]")
    .description(
      t(
        "运行中的网关对每条总线、每台设备的统计: 请求、正确、超时、坏帧、异常码、延迟, 及承诺与实测的最坏时间",
        "what the running agent counted of each bus and unit: asked, good, time-outs, damaged, exceptions, latency, and worst age promised and seen",
      ),
    )
    .addOption(shell.dataOption())
    .addOption(shell.jsonOption())
    .addHelpText("after", shell.examples("bus stats", "bus stats field-485 --json"))
    .action(async (name: string | undefined, given: { data: string; json?: boolean }) => {
      const { busStats } = await import("../commands/askRunning.ts");
      const asked = { dataDir: given.data, json: given.json === true, io, bus: name ?? null };
      shell.answer(await busStats(asked));
    });
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
