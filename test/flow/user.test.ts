import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { spawn } from "@lydell/node-pty";
import { afterEach, beforeEach, expect, test } from "vitest";

const door = new URL("../../agent/hazgate.mjs", import.meta.url).pathname;
const password = "tank-farm-7411";

let dataDir = "";
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "hazgate-user-"));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

const user = (words: readonly string[], input = "") =>
  spawnSync(process.execPath, [door, "user", ...words, "--data", dataDir, "--lang", "en"], {
    ...{ encoding: "utf8", timeout: 60_000, input },
  });

test("users are made, changed and removed by a pipe; each act is in the audit log, no password anywhere", () => {
  expect(user(["add", "王工", "--role", "officer"], `${password}\n`)).toMatchObject({
    ...{ status: 0, stdout: "done: 王工 (officer)\n" },
  });
  expect(user(["role", "王工", "--role", "viewer"]).status).toBe(0);
  expect(user(["password", "王工"], "another-farm-8522\n").status).toBe(0);
  expect(user(["unlock", "王工"]).status).toBe(0);
  expect(JSON.parse(user(["list", "--json"]).stdout)).toMatchObject([
    { name: "王工", role: "viewer", lastLoginMs: null },
  ]);
  expect(user(["remove", "王工"]).status).toBe(0);
  expect(user(["list"]).stdout).toBe("");
  const log = readFileSync(join(dataDir, "audit.jsonl"), "utf8");
  const acts = log.trim().split("\n");
  expect(acts.map((line) => (JSON.parse(line) as { did: string }).did)).toEqual([
    ...["user.add", "user.role", "user.password", "user.unlock", "user.remove"],
  ]);
  expect(log).not.toContain(password);
  const verified = spawnSync(process.execPath, [door, "audit", "--log", "--data", dataDir]);
  expect(verified.status).toBe(0);
});

test("a weak password, an unknown name and an unknown role are refused in words, and nothing is done", () => {
  const weak = user(["add", "wang", "--role", "officer"], "12345\n");
  expect(weak.status).toBe(1);
  expect(weak.stderr).toMatch(/10 characters/);
  expect(user(["remove", "nobody"])).toMatchObject({
    ...{ status: 1, stderr: "there is no user nobody\n" },
  });
  expect(user(["add", "wang", "--role", "king"], `${password}\n`).status).toBe(2);
  expect(user(["list", "--json"]).stdout).toBe("[]\n");
});

test("on a terminal the password is asked for and not shown", async () => {
  const terminal = spawn(
    process.execPath,
    [door, "user", "add", "li", "--role", "viewer", "--data", dataDir, "--lang", "en"],
    { name: "xterm", cols: 80, rows: 24 },
  );
  let shown = "";
  const ended = Promise.withResolvers<number>();
  terminal.onData((text) => {
    const wasAsked = shown.includes("Password");
    shown += text;
    if (!wasAsked && shown.includes("Password")) terminal.write(`${password}\r`);
  });
  terminal.onExit(({ exitCode }) => ended.resolve(exitCode));
  expect(await ended.promise).toBe(0);
  expect(shown).toContain("done: li (viewer)");
  expect(shown).not.toContain(password);
});
