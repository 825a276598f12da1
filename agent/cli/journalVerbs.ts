/** Verbs that read the journal, beside a running agent or without one. */

import type { Command } from "commander";
import type { Shell } from "./shell.ts";

export function addJournalVerbs(program: Command, shell: Shell): void {
  const { t, io } = shell;

  program
    .command("audit")
    .description(
      t(
        "核对账目：产生 = 已送达 + 存储 + 声明丢失",
        "balance the books: made = delivered + stored + declared lost",
      ),
    )
    .addOption(shell.dataOption())
    .option("--deep", t("逐条解码并核对校验和", "decode every record and verify its checksum"))
    .option(
      "--log",
      t("核对页面审计日志的哈希链", "verify the chain of the page's audit log instead"),
    )
    .addOption(shell.jsonOption())
    .addHelpText(
      "after",
      shell.examples("audit --data ./data", "audit --data ./data --deep --json", "audit --log"),
    )
    .action(async (given: { data: string; json?: boolean; deep?: boolean; log?: boolean }) => {
      if (given.log === true) {
        const { auditLog } = await import("../commands/auditLog.ts");
        shell.answer(
          await auditLog({ dataDir: given.data, json: given.json ?? false, lang: io.lang }),
        );
        return;
      }
      const { audit } = await import("../commands/audit.ts");
      shell.answer(
        audit({
          dataDir: given.data,
          json: given.json ?? false,
          deep: given.deep ?? false,
          lang: io.lang,
        }),
      );
    });
}
