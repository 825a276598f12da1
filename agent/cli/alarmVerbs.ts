/** Verbs about alarms. */

import type { Command } from "commander";
import { configOf } from "../commands/configFile.ts";
import type { Shell } from "./shell.ts";

export function addAlarmVerbs(program: Command, shell: Shell): void {
  const alarm = program.command("alarm").description(shell.t("报警", "alarms"));
  addAnnounceTest(alarm, shell);
}

function addAnnounceTest(alarm: Command, shell: Shell): void {
  const { t, io, clock } = shell;
  alarm
    .command("announce-test [id]")
    .description(
      t(
        "向报警通知目标发一条测试通知",
        "tell one target, or all, that this is a test of announcing",
      ),
    )
    .addOption(shell.configOption())
    .addHelpText(
      "after",
      shell.examples("alarm announce-test", "alarm announce-test siren --config site.yaml"),
    )
    .action(async (id: string | undefined, given: { config: string }) => {
      const { announceTest } = await import("../commands/announceTest.ts");
      shell.setExitCode(
        await announceTest({
          config: configOf(given.config),
          id: id ?? null,
          ...{ clock, random: Math.random, io, signal: shell.untilSignalled() },
        }),
      );
    });
}
