import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, expect, test } from "vitest";

const door = new URL("../../agent/hazgate.mjs", import.meta.url).pathname;
const dir = mkdtempSync(join(tmpdir(), "hazgate-door-"));
afterAll(() => rmSync(dir, { recursive: true }));

/** Makes this Node say that it is an older one, before anything else is loaded. */
const aged = join(dir, "aged.mjs");
writeFileSync(
  aged,
  `Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.20.2" } });`,
);

function open(file: string, ...words: readonly string[]) {
  return spawnSync(process.execPath, ["--import", aged, file, ...words], {
    encoding: "utf8",
    timeout: 30_000,
  });
}

test("an old Node goes on with the runtime that npm ci brought along", () => {
  const answer = open(door, "--version");
  expect(answer.stderr).toBe("");
  expect(answer.stdout.trim()).toMatch(/^\d+\.\d+\.\d+$/);
  expect(answer.status).toBe(0);
});

/** A really old Node of this machine, if it has one: what the host of a fresh clone starts us with. */
const oldNode = (process.env["PATH"] ?? "")
  .split(delimiter)
  .map((folder) => join(folder, "node"))
  .find((file) => {
    const major = spawnSync(file, ["-p", "process.versions.node"], { encoding: "utf8" }).stdout;
    return Number.parseInt(major ?? "", 10) < 24;
  });

test.runIf(oldNode !== undefined)("a really old Node reads the door, too", () => {
  const answer = spawnSync(oldNode ?? "", [door, "--version"], { encoding: "utf8" });
  expect(answer.stderr).toBe("");
  expect(answer.stdout.trim()).toMatch(/^\d+\.\d+\.\d+$/);
});

test("exit codes pass through the door", () => {
  expect(open(door, "check", "--config", join(dir, "none.yaml")).status).toBe(2);
  expect(open(door, "no-such-command").status).toBe(2);
});

test("an old Node without it ends with a sentence in both languages, not with a stack", () => {
  const alone = join(dir, "hazgate.mjs");
  copyFileSync(door, alone);
  const answer = open(alone, "run");
  expect(answer.status).toBe(2);
  expect(answer.stderr).toContain("hazgate needs Node.js 24.4 or newer; this is 20.20.2");
  expect(answer.stderr).toContain("npm ci");
  expect(answer.stderr).toContain("hazgate 需要");
  expect(answer.stderr).not.toContain("    at ");
});
