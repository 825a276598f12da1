/**
 * The command line: the only reader of arguments, environment and signals. The verbs are described in `cli/`; a verb's
 * own code is loaded only when it is called, so that `check` does not wait for a database, a broker client and a
 * serial port.
 */

import { Command, Option } from "commander";
import type { Lang } from "../config/words/bilingual.ts";
import { addAgentVerbs } from "./cli/agentVerbs.ts";
import { addAlarmVerbs } from "./cli/alarmVerbs.ts";
import { addBusVerbs } from "./cli/busVerbs.ts";
import { addCamVerbs } from "./cli/camVerbs.ts";
import { addDoctorVerb } from "./cli/doctorVerb.ts";
import { addEvidenceVerbs } from "./cli/evidenceVerbs.ts";
import { addExportVerb } from "./cli/exportVerb.ts";
import { addInstallVerbs } from "./cli/installVerbs.ts";
import { addJournalVerbs } from "./cli/journalVerbs.ts";
import { addReadVerbs } from "./cli/readVerbs.ts";
import { createShell } from "./cli/shell.ts";
import { addSimVerbs } from "./cli/simVerbs.ts";
import { addUserVerbs } from "./cli/userVerbs.ts";
import { exitCode } from "./commands/io.ts";
import { version } from "./identity.ts";
import { createRealClock } from "./realClock.ts";

const { argv, env, stdout, stderr } = process;
const lang = language();
const isDumb = env["TERM"] === "dumb";

const shell = createShell({
  io: {
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    lang,
    isTerminal: stdout.isTTY === true,
    colour: stdout.isTTY === true && !env["NO_COLOR"] && !isDumb,
    width: stdout.columns ?? 100,
  },
  clock: createRealClock(),
  stdin: process.stdin,
  stdout,
  isProgressSeen: stderr.isTTY === true && !isDumb,
  untilSignalled,
  setExitCode(code) {
    process.exitCode = code;
  },
  exitNow: (code) => process.exit(code),
});
const { t } = shell;

/** Chosen before the commands are described, because the help is in that language too. */
function language(): Lang {
  const flag = argv.indexOf("--lang");
  const inline = argv.find((word) => word.startsWith("--lang="))?.slice("--lang=".length);
  const asked = inline ?? (flag === -1 ? undefined : argv[flag + 1]);
  const locale = env["LC_ALL"] || env["LC_MESSAGES"] || env["LANG"] || "";
  return (asked ?? locale).startsWith("zh") ? "zh" : "en";
}

function untilSignalled(): AbortSignal {
  const stop = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    process.on(name, () => {
      if (stop.signal.aborted) process.exit(130);
      stop.abort(name);
    });
  }
  return stop.signal;
}

/** Commander's own headings in Chinese. */
const titles: Readonly<Record<string, string>> = {
  "Usage:": "用法:",
  "Options:": "选项:",
  "Commands:": "命令:",
  "Arguments:": "参数:",
};

// Whoever reads the output may stop reading, as `| head` does: no reason to complain. What else befalls it is a bug.
stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

const program = new Command("hazgate")
  .description(
    t(
      "重大危险源企业边缘网关：轮询传感器、就地判限报警、本地存储、断网续传；从不写现场设备。",
      "Edge gateway for major-hazard plants: polls sensors, judges limits on site, keeps every reading, forwards when it can; never writes to the plant.",
    ),
  )
  .version(version())
  .addOption(new Option("--lang <lang>", t("语言", "language")).choices(["zh", "en"]).default(lang))
  .helpOption("-h, --help", t("显示帮助", "display help for command"))
  .helpCommand("help [command]", t("显示某个命令的帮助", "display help for command"))
  .configureHelp({ styleTitle: (title) => t(titles[title] ?? title, title) })
  .showHelpAfterError(t("（加 --help 查看用法）", "(add --help for usage)"))
  .exitOverride();

addAgentVerbs(program, shell);
addInstallVerbs(program, shell);
addJournalVerbs(program, shell);
addAlarmVerbs(program, shell);
addBusVerbs(program, shell);
addCamVerbs(program, shell);
addDoctorVerb(program, shell);
addEvidenceVerbs(program, shell);
addExportVerb(program, shell);
addReadVerbs(program, shell);
addSimVerbs(program, shell);
addUserVerbs(program, shell);

try {
  await program.parseAsync(argv);
} catch (error) {
  process.exitCode = endOf(error);
}

/** Commander ends help and usage errors by throwing; everything else here is a bug of ours. */
function endOf(error: unknown): number {
  if (error instanceof Error && "code" in error && String(error.code).startsWith("commander.")) {
    const isHelp = "exitCode" in error && error.exitCode === 0;
    return isHelp ? exitCode.well : exitCode.usage;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  stderr.write(
    `${t("程序缺陷，请报告", "This is a bug in hazgate; please report it")}:\n${text}\n`,
  );
  return exitCode.bug;
}
