/** The verb that looks at the box itself. */

import type { Command } from "commander";
import { configOf } from "../commands/configFile.ts";
import type { Shell } from "./shell.ts";

export function addDoctorVerb(program: Command, shell: Shell): void {
  const { t, io, clock } = shell;
  program
    .command("doctor")
    .description(
      t(
        "检查本机: 程序、站点文件、磁盘、时钟、串口、端口、证书、到平台的每一步; 给出修复命令; 不改动任何东西",
        "look at this box: program, site file, disk, clock, serial ports, page, certificates, each step to the platform; says what mends it and changes nothing",
      ),
    )
    .addOption(shell.configOption())
    .addOption(shell.dataOption())
    .addOption(shell.jsonOption())
    .addHelpText("after", shell.examples("doctor", "doctor --config site.yaml --json"))
    .action(async (given: { config: string; data: string; json?: boolean }) => {
      const { doctor } = await import("../commands/doctor.ts");
      shell.setExitCode(
        await doctor({
          ...{ config: configOf(given.config), dataDir: given.data, json: given.json === true },
          ...{ io, clock, signal: shell.untilSignalled() },
        }),
      );
    });
}
