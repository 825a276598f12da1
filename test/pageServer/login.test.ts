import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { user } from "../../agent/commands/user.ts";
import { createFirstStart } from "../../agent/page/server/firstStart.ts";
import { createLockout } from "../../agent/page/server/lockout.ts";
import { passwordFault } from "../../agent/page/server/passwords.ts";
import { monotonicMs } from "../../config/words/time.ts";
import { bench, clock, codeOf, loggedIn, password, until } from "./harness.ts";

test("the first start takes the printed code once, and makes an admin", async () => {
  await using world = await bench({ users: [] });
  const nobody = await world.client();
  expect(await (await nobody.get("/api/me")).json()).toMatchObject({
    isFirstStart: true,
    me: null,
  });
  const code = world.server.oneTimeCode ?? "";
  expect(code).toMatch(/^[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}$/);
  const setup = (given: string, word = password) =>
    nobody.send("POST", "/api/setup", { code: given, name: "王工", password: word });
  expect(await codeOf(await setup("AAAA-AAAA-AAAA"))).toBe("code-wrong");
  expect(await codeOf(await setup(code, "short"))).toBe("password-short");
  const admin = await loggedIn(
    () => world.server.address,
    await setup(code.toLowerCase().replaceAll("-", " ")),
  );
  expect(admin.me).toMatchObject({ name: "王工", role: "admin" });
  expect((await admin.get("/api/users")).status).toBe(200);
  expect(await codeOf(await setup(code))).toBe("setup-over");
  await world.restart();
  expect(world.server.oneTimeCode).toBeNull();
});

test("a code dies of age and of too many tries", () => {
  const start = createFirstStart(monotonicMs(0));
  expect(start.tryCode(start.code, monotonicMs(3_600_001))).toBe("expired");
  for (let tries = 0; tries < 30; tries += 1) {
    expect(start.tryCode("nope", monotonicMs(1))).toBe("wrong");
  }
  expect(start.tryCode(start.code, monotonicMs(1))).toBe("expired");
});

test.each([
  ["tank-farm-7411", null],
  ["短密码短密码短密码短", "password-common"],
  ["一二三四五六七八九十甲", null],
  ["password123", "password-common"],
  ["Passw0rd!!!", "password-common"],
  ["aaaaaaaaaaaa", "password-common"],
  ["ilove-officer", "password-common"],
  ["nine-char", "password-short"],
  ["x".repeat(300), "password-long"],
])("password %s: %s", (word, code) => {
  expect(passwordFault(word, "officer")?.body.error.code ?? null).toBe(code);
});

test("an unknown name and a wrong password get the same answer, and both are locked alike", async () => {
  await using world = await bench();
  const nobody = await world.client();
  const tryAs = async (name: string) => {
    const answer = await nobody.send("POST", "/api/login", { name, password: "not this one" });
    return { status: answer.status, body: await answer.text() };
  };
  const known = await tryAs("officer");
  expect(known.status).toBe(401);
  expect(await tryAs("nobody")).toEqual(known);
  for (let tries = 0; tries < 4; tries += 1) await tryAs("officer");
  for (let tries = 0; tries < 4; tries += 1) await tryAs("nobody");
  const locked = await nobody.send("POST", "/api/login", { name: "officer", password });
  expect(await codeOf(locked)).toBe("login-locked");
  expect(Number(locked.headers.get("retry-after"))).toBeGreaterThan(0);
  expect((await tryAs("nobody")).status).toBe(429);
  // Others are not.
  expect((await world.client("admin")).me?.role).toBe("admin");
});

test("delays grow, end, and spare the address from which the name has come before", () => {
  const lockout = createLockout();
  const at = (ms: number) => monotonicMs(ms);
  lockout.succeeded({ name: "officer", address: "10.0.0.5" });
  for (let tries = 0; tries < 60; tries += 1) {
    lockout.failed({ name: "officer", address: `10.1.0.${tries}` }, at(0));
  }
  expect(lockout.waitMs({ name: "Officer", address: "10.9.9.9" }, at(0))).toBe(15 * 60_000);
  expect(lockout.isLocked("officer", at(0))).toBe(true);
  expect(lockout.waitMs({ name: "officer", address: "10.0.0.5" }, at(0))).toBe(0);
  expect(lockout.waitMs({ name: "officer", address: "10.9.9.9" }, at(15 * 60_000))).toBe(0);
  lockout.unlock("officer");
  expect(lockout.waitMs({ name: "officer", address: "10.9.9.9" }, at(0))).toBe(0);
  const waits = Array.from({ length: 9 }, () => {
    lockout.failed({ name: "x", address: "10.2.0.1" }, at(0));
    return lockout.waitMs({ name: "x", address: "10.2.0.1" }, at(0));
  });
  expect(waits).toEqual([0, 0, 0, 0, 5_000, 10_000, 20_000, 40_000, 80_000]);
});

test("many wrong tries at the same moment count as many", async () => {
  await using world = await bench();
  const nobody = await world.client();
  const answers = await Promise.all(
    Array.from({ length: 30 }, () =>
      nobody.send("POST", "/api/login", { name: "officer", password: "not this one" }),
    ),
  );
  const tried = answers.filter(({ status }) => status === 401).length;
  expect(tried).toBeLessThanOrEqual(5);
});

test("a login outlives the agent's restart, and a logout ends it for good", async () => {
  await using world = await bench();
  const officer = await world.client("officer");
  const other = await world.client("officer");
  await world.restart();
  expect((await officer.get("/api/audit")).status).toBe(200);
  expect((await officer.send("POST", "/api/logout")).status).toBe(200);
  expect((await officer.get("/api/audit")).status).toBe(401);
  await world.restart();
  expect((await officer.get("/api/audit")).status).toBe(401);
  expect((await other.get("/api/audit")).status).toBe(200);
});

test("a new role, a new password or a removal ends the sessions at once", async () => {
  await using world = await bench();
  const admin = await world.client("admin");
  for (const change of [{ role: "officer" }, { password: "another-word-88" }]) {
    const viewer = await world.client("viewer");
    expect((await viewer.get("/api/system")).status).toBe(200);
    expect((await admin.send("POST", "/api/users/viewer", change)).status).toBe(200);
    expect((await viewer.get("/api/system")).status).toBe(401);
  }
  const officer = await world.client("officer");
  expect((await admin.send("DELETE", "/api/users/officer")).status).toBe(200);
  expect((await officer.get("/api/system")).status).toBe(401);
  expect(await codeOf(await admin.send("DELETE", "/api/users/admin"))).toBe("last-admin");
  expect(await codeOf(await admin.send("POST", "/api/users/admin", { role: "viewer" }))).toBe(
    "last-admin",
  );
});

test("one's own password: the old one is asked for, other sessions end", async () => {
  await using world = await bench();
  const here = await world.client("officer");
  const there = await world.client("officer");
  const change = (old: string) =>
    here.send("POST", "/api/me/password", { old, password: "brand-new-word-1" });
  expect(await codeOf(await change("wrong-old-one"))).toBe("login-failed");
  const again = await loggedIn(() => world.server.address, await change(password));
  expect((await again.get("/api/audit")).status).toBe(200);
  expect((await there.get("/api/audit")).status).toBe(401);
});

test("what the command line changes reaches a running server", async () => {
  await using world = await bench();
  const place = { dataDir: world.dataDir, clock, lang: "en" } as const;
  const viewer = await world.client("viewer");
  expect((await user({ do: "role", name: "viewer", role: "officer" }, place)).exitCode).toBe(0);
  await until(async () => (await viewer.get("/api/system")).status === 401);
  const added = await user({ do: "add", name: "李工", role: "viewer", password }, place);
  expect(added).toMatchObject({ exitCode: 0, stderr: "" });
  const nobody = await world.client();
  expect((await nobody.send("POST", "/api/login", { name: "李工", password })).status).toBe(200);
  expect((await user({ do: "remove", name: "nobody" }, place)).exitCode).toBe(1);
  expect(
    (await user({ do: "add", name: "bad\nname", role: "viewer", password }, place)).exitCode,
  ).toBe(1);
});

test("no file holds a password, a cookie or a token, and none is open to others", async () => {
  await using world = await bench();
  const officer = await world.client("officer");
  const nobody = await world.client();
  // The password in the wrong field.
  await nobody.send("POST", "/api/login", { name: password, password: "officer" });
  const files = await readdir(world.dataDir);
  expect(files.sort()).toEqual([
    ...["audit.jsonl", "audit.jsonl.reserve", "sessions.json", "users.json"],
  ]);
  for (const file of files) {
    const path = join(world.dataDir, file);
    expect((await stat(path)).mode & 0o077).toBe(0);
    const text = await readFile(path, "utf8");
    expect(text).not.toContain(password);
    expect(text).not.toContain(officer.headers["cookie"]!.split("=")[1]);
    expect(text).not.toContain(officer.me!.csrf);
  }
});
