/** Verbs for training and tests: a simulated plant, a stand-in platform, and both around an agent. */

import type { Command } from "commander";
import type { Shell } from "./shell.ts";

export function addSimVerbs(program: Command, shell: Shell): void {
  const sim = program
    .command("sim")
    .description(
      shell.t(
        "模拟现场与平台，用于培训和测试",
        "simulated plant and platform, for training and tests",
      ),
    );
  addPlant(sim, shell);
  addLoad(sim, shell);
  addPlatform(sim, shell);
  addDemo(program, shell);
}

function addPlant(sim: Command, shell: Shell): void {
  const { t, io, clock } = shell;
  sim
    .command("plant")
    .description(
      t(
        "模拟罐区：真实的 Modbus TCP 与 RS-485 从站",
        "a tank farm: real Modbus TCP and RS-485 slaves",
      ),
    )
    .addOption(shell.dataOption("./var"))
    .option("--seed <n>", t("随机种子", "seed of all randomness"), shell.wholeNumber, 1)
    .option("--speed <x>", t("加速倍数", "times faster than life"), shell.positive, 10)
    .option("--port <n>", t("TCP 端口，0 为任选", "TCP port, 0 for any"), shell.wholeNumber, 0)
    .option("--uplink <url>", t("平台地址", "the platform's address"), "mqtt://127.0.0.1:1883")
    .addHelpText("after", shell.examples("sim plant --data ./var --seed 7 --speed 1"))
    .action(
      async (given: {
        data: string;
        seed: number;
        speed: number;
        port: number;
        uplink: string;
      }) => {
        const { runSimPlant } = await import("../commands/simPlant.ts");
        shell.setExitCode(
          await runSimPlant({
            dataDir: given.data,
            seed: given.seed,
            speed: given.speed,
            tcpPort: given.port,
            uplinkUrl: given.uplink,
            clock,
            io,
            input: shell.stdin,
            signal: shell.untilSignalled(),
          }),
        );
      },
    );
}

function addLoad(sim: Command, shell: Shell): void {
  const { t, io, clock } = shell;
  sim
    .command("load")
    .description(t("大量测点，用于测量本机能力", "many points, to measure what this box can take"))
    .addOption(shell.dataOption("./var"))
    .option("--ports <n>", t("TCP 端口数", "TCP ports"), shell.wholeNumber, 10)
    .option("--units <n>", t("每端口单元数", "units on each"), shell.wholeNumber, 10)
    .option(
      "--floats <n>",
      t("每单元 float32 数", "float32 values in each"),
      shell.wholeNumber,
      100,
    )
    .addHelpText("after", shell.examples("sim load --ports 10 --units 10 --floats 500"))
    .action(async (given: { data: string; ports: number; units: number; floats: number }) => {
      const { runSimLoad } = await import("../commands/simLoad.ts");
      const { data: dataDir, ...size } = given;
      const signal = shell.untilSignalled();
      shell.setExitCode(await runSimLoad({ dataDir, ...size, clock, io, signal }));
    });
}

function addPlatform(sim: Command, shell: Shell): void {
  const { t, io, clock } = shell;
  sim
    .command("platform")
    .description(
      t(
        "平台替身：接收、去重、确认",
        "a stand-in platform: receives, removes duplicates, acknowledges",
      ),
    )
    .addOption(shell.dataOption("./var/platform"))
    .option("--url <url>", t("MQTT 服务器；缺省自带一个", "an MQTT broker; default: its own"))
    .option("--port <n>", t("自带服务器的端口", "port of its own broker"), shell.wholeNumber, 1883)
    .addOption(shell.jsonOption())
    .addHelpText(
      "after",
      shell.examples("sim platform --port 1883", "sim platform --url mqtt://127.0.0.1:1883 --json"),
    )
    .action(async (given: { data: string; url?: string; port: number; json?: boolean }) => {
      const { runSimPlatform } = await import("../commands/simPlatform.ts");
      shell.setExitCode(
        await runSimPlatform({
          dataDir: given.data,
          ...(given.url === undefined ? { listenPort: given.port } : { url: given.url }),
          json: given.json ?? false,
          clock,
          io,
          signal: shell.untilSignalled(),
        }),
      );
    });
}

function addDemo(program: Command, shell: Shell): void {
  const { t, io, clock } = shell;
  program
    .command("demo")
    .description(
      t(
        "第一次试用：模拟罐区 + 网关 + 平台替身",
        "a first look: simulated plant, agent and platform in one",
      ),
    )
    .addOption(shell.dataOption("./var"))
    .option("--seed <n>", t("随机种子", "seed of all randomness"), shell.wholeNumber, 1)
    .option("--speed <x>", t("加速倍数", "times faster than life"), shell.positive, 10)
    .addOption(shell.plainOption())
    .addHelpText("after", shell.examples("demo", "demo --data /tmp/first-look --lang zh"))
    .action(async (given: { data: string; seed: number; speed: number; plain?: boolean }) => {
      const { demo } = await import("../commands/demo.ts");
      shell.setExitCode(
        await demo({
          dataDir: given.data,
          seed: given.seed,
          speed: given.speed,
          plain: given.plain ?? false,
          clock,
          random: Math.random,
          io,
          input: shell.stdin,
          signal: shell.untilSignalled(),
        }),
      );
    });
}
