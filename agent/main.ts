/**
 * The command line: the only reader of arguments, environment and signals. A command's own code is loaded only when
 * it is called, so that `check` does not wait for a database, a broker client and a serial port.
 */

import { Command, InvalidArgumentError, Option } from "commander";
import { configOf, defaultConfig, readOrNull } from "./commands/configFile.ts";
import { type CommandIo, exitCode, type Lang } from "./commands/io.ts";
import { version } from "./identity.ts";
import { createRealClock } from "./realClock.ts";

const { argv, env, stdout, stderr } = process;
const lang = language();
const clock = createRealClock();

/** Chosen before the commands are described, because the help is in that language too. */
function language(): Lang {
  const flag = argv.indexOf("--lang");
  const inline = argv.find((word) => word.startsWith("--lang="))?.slice("--lang=".length);
  const asked = inline ?? (flag === -1 ? undefined : argv[flag + 1]);
  const locale = env["LC_ALL"] || env["LC_MESSAGES"] || env["LANG"] || "";
  return (asked ?? locale).startsWith("zh") ? "zh" : "en";
}

function t(zh: string, en: string): string {
  return lang === "zh" ? zh : en;
}

const io: CommandIo = {
  out: (text) => void stdout.write(text),
  err: (text) => void stderr.write(text),
  lang,
  isTerminal: stdout.isTTY === true,
  colour: stdout.isTTY === true && !env["NO_COLOR"] && env["TERM"] !== "dumb",
  width: stdout.columns ?? 100,
};

/** Aborted by the first SIGINT or SIGTERM; a second one ends at once. */
function untilSignalled(): AbortSignal {
  const stop = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    process.on(name, () => {
      if (stop.signal.aborted) process.exit(130);
      stop.abort();
    });
  }
  return stop.signal;
}

function wholeNumber(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 0) {
    throw new InvalidArgumentError(t("需要非负整数", "must be a whole number, 0 or more"));
  }
  return number;
}

function positive(text: string): number {
  const number = Number(text);
  if (!(number > 0)) throw new InvalidArgumentError(t("需要正数", "must be a number above 0"));
  return number;
}

/** Prints the result of a command that only answers, and sets the exit code. */
function answer(result: { exitCode: number; stdout: string; stderr: string }): void {
  io.out(result.stdout);
  io.err(result.stderr);
  process.exitCode = result.exitCode;
}

const configOption = () =>
  new Option("-c, --config <file>", t("站点文件 (YAML)", "site file (YAML)")).default(
    defaultConfig,
  );
const jsonOption = () => new Option("--json", t("机器可读输出", "machine-readable output"));
const plainOption = () =>
  new Option("--plain", t("逐行日志，不重绘屏幕", "log lines instead of a redrawn screen"));

function examples(...lines: readonly string[]): string {
  return `\n${t("示例", "Examples")}:\n${lines.map((line) => `  $ hazgate ${line}`).join("\n")}\n`;
}

/** Commander's own headings in Chinese. */
const titles: Readonly<Record<string, string>> = {
  "Usage:": "用法:",
  "Options:": "选项:",
  "Commands:": "命令:",
};

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

program
  .command("run")
  .description(t("前台运行网关", "run the agent in the foreground"))
  .addOption(configOption())
  .option("-d, --data <dir>", t("数据目录", "data folder"), "/var/lib/hazgate")
  .addOption(plainOption())
  .addHelpText("after", examples("run --config site.yaml --data ./data", "run --plain"))
  .action(async (given: { config: string; data: string; plain?: boolean }) => {
    const { run } = await import("./commands/run.ts");
    process.exitCode = await run({
      config: configOf(given.config),
      dataDir: given.data,
      plain: given.plain ?? false,
      clock,
      random: Math.random,
      io,
      signal: untilSignalled(),
    });
  });

program
  .command("check")
  .description(t("离线检查站点文件，不接触设备", "judge a site file offline, touching no device"))
  .addOption(configOption())
  .addOption(jsonOption())
  .addHelpText("after", examples("check --config site.yaml", "check -c site.yaml --json"))
  .action(async (given: { config: string; json?: boolean }) => {
    const { check } = await import("./commands/check.ts");
    const { checkIoFor } = await import("./checkIo.ts");
    const file = configOf(given.config);
    answer(
      check({
        file,
        text: readOrNull(file),
        io: checkIoFor(file),
        lang,
        json: given.json ?? false,
        colour: io.colour,
      }),
    );
  });

program
  .command("schema")
  .description(t("输出站点文件的 JSON Schema", "print the JSON Schema of the site file"))
  .addHelpText("after", examples("schema > site.schema.json"))
  .action(async () => {
    const { printSchema } = await import("./commands/schema.ts");
    io.out(printSchema());
  });

program
  .command("audit")
  .description(
    t(
      "核对账目：产生 = 已送达 + 存储 + 声明丢失",
      "balance the books: made = delivered + stored + declared lost",
    ),
  )
  .option("-d, --data <dir>", t("数据目录", "data folder"), "/var/lib/hazgate")
  .option("--deep", t("逐条解码并核对校验和", "decode every record and verify its checksum"))
  .addOption(jsonOption())
  .addHelpText("after", examples("audit --data ./data", "audit --data ./data --deep --json"))
  .action(async (given: { data: string; json?: boolean; deep?: boolean }) => {
    const { audit } = await import("./commands/audit.ts");
    answer(
      audit({ dataDir: given.data, json: given.json ?? false, deep: given.deep ?? false, lang }),
    );
  });

const sim = program
  .command("sim")
  .description(
    t("模拟现场与平台，用于培训和测试", "simulated plant and platform, for training and tests"),
  );

sim
  .command("plant")
  .description(
    t(
      "模拟罐区：真实的 Modbus TCP 与 RS-485 从站",
      "a tank farm: real Modbus TCP and RS-485 slaves",
    ),
  )
  .option("-d, --data <dir>", t("数据目录", "data folder"), "./var")
  .option("--seed <n>", t("随机种子", "seed of all randomness"), wholeNumber, 1)
  .option("--speed <x>", t("加速倍数", "times faster than life"), positive, 10)
  .option("--port <n>", t("TCP 端口，0 为任选", "TCP port, 0 for any"), wholeNumber, 0)
  .option("--uplink <url>", t("平台地址", "the platform's address"), "mqtt://127.0.0.1:1883")
  .addHelpText("after", examples("sim plant --data ./var --seed 7 --speed 1"))
  .action(
    async (given: { data: string; seed: number; speed: number; port: number; uplink: string }) => {
      const { runSimPlant } = await import("./commands/simPlant.ts");
      process.exitCode = await runSimPlant({
        dataDir: given.data,
        seed: given.seed,
        speed: given.speed,
        tcpPort: given.port,
        uplinkUrl: given.uplink,
        clock,
        io,
        input: process.stdin,
        signal: untilSignalled(),
      });
    },
  );

sim
  .command("load")
  .description(t("大量测点，用于测量本机能力", "many points, to measure what this box can take"))
  .option("-d, --data <dir>", t("数据目录", "data folder"), "./var")
  .option("--ports <n>", t("TCP 端口数", "TCP ports"), wholeNumber, 10)
  .option("--units <n>", t("每端口单元数", "units on each"), wholeNumber, 10)
  .option("--floats <n>", t("每单元 float32 数", "float32 values in each"), wholeNumber, 100)
  .addHelpText("after", examples("sim load --ports 10 --units 10 --floats 500"))
  .action(async (given: { data: string; ports: number; units: number; floats: number }) => {
    const { runSimLoad } = await import("./commands/simLoad.ts");
    const { data: dataDir, ...size } = given;
    process.exitCode = await runSimLoad({ dataDir, ...size, clock, io, signal: untilSignalled() });
  });

sim
  .command("platform")
  .description(
    t(
      "平台替身：接收、去重、确认",
      "a stand-in platform: receives, removes duplicates, acknowledges",
    ),
  )
  .option("-d, --data <dir>", t("数据目录", "data folder"), "./var/platform")
  .option("--url <url>", t("MQTT 服务器；缺省自带一个", "an MQTT broker; default: its own"))
  .option("--port <n>", t("自带服务器的端口", "port of its own broker"), wholeNumber, 1883)
  .addOption(jsonOption())
  .addHelpText(
    "after",
    examples("sim platform --port 1883", "sim platform --url mqtt://127.0.0.1:1883 --json"),
  )
  .action(async (given: { data: string; url?: string; port: number; json?: boolean }) => {
    const { runSimPlatform } = await import("./commands/simPlatform.ts");
    process.exitCode = await runSimPlatform({
      dataDir: given.data,
      ...(given.url === undefined ? { listenPort: given.port } : { url: given.url }),
      json: given.json ?? false,
      clock,
      io,
      signal: untilSignalled(),
    });
  });

program
  .command("demo")
  .description(
    t(
      "第一次试用：模拟罐区 + 网关 + 平台替身",
      "a first look: simulated plant, agent and platform in one",
    ),
  )
  .option("-d, --data <dir>", t("数据目录", "data folder"), "./var")
  .option("--seed <n>", t("随机种子", "seed of all randomness"), wholeNumber, 1)
  .option("--speed <x>", t("加速倍数", "times faster than life"), positive, 10)
  .addOption(plainOption())
  .addHelpText("after", examples("demo", "demo --data /tmp/first-look --lang zh"))
  .action(async (given: { data: string; seed: number; speed: number; plain?: boolean }) => {
    const { demo } = await import("./commands/demo.ts");
    process.exitCode = await demo({
      dataDir: given.data,
      seed: given.seed,
      speed: given.speed,
      plain: given.plain ?? false,
      clock,
      random: Math.random,
      io,
      input: process.stdin,
      signal: untilSignalled(),
    });
  });

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
  io.err(`${t("程序缺陷，请报告", "This is a bug in hazgate; please report it")}:\n${text}\n`);
  return exitCode.bug;
}
