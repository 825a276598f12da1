/** Verbs that read registers. */

import { type Command, Option } from "commander";
import type { RegisterTable } from "../../drivers/contract.ts";
import { configOf } from "../commands/configFile.ts";
import type { ReadCommand } from "../commands/readRegister.ts";
import type { Shell } from "./shell.ts";

interface GivenWords {
  readonly config: string;
  readonly bus?: string;
  readonly host?: string;
  readonly serial?: string;
  readonly baud?: number;
  readonly parity?: string;
  readonly table?: RegisterTable;
  readonly count?: number;
  readonly json?: boolean;
}

const everyMsMin = 100;

export function addReadVerbs(program: Command, shell: Shell): void {
  const { t } = shell;
  verb(program, shell, "read <register...>")
    .description(
      t(
        "读一次寄存器: 原始字、各种类型和字节序、换算后的值及其质量和原因",
        "read registers once: raw words, every type and byte order, and the scaled value with its quality and why",
      ),
    )
    .addHelpText(
      "after",
      shell.examples(
        "read LT-101 --config site.yaml",
        "read 3:40001 --host 192.168.1.10",
        "read 3:0 --table input --count 4 --serial /dev/ttyUSB0 --baud 9600 --parity even",
      ),
    )
    .action(async (registers: readonly string[], given: GivenWords) => {
      const { readOnce } = await import("../commands/readRegister.ts");
      shell.setExitCode(await readOnce(commandOf(shell, registers, given)));
    });
  verb(program, shell, "watch <register...>")
    .description(t("反复读寄存器, Ctrl-C 结束", "read registers again and again; Ctrl-C ends"))
    .addOption(shell.durationOption("--every <time>", t("间隔", "so often")).default(1_000, "1s"))
    .addOption(shell.durationOption("--for <time>", t("多久后结束", "end after so long")))
    .addHelpText(
      "after",
      shell.examples("watch LT-101 PT-101", "watch 3:40001 --host 192.168.1.10 --every 500ms"),
    )
    .action(
      async (registers: readonly string[], given: GivenWords & { every: number; for?: number }) => {
        const { readOnAndOn } = await import("../commands/readRegister.ts");
        shell.setExitCode(
          await readOnAndOn({
            ...commandOf(shell, registers, given),
            ...{ everyMs: Math.max(given.every, everyMsMin), forMs: given.for ?? null },
          }),
        );
      },
    );
}

function verb(program: Command, shell: Shell, words: string): Command {
  const { t } = shell;
  return program
    .command(words)
    .addOption(shell.configOption())
    .option("--bus <id>", t("站点文件中的总线", "a bus of the site file"))
    .option("--host <address>", t("不用站点文件: IP[:端口]", "without a site file: ADDRESS[:PORT]"))
    .option("--serial <device>", t("不用站点文件: 串口", "without a site file: serial port"))
    .option(
      "--baud <rate>",
      t("波特率, 缺省 9600", "baud rate, 9600 if not said"),
      shell.wholeNumber,
    )
    .addOption(
      new Option("--parity <parity>", t("校验, 缺省 none", "parity, none if not said")).choices([
        ...["none", "even", "odd"],
      ]),
    )
    .addOption(
      new Option(
        "--table <table>",
        t("哪张表; 写了则地址从 0 数", "which table; the address then counts from 0"),
      ).choices(["coil", "discrete", "input", "holding"]),
    )
    .option("--count <n>", t("读几个, 缺省 2", "how many, 2 if not said"), shell.wholeNumber)
    .addOption(shell.jsonOption());
}

function commandOf(shell: Shell, registers: readonly string[], given: GivenWords): ReadCommand {
  const { io, clock } = shell;
  const { bus = null, host = null, serial = null, baud = null, parity = null } = given;
  const { table = null, count = null } = given;
  return {
    words: registers.map((target) => ({
      ...{ target, bus, host, serial, baud, parity, table, count },
    })),
    config: configOf(given.config),
    json: given.json === true,
    ...{ io, clock, random: Math.random, signal: shell.untilSignalled() },
  };
}
