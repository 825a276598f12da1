/** Verbs for the page's users. Passwords come from the terminal or from a pipe, never from an argument. */

import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { type Command, Option } from "commander";
import type { UserAct } from "../commands/user.ts";
import { type Role, roles } from "../page/protocol/access.ts";
import type { Shell } from "./shell.ts";

export function addUserVerbs(program: Command, shell: Shell): void {
  const { t } = shell;
  const group = program
    .command("user")
    .description(t("本机页面的用户", "users of the page on the box"))
    .addHelpText(
      "after",
      shell.examples(
        "user add 王工 --role officer",
        "user list",
        "user password admin < password.txt",
      ),
    );

  const verb = (name: string, about: string): Command =>
    group.command(name).description(about).addOption(shell.dataOption());
  const roleOption = (): Option =>
    new Option("--role <role>", t("角色", "role")).choices(roles).makeOptionMandatory();

  verb("list", t("列出用户", "list the users"))
    .addOption(shell.jsonOption())
    .action(async ({ data, json }: { data: string; json?: boolean }) =>
      answer({ do: "list", json: json ?? false }, data),
    );
  verb("add <name>", t("添加用户", "add a user"))
    .addOption(roleOption())
    .action(async (name: string, { data, role }: { data: string; role: Role }) =>
      answer({ do: "add", name, role, password: await askPassword(shell) }, data),
    );
  verb("password <name>", t("设置新密码", "set a new password")).action(
    async (name: string, { data }: { data: string }) =>
      answer({ do: "password", name, password: await askPassword(shell) }, data),
  );
  verb("role <name>", t("更改角色", "change the role"))
    .addOption(roleOption())
    .action(async (name: string, { data, role }: { data: string; role: Role }) =>
      answer({ do: "role", name, role }, data),
    );
  verb("remove <name>", t("删除用户", "remove a user")).action(
    async (name: string, { data }: { data: string }) => answer({ do: "remove", name }, data),
  );
  verb("unlock <name>", t("解除登录锁定", "let a locked name log in again")).action(
    async (name: string, { data }: { data: string }) => answer({ do: "unlock", name }, data),
  );

  async function answer(act: UserAct, dataDir: string): Promise<void> {
    const { user } = await import("../commands/user.ts");
    shell.answer(await user(act, { dataDir, clock: shell.clock, lang: shell.io.lang }));
  }
}

/** The first line; on a terminal it is asked for and not shown. */
async function askPassword({ stdin, io, t }: Shell): Promise<string> {
  const isAsked = stdin.isTTY === true;
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  // The terminal must have stopped echoing before anybody is asked to type.
  const lines = createInterface({ input: stdin, output: silent, terminal: isAsked });
  if (isAsked) io.err(t("密码 (至少 10 个字符): ", "Password (at least 10 characters): "));
  try {
    for await (const line of lines) return line;
    return "";
  } finally {
    lines.close();
    if (isAsked) io.err("\n");
  }
}
