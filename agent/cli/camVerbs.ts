/** Verbs about cameras. They ask cameras, and change nothing on them. */

import { randomBytes } from "node:crypto";
import type { Command } from "commander";
import type { CamCommand } from "../commands/camTest.ts";
import { configOf } from "../commands/configFile.ts";
import type { Shell } from "./shell.ts";

interface GivenWords {
  readonly config: string;
  readonly username?: string;
  readonly passwordFile?: string;
  readonly ca?: string;
  readonly json?: boolean;
}

const randomHex = (): string => randomBytes(16).toString("hex");

export function addCamVerbs(program: Command, shell: Shell): void {
  const cam = program.command("cam").description(shell.t("摄像机", "cameras"));
  addScan(cam, shell);
  addTest(cam, shell);
  addSnap(cam, shell);
  addWatch(cam, shell);
}

function addScan(cam: Command, shell: Shell): void {
  const { t, io, clock } = shell;
  cam
    .command("scan")
    .description(
      t(
        "在网段内查找 ONVIF 摄像机, 给出站点文件片段",
        "look for ONVIF cameras on the network; proposes lines for the site file",
      ),
    )
    .option("-i, --interface <name>", t("网口名或其地址; 缺省全部", "interface or its address"))
    .addOption(
      shell.durationOption("--for <time>", t("查找多久", "how long to look")).default(4_000, "4s"),
    )
    .addOption(shell.jsonOption())
    .addHelpText("after", shell.examples("cam scan", "cam scan --interface eth1 --for 8s --json"))
    .action(async (given: { interface?: string; for: number; json?: boolean }) => {
      const { camScan } = await import("../commands/camScan.ts");
      shell.setExitCode(
        await camScan({
          ...{ interface: given.interface ?? null, forMs: given.for, json: given.json === true },
          ...{ clock, randomHex, io, signal: shell.untilSignalled() },
        }),
      );
    });
}

function addTest(cam: Command, shell: Shell): void {
  const { t } = shell;
  verb(cam, shell, "test <camera>")
    .description(
      t(
        "逐步检查一台摄像机, 每个失败给出原因和办法",
        "try one camera step by step, with cause and cure of what fails",
      ),
    )
    .addOption(
      shell
        .durationOption("--for <time>", t("看视频流多久", "watch its stream so long"))
        .default(5_000, "5s"),
    )
    .addHelpText(
      "after",
      shell.examples(
        "cam test cam-01 --config site.yaml",
        "cam test 192.168.1.64 --username onvif --password-file ./password",
        "cam test rtsp://192.168.1.64/Streaming/Channels/101 --for 10s --json",
      ),
    )
    .action(async (camera: string, given: GivenWords & { for: number }) => {
      const { camTest } = await import("../commands/camTest.ts");
      shell.setExitCode(await camTest({ ...commandOf(shell, camera, given), forMs: given.for }));
    });
}

function addSnap(cam: Command, shell: Shell): void {
  const { t } = shell;
  verb(cam, shell, "snap <camera>")
    .description(t("抓一张图片存入文件", "one picture into a file"))
    .requiredOption("-o, --out <file>", t("写入文件", "write this file"))
    .addHelpText(
      "after",
      shell.examples(
        "cam snap cam-01 --out cam-01.jpg",
        "cam snap http://192.168.1.64/snapshot.jpg --username a --password-file - -o a.jpg < password",
      ),
    )
    .action(async (camera: string, given: GivenWords & { out: string }) => {
      const { camSnap } = await import("../commands/camSnap.ts");
      shell.setExitCode(await camSnap({ ...commandOf(shell, camera, given), out: given.out }));
    });
}

function addWatch(cam: Command, shell: Shell): void {
  const { t } = shell;
  verb(cam, shell, "watch <camera>")
    .description(
      t(
        "持续观察: 图片新旧、帧率、大小、故障; Ctrl-C 结束",
        "keep looking: age of its picture, rate, size, faults; Ctrl-C ends",
      ),
    )
    .addOption(
      shell
        .durationOption("--every <time>", t("多久取一张图片", "a picture so often"))
        .default(2_000, "2s"),
    )
    .addOption(shell.durationOption("--for <time>", t("多久后结束", "end after so long")))
    .addHelpText("after", shell.examples("cam watch cam-01", "cam watch cam-01 --for 1min --json"))
    .action(async (camera: string, given: GivenWords & { every: number; for?: number }) => {
      const { camWatch } = await import("../commands/camWatch.ts");
      shell.setExitCode(
        await camWatch({
          ...commandOf(shell, camera, given),
          ...{ everyMs: Math.max(given.every, everyMsMin), forMs: given.for ?? null },
        }),
      );
    });
}

/** Cameras encode each picture anew. */
const everyMsMin = 200;

function verb(cam: Command, shell: Shell, words: string): Command {
  const { t } = shell;
  return cam
    .command(words)
    .addOption(shell.configOption())
    .option("-u, --username <name>", t("用户名", "user name"))
    .option(
      "--password-file <file>",
      t("密码文件, - 为标准输入", "file with the password; - is standard input"),
    )
    .option("--ca <file>", t("HTTPS 根证书 (PEM)", "authority of its HTTPS (PEM)"))
    .addOption(shell.jsonOption());
}

function commandOf(shell: Shell, camera: string, given: GivenWords): CamCommand {
  const { io, clock } = shell;
  return {
    ...{ camera, config: configOf(given.config), json: given.json === true },
    username: given.username ?? null,
    passwordFile: given.passwordFile ?? null,
    ca: given.ca ?? null,
    ...{ io, clock, randomHex, signal: shell.untilSignalled() },
  };
}
