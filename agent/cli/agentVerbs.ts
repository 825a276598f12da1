/** Verbs of the agent itself: run, status, check, schema. */

import type { Command } from "commander";
import { configOf, readOrNull } from "../commands/configFile.ts";
import type { Shell } from "./shell.ts";

export function addAgentVerbs(program: Command, shell: Shell): void {
  const { t, io, clock } = shell;

  program
    .command("run")
    .description(t("前台运行网关", "run the agent in the foreground"))
    .addOption(shell.configOption())
    .addOption(shell.dataOption())
    .addOption(shell.plainOption())
    .addHelpText("after", shell.examples("run --config site.yaml --data ./data", "run --plain"))
    .action(async (given: { config: string; data: string; plain?: boolean }) => {
      const { run } = await import("../commands/run.ts");
      shell.setExitCode(
        await run({
          config: configOf(given.config),
          dataDir: given.data,
          plain: given.plain ?? false,
          clock,
          random: Math.random,
          io,
          signal: shell.untilSignalled(),
        }),
      );
    });

  program
    .command("status")
    .description(
      t(
        "运行中的网关: 测点、报警、总线、上传、日志",
        "the running agent in one screen: points, alarms, buses, upload, journal",
      ),
    )
    .addOption(shell.dataOption())
    .addOption(shell.jsonOption())
    .addHelpText("after", shell.examples("status", "status --data ./data --json"))
    .action(async (given: { data: string; json?: boolean }) => {
      const { status } = await import("../commands/askRunning.ts");
      shell.answer(await status({ dataDir: given.data, json: given.json === true, io }));
    });

  program
    .command("check")
    .description(t("离线检查站点文件，不接触设备", "judge a site file offline, touching no device"))
    .addOption(shell.configOption())
    .addOption(shell.jsonOption())
    .addHelpText("after", shell.examples("check --config site.yaml", "check -c site.yaml --json"))
    .action(async (given: { config: string; json?: boolean }) => {
      const { check } = await import("../commands/check.ts");
      const { checkIoFor } = await import("../checkIo.ts");
      const file = configOf(given.config);
      shell.answer(
        check({
          file,
          text: readOrNull(file),
          io: checkIoFor(file),
          lang: io.lang,
          json: given.json ?? false,
          colour: io.colour,
        }),
      );
    });

  program
    .command("schema")
    .description(t("输出站点文件的 JSON Schema", "print the JSON Schema of the site file"))
    .addHelpText("after", shell.examples("schema > site.schema.json"))
    .action(async () => {
      const { printSchema } = await import("../commands/schema.ts");
      io.out(printSchema());
    });
}
