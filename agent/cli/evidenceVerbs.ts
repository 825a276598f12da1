/** Verbs for the evidence of alarms, beside a running agent or without one. */

import type { Command } from "commander";
import type { Shell } from "./shell.ts";

interface Common {
  readonly data: string;
  readonly json?: boolean;
}

export function addEvidenceVerbs(program: Command, shell: Shell): void {
  const { t } = shell;
  const group = program
    .command("evidence")
    .description(t("报警证据：图片、视频、读数", "evidence of alarms: pictures, video, readings"))
    .addHelpText(
      "after",
      shell.examples(
        "evidence list",
        "evidence verify --data ./data",
        "evidence export ID --out ./usb",
      ),
    );
  const verb = (name: string, about: string): Command =>
    group
      .command(name)
      .description(about)
      .addOption(shell.dataOption())
      .addOption(shell.jsonOption());
  const given = ({ data, json }: Common) => ({
    ...{ dataDir: data, json: json ?? false, lang: shell.io.lang },
  });

  verb("list", t("列出本机的证据", "list the evidence on this box")).action(
    async (options: Common) => {
      const { listEvidence } = await import("../commands/evidence.ts");
      shell.answer(await listEvidence(given(options)));
    },
  );
  verb(
    "verify",
    t("重新计算全部哈希并核对链条", "hash every file again and check the chain"),
  ).action(async (options: Common) => {
    const { verifyCommand } = await import("../commands/evidence.ts");
    shell.answer(await verifyCommand(given(options)));
  });
  verb("export <id>", t("复制一份证据", "copy one bundle"))
    .requiredOption("--out <dir>", t("目标目录", "folder to copy into"))
    .action(async (id: string, options: Common & { readonly out: string }) => {
      const { exportEvidence } = await import("../commands/evidence.ts");
      shell.answer(await exportEvidence({ ...given(options), id, out: options.out }));
    });
}
