/** Verbs that make a site file: from a point list, or by questions. */

import { type Command, Option } from "commander";
import { configOf } from "../commands/configFile.ts";
import type { InitFlags } from "../install/initSite.ts";
import { asker } from "./ask.ts";
import type { Shell } from "./shell.ts";

export function addInstallVerbs(program: Command, shell: Shell): void {
  addInit(program, shell);
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
    .addOption(baseOption(shell))
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
          base: baseOf(given.base),
          ...{ replace: given.replace === true, dryRun: given.dryRun === true },
          ...{ yes: given.yes === true, json: given.json === true, clock, io },
          ask: ask === null ? null : async (question) => /^(y|yes|是)$/i.test(await ask(question)),
        }),
      );
    });
}

interface InitWords extends InitFlags {
  readonly from?: string;
  readonly base?: string;
  readonly force?: boolean;
}

function addInit(program: Command, shell: Shell): void {
  const { t, io, clock } = shell;
  program
    .command("init [file]")
    .description(
      t(
        "写一个带注释、能通过检查的站点文件; 有终端时提问, 否则用选项",
        "write a site file with comments that passes the check; asks at a terminal, else by flags",
      ),
    )
    .option("--id <id>", t("站点编号, 英文", "site id, ASCII"))
    .option("--name <name>", t("企业或站点名称", "name of the site"))
    .option("--enterprise-code <code>", t("监管部门发的企业编码", "code from the authority"))
    .option(
      "--host <address>",
      t("Modbus TCP 设备, 可带 :端口", "Modbus TCP device, with :port if not 502"),
    )
    .option("--serial <port>", t("RS-485 串口", "RS-485 serial port"))
    .option("--baud <n>", t("波特率, 缺省 9600", "baud rate; default 9600"), shell.wholeNumber)
    .addOption(
      new Option("--parity <parity>", t("校验", "parity")).choices(["none", "even", "odd"]),
    )
    .option(
      "--from <file>",
      t("同时导入 Excel 或 CSV 测点清单", "also take this Excel or CSV point list"),
    )
    .addOption(baseOption(shell))
    .option(
      "--force",
      t("覆盖已有文件, 原文件留作 .bak", "replace a file that is there; it is kept as .bak"),
    )
    .addHelpText(
      "after",
      shell.examples(
        "init site.yaml",
        "init site.yaml --id my-site --name 某某化工 --host 192.168.10.20 --from points.xlsx",
        "init --id my-site --name 某某化工 --serial /dev/serial/by-id/usb-FTDI-port0 --baud 19200",
      ),
    )
    .action(async (file: string | undefined, given: InitWords) => {
      const { initSite } = await import("../install/initSite.ts");
      const { from = null, base, force = false, ...flags } = given;
      shell.setExitCode(
        await initSite({
          ...flags,
          ...{ file: file ?? "site.yaml", from, base: baseOf(base), force, clock, io },
          ask: asker(shell),
        }),
      );
    });
}

function baseOption({ t }: Shell): Option {
  return new Option(
    "--base <n>",
    t("寄存器地址从 0 还是从 1 数", "register addresses count from 0 or from 1"),
  ).choices(["0", "1"]);
}

function baseOf(text: string | undefined): 0 | 1 | null {
  if (text === undefined) return null;
  return text === "0" ? 0 : 1;
}
