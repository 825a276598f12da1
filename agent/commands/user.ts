/** `hazgate user`: the page's users from the command line, beside a running agent or without one. */

import { userInfo } from "node:os";
import type { Lang } from "../../config/words/bilingual.ts";
import type { Clock } from "../../config/words/time.ts";
import type { Role } from "../page/protocol/access.ts";
import { openAuditLog } from "../page/server/auditLog.ts";
import { createPasswords, passwordFault } from "../page/server/passwords.ts";
import type { Refused } from "../page/server/refusals.ts";
import { openUsers, type User, type Users } from "../page/server/users.ts";
import type { CommandOutcome } from "./audit.ts";
import { exitCode } from "./io.ts";

export type UserAct =
  | { readonly do: "list"; readonly json: boolean }
  | { readonly do: "add"; readonly name: string; readonly role: Role; readonly password: string }
  | { readonly do: "password"; readonly name: string; readonly password: string }
  | { readonly do: "role"; readonly name: string; readonly role: Role }
  | { readonly do: "remove"; readonly name: string }
  | { readonly do: "unlock"; readonly name: string };

interface Place {
  readonly dataDir: string;
  readonly clock: Clock;
  readonly lang: Lang;
}

/** A running agent takes the change over within seconds. Exit code 1: refused, 5: the data folder cannot be used. */
export async function user(act: UserAct, { dataDir, clock, lang }: Place): Promise<CommandOutcome> {
  const users = await openUsers(dataDir);
  if (!users.ok) return failed(exitCode.journal, users.error);
  if (act.do === "list") return listed(users.value, act.json);
  const fault = "password" in act ? passwordFault(act.password, act.name) : null;
  if (fault !== null) return refusedBy(fault, lang);
  if (act.do !== "add" && users.value.find(act.name) === null) {
    return failed(exitCode.problems, noSuch(act.name, lang));
  }
  try {
    await writeDown(act, { dataDir, clock });
  } catch (error) {
    return failed(exitCode.journal, error instanceof Error ? error.message : String(error));
  }
  const result = await done(act, { users: users.value, nowMs: clock.now().wallMs });
  if (!result.ok) return refusedBy(result.error, lang);
  const { name, role } = result.value;
  const line = lang === "zh" ? `完成: ${name} (${role})` : `done: ${name} (${role})`;
  return { exitCode: exitCode.well, stdout: `${line}\n`, stderr: "" };
}

async function done(
  act: Exclude<UserAct, { do: "list" }>,
  { users, nowMs }: { readonly users: Users; readonly nowMs: number },
): ReturnType<Users["change"]> {
  switch (act.do) {
    case "add": {
      const password = await hashed(act.password);
      return await users.add({ name: act.name, role: act.role, password, nowMs });
    }
    case "password":
      return await users.change(act.name, { password: await hashed(act.password) });
    case "role":
      return await users.change(act.name, { role: act.role });
    case "unlock":
      return await users.change(act.name, { unlockedMs: nowMs });
    case "remove":
      return await users.remove(act.name);
  }
}

/** Before it is done, as on the page. */
async function writeDown(
  act: Exclude<UserAct, { do: "list" }>,
  { dataDir, clock }: { readonly dataDir: string; readonly clock: Clock },
): Promise<void> {
  const audit = await openAuditLog({ dataDir, clock, onTorn: () => {} });
  await audit.append({
    by: userInfo().username,
    role: "command line",
    from: "local",
    did: `user.${act.do}`,
    note: act.name,
    details: "role" in act ? { role: act.role } : {},
  });
}

async function hashed(password: string): Promise<string> {
  return (await createPasswords().hash(password)) ?? "";
}

function listed(users: Users, json: boolean): CommandOutcome {
  const shown = users.all.map(({ name, role, createdMs, lastLoginMs }: User) => {
    return { name, role, createdMs, lastLoginMs };
  });
  const stdout = json
    ? `${JSON.stringify(shown)}\n`
    : shown.map(({ name, role }) => `${role.padEnd(8)} ${name}\n`).join("");
  return { exitCode: exitCode.well, stdout, stderr: "" };
}

function refusedBy({ body }: Refused, lang: Lang): CommandOutcome {
  return failed(exitCode.problems, body.error[lang]);
}

function noSuch(name: string, lang: Lang): string {
  return lang === "zh" ? `没有用户 ${name}` : `there is no user ${name}`;
}

function failed(code: number, why: string): CommandOutcome {
  return { exitCode: code, stdout: "", stderr: `${why}\n` };
}
