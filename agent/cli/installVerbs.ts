/** Verbs that make a site file: from a point list, or by questions. */

import { type Command, Option } from "commander";
import { configOf } from "../commands/configFile.ts";
import { asker } from "./ask.ts";
import type { Shell } from "./shell.ts";

export function addInstallVerbs(program: Command, shell: Shell): void {
  addImport(program, shell);
}

interface ImportWords {
  readonly config: string;
  readonly sheet?: string;
  readonly base?: string;
  readonly replace?: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}

function addImport(program: Command, shell: Shell): void {
  const { t, io, clock } = shell;
  program
    .command("import <file>")
    .description(
      t(
        "把 Excel 或 CSV 测点清单导入站点文件; 先预览, 保留注释",
        "an Excel or CSV point list into the site file; shows a preview, keeps comments",
      ),
    )
    .addOption(shell.configOption())
    .option("--sheet <name>", t("只导入这张表", "only this sheet"))
    .addOption(
      new Option(
        "--base <n>",
        t("寄存器地址从 0 还是从 1 数", "register addresses count from 0 or from 1"),
      ).choices(["0", "1"]),
    )
    .option("--replace", t("删除表中没有的测点", "remove the points that the list does not name"))
    .option("--dry-run", t("只预览", "show the preview only"))
    .option("-y, --yes", t("不询问, 直接写入", "write without asking"))
    .addOption(shell.jsonOption())
    .addHelpText(
      "after",
      shell.examples(
        "import points.xlsx --config site.yaml --dry-run",
        "import points.csv --base 0 --yes",
        "import points.xlsx --sheet 罐区 --replace",
        "export points --out points.xlsx",
      ),
    )
    .action(async (file: string, given: ImportWords) => {
      const { importPoints } = await import("../install/importPoints.ts");
      const ask = asker(shell);
      shell.setExitCode(
        await importPoints({
          ...{ file, config: configOf(given.config), sheet: given.sheet ?? null },
          base: given.base === undefined ? null : given.base === "0" ? 0 : 1,
          ...{ replace: given.replace === true, dryRun: given.dryRun === true },
          ...{ yes: given.yes === true, json: given.json === true, clock, io },
          ask: ask === null ? null : async (question) => /^(y|yes|是)$/i.test(await ask(question)),
        }),
      );
    });
}
