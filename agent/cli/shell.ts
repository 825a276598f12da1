/** What every group of verbs shares: language, options of the same name, and how an answer is given. */

import type { Writable } from "node:stream";
import { InvalidArgumentError, Option } from "commander";
import type { Clock } from "../../config/words/time.ts";
import { duration, durationPattern } from "../../config/words/units.ts";
import { defaultConfig } from "../commands/configFile.ts";
import type { CommandIo } from "../commands/io.ts";

export interface Outcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The process as the verbs see it. Built once, by main.ts. */
export interface Process {
  readonly io: CommandIo;
  readonly clock: Clock;
  readonly stdin: NodeJS.ReadStream;
  /** For results too large for one string: knows back-pressure. */
  readonly stdout: Writable;
  /** Whether a line on stderr may be drawn again and again. */
  readonly isProgressSeen: boolean;
  /** Aborted by the first SIGINT or SIGTERM from now on; a second one ends at once. */
  untilSignalled(): AbortSignal;
  setExitCode(code: number): void;
  /** Ends the process although something is still to be written. */
  exitNow(code: number): void;
}

export interface Shell extends Process {
  /** In the language of this call. */
  t(zh: string, en: string): string;
  examples(...lines: readonly string[]): string;
  /** Prints the result of a command that only answers, and sets the exit code. */
  answer(outcome: Outcome): void;
  wholeNumber(text: string): number;
  positive(text: string): number;
  configOption(): Option;
  dataOption(folder?: string): Option;
  jsonOption(): Option;
  plainOption(): Option;
  /** Its value is in milliseconds. */
  durationOption(flags: string, about: string): Option;
}

export const boxData = "/var/lib/hazgate";

export function createShell(process: Process): Shell {
  const { io } = process;
  const t = (zh: string, en: string): string => (io.lang === "zh" ? zh : en);
  return {
    ...process,
    t,
    examples: (...lines) =>
      `\n${t("示例", "Examples")}:\n${lines.map((line) => `  $ hazgate ${line}`).join("\n")}\n`,
    answer({ exitCode, stdout, stderr }) {
      io.out(stdout);
      io.err(stderr);
      process.setExitCode(exitCode);
    },
    wholeNumber(text) {
      const number = Number(text);
      if (Number.isInteger(number) && number >= 0) return number;
      throw new InvalidArgumentError(t("需要非负整数", "must be a whole number, 0 or more"));
    },
    positive(text) {
      const number = Number(text);
      if (number > 0) return number;
      throw new InvalidArgumentError(t("需要正数", "must be a number above 0"));
    },
    configOption: () =>
      new Option("-c, --config <file>", t("站点文件 (YAML)", "site file (YAML)")).default(
        defaultConfig,
      ),
    dataOption: (folder = boxData) =>
      new Option("-d, --data <dir>", t("数据目录", "data folder")).default(folder),
    jsonOption: () => new Option("--json", t("机器可读输出", "machine-readable output")),
    plainOption: () =>
      new Option("--plain", t("逐行日志，不重绘屏幕", "log lines instead of a redrawn screen")),
    durationOption: (flags, about) =>
      new Option(flags, about).argParser((text) => {
        if (durationPattern.test(text)) return duration.parse(text);
        throw new InvalidArgumentError(t("需要时长, 如 10s", "must be a duration, e.g. 10s"));
      }),
  };
}
