/** The verb `export`. */

import { type Command, Option } from "commander";
import { configOf } from "../commands/configFile.ts";
import type { ExportWords } from "../commands/exportArguments.ts";
import { exportFormats } from "../commands/exportFormat.ts";
import { type Exportable, exportables } from "../commands/exportTable.ts";
import { exitCode } from "../commands/io.ts";
import type { Shell } from "./shell.ts";

export function addExportVerb(program: Command, shell: Shell): void {
  const { t, io } = shell;
  const verb = program
    .command("export")
    .description(
      t(
        "导出本机日志：读数、报警、事件、缺口；网关运行时也可用",
        "readings, alarms, events or gaps of the journal (also beside the running agent), or the site file's points as a list",
      ),
    );
  verb
    .addArgument(
      verb
        .createArgument("<what>", t("导出什么", "what to export"))
        .choices([...exportables, "points"])
        .argRequired(),
    )
    .addOption(shell.configOption())
    .addOption(shell.dataOption())
    .option(
      "-p, --point <tag>",
      t("只要此测点，可重复，* 代表任意字符", "only this point; repeatable; * for any characters"),
      (tag: string, before: readonly string[] | undefined) => [...(before ?? []), tag],
    )
    .option(
      "--from <time>",
      t(
        "从此刻起 (2026-11-24、2026-11-24T08:00、…Z、-7d、now)",
        "from this moment on (2026-11-24, 2026-11-24T08:00, ...Z, -7d, now)",
      ),
    )
    .option("--to <time>", t("到此刻之前", "up to and without this moment"))
    .addOption(
      new Option(
        "-f, --format <format>",
        t("格式，缺省 csv", "format; csv, unless --out ends in .jsonl"),
      ).choices(exportFormats),
    )
    .option("-o, --out <file>", t("写入文件，缺省标准输出", "write this file; default: stdout"))
    .option("--force", t("覆盖已有文件", "replace the file if it is there"))
    .option("--excel", t("供 Excel：带 BOM，中文表头", "for Excel: with BOM, head in words"))
    .option(
      "--archives",
      t("连同因损坏而移开的旧日志", "also the journals that were moved aside as damaged"),
    )
    .option("--json", t("在 stderr 末行输出 JSON 摘要", "summary as JSON, last line on stderr"))
    .addHelpText(
      "after",
      shell.examples(
        "export readings --from -7d --out week.csv --excel",
        "export readings --point LT-101 --point 'GD-*' --from 2026-11-24T08:00 --to now",
        "export alarms --from 2026-11-01 --format jsonl | jq -c 'select(.priority == 1)'",
        "export gaps --data ./data",
        "export points --config site.yaml --out points.xlsx",
      ),
    )
    .action(async (what: Exportable | "points", words: ExportWords & { config: string }) => {
      if (what === "points") {
        const { exportPoints } = await import("../install/exportPoints.ts");
        const { out = null, force = false } = words;
        shell.setExitCode(await exportPoints({ config: configOf(words.config), out, force, io }));
        return;
      }
      const { exportArguments } = await import("../commands/exportArguments.ts");
      const { exportHistory, interrupted } = await import("../commands/export.ts");
      const warn = (text: string): void => io.err(`${text}\n`);
      const nowWallMs = shell.clock.now().wallMs;
      const asked = exportArguments(what, words, { lang: io.lang, nowWallMs, warn });
      if (!asked.ok) {
        warn(asked.error);
        shell.setExitCode(exitCode.usage);
        return;
      }
      const code = await exportHistory({
        ...asked.value,
        ...{ io, clock: shell.clock, stdout: shell.stdout, signal: shell.untilSignalled() },
        // Data and a redrawn line do not go onto one screen together.
        isProgressSeen: shell.isProgressSeen && !(io.isTerminal && words.out === undefined),
      });
      // What a reader has not taken would keep the process alive.
      if (code === interrupted) shell.exitNow(code);
      else shell.setExitCode(code);
    });
}
