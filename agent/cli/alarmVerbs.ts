/** Verbs about alarms. */

import { type Command, InvalidArgumentError } from "commander";
import { duration, durationPattern } from "../../config/words/units.ts";
import { configOf } from "../commands/configFile.ts";
import type { Shell } from "./shell.ts";

export function addAlarmVerbs(program: Command, shell: Shell): void {
  const alarm = program.command("alarm").description(shell.t("报警", "alarms"));
  addAnnounceTest(alarm, shell);
  addTest(alarm, shell);
}

interface TestWords {
  readonly config: string;
  readonly set: readonly string[];
  readonly from?: string;
  readonly data?: string;
  readonly since: string;
  readonly until: string;
  readonly point: readonly string[];
  readonly for: number;
  readonly json?: boolean;
  readonly expect?: boolean;
}

function addTest(alarm: Command, shell: Shell): void {
  const { t, io, clock } = shell;
  const forMs = (text: string): number => {
    if (durationPattern.test(text)) return duration.parse(text);
    throw new InvalidArgumentError(t("需要时长, 如 60s", "must be a duration, e.g. 60s"));
  };
  alarm
    .command("test [names...]")
    .description(
      t(
        "用给定的数值或本机记录的读数试验报警和规则，不接触设备",
        "what the alarms and rules do with given values, or with recorded ones; asks no device",
      ),
    )
    .addOption(shell.configOption())
    .option(
      "--set <tag=value@time>",
      t("一个数值或质量词，可重复", "a value, or a quality in words; may be repeated"),
      repeated,
      [],
    )
    .option("--from <file>", t("CSV: time,tag,value[,quality]", "CSV: time,tag,value[,quality]"))
    .option("-d, --data <dir>", t("用此目录日志中的读数", "the readings of the journal in there"))
    .option("--since <time>", t("读数从此刻起", "readings from this moment on"), "-1d")
    .option("--until <time>", t("到此刻之前", "up to and without this moment"), "now")
    .option(
      "-p, --point <tag>",
      t("只用此测点，可重复，* 代表任意字符", "only this point; repeatable; * for any characters"),
      repeated,
      [],
    )
    .option("--for <time>", t("最后的数值保持多久", "hold the last values so long"), forMs, 0)
    .option("--expect", t("没有报警则退出码为 1", "exit code 1 when nothing is raised"))
    .addOption(shell.jsonOption())
    .addHelpText(
      "after",
      shell.examples(
        "alarm test --set LT-101=9700@0s --set LT-101=10300@30s --config site.yaml",
        "alarm test LT-101 --set LT-101=open-loop --for 60s --expect",
        "alarm test --from values.csv --for 10min --json",
        "alarm test --data /var/lib/hazgate --since -7d --config new-limits.yaml",
        "alarm test leak-T101 --data ./data --since 2026-11-24T08:00 --until 2026-11-24T10:00",
      ),
    )
    .action(async (names: readonly string[], given: TestWords) => {
      const { alarmTest } = await import("../commands/alarmTest.ts");
      const { data, since, until, point: points } = given;
      const recorded = data === undefined ? null : { dataDir: data, since, until, points };
      shell.setExitCode(
        alarmTest({
          ...{ config: configOf(given.config), only: names, set: given.set, forMs: given.for },
          ...{ from: given.from ?? null, recorded, json: given.json === true },
          ...{ expect: given.expect === true, clock, random: Math.random, io },
        }),
      );
    });
}

function repeated(word: string, before: readonly string[]): readonly string[] {
  return [...before, word];
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
    .addOption(shell.jsonOption())
    .addHelpText(
      "after",
      shell.examples("alarm announce-test", "alarm announce-test siren --config site.yaml"),
    )
    .action(async (id: string | undefined, given: { config: string; json?: boolean }) => {
      const { announceTest } = await import("../commands/announceTest.ts");
      shell.setExitCode(
        await announceTest({
          config: configOf(given.config),
          id: id ?? null,
          json: given.json === true,
          ...{ clock, random: Math.random, io, signal: shell.untilSignalled() },
        }),
      );
    });
}
