import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { initSite } from "../../agent/install/initSite.ts";
import { createRealClock } from "../../agent/realClock.ts";
import { faultsOf } from "../config/exampleSite.ts";
import { siteOf } from "./sheetFiles.ts";

const dir = mkdtempSync(join(tmpdir(), "hazgate-init-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function given(file: string, lang: "zh" | "en" = "zh", answers: string[] | null = null) {
  const told: string[] = [];
  const say = (text: string) => void told.push(text);
  const io = { out: say, err: say, lang, isTerminal: false, colour: false, width: 100 };
  const ask = answers === null ? null : async () => answers.shift() ?? "";
  const path = join(dir, file);
  return {
    path,
    told,
    options: {
      file: path,
      from: null,
      base: null,
      force: false,
      clock: createRealClock(),
      io,
      ask,
    },
  };
}

test.each(["zh", "en"] as const)(
  "by flags: a commented file that has no fault but the missing points (%s)",
  async (lang) => {
    const { path, options } = given(`flags-${lang}.yaml`, lang);
    for (const bus of [
      {},
      { host: "10.0.0.1:1502" },
      { serial: "/dev/ttyUSB0", baud: 19_200, parity: "even" },
    ]) {
      expect(
        await initSite({
          ...options,
          ...bus,
          id: "a1",
          name: '某厂 "甲": 1, #2',
          enterpriseCode: "0123",
          force: true,
        }),
      ).toBe(0);
      const text = readFileSync(path, "utf8");
      expect(faultsOf(text).filter(({ severity }) => severity === "error")).toEqual([]);
      expect(siteOf(text).site).toMatchObject({
        id: "a1",
        name: '某厂 "甲": 1, #2',
        enterpriseCode: "0123",
      });
      for (const section of ["site", "buses", "devices", "points", "tanks", "journal"]) {
        expect(text).toMatch(new RegExp(`^#.*\\n${section}:`, "m"));
      }
    }
    expect(siteOf(readFileSync(path, "utf8")).buses["RS485-1"]).toMatchObject({
      baud: 19_200,
      parity: "even",
    });
  },
);

test("by questions, only for what no flag says; a wrong id is asked for again", async () => {
  const { path, told, options } = given("asked.yaml", "en", [
    "厂一",
    "s-1",
    "",
    "/dev/ttyS1",
    "4800",
  ]);
  expect(await initSite({ ...options, name: "Plant" })).toBe(0);
  expect(siteOf(readFileSync(path, "utf8"))).toMatchObject({
    site: { id: "s-1", name: "Plant" },
    buses: { "RS485-1": { port: "/dev/ttyS1", baud: 4800 } },
  });
  expect(told.join("")).toContain("ASCII letters");
});

test("a file that is there stays, without --force; nobody to ask: the flags are named", async () => {
  const { path, told, options } = given("there.yaml", "en");
  expect(await initSite(options)).toBe(2);
  writeFileSync(path, "mine");
  expect(await initSite({ ...options, id: "a", name: "b" })).toBe(2);
  expect(readFileSync(path, "utf8")).toBe("mine");
  expect(told.join("")).toMatch(/give --id and --name[\s\S]*--force replaces it/);
  expect(await initSite({ ...options, id: "a", name: "b", force: true })).toBe(0);
  const [copy] = readdirSync(dir).filter(
    (name) => name.startsWith("there.yaml.") && name.endsWith(".bak"),
  );
  expect(readFileSync(join(dir, copy ?? ""), "utf8")).toBe("mine");
});

test("with a list: devices, points and tanks are in it at once, and the check is content", () => {
  const door = new URL("../../agent/hazgate.mjs", import.meta.url).pathname;
  const run = (...words: readonly string[]) =>
    spawnSync(process.execPath, [door, ...words], { cwd: dir, encoding: "utf8", input: "" });
  writeFileSync(
    join(dir, "points.csv"),
    "位号,总线,从站地址,寄存器地址,数据类型,量程,单位,高报,储罐,介质\nLT-1,10.0.0.5,1,40001,浮点,0~12000,mm,10000,V-1,苯\nPT-1,10.0.0.5,2,40001,浮点,0~100,kPa,80,V-1,苯\n",
  );
  const made = run(
    "init",
    "listed.yaml",
    "--id",
    "x",
    "--name",
    "某厂",
    "--from",
    "points.csv",
    "--lang",
    "zh",
  );
  expect([made.status, made.stdout.includes("测点: 新增 2")]).toEqual([0, true]);
  const checked = run("check", "--config", "listed.yaml", "--lang", "zh");
  expect([
    checked.status,
    checked.stdout.includes("总线 1, 设备 2, 测点 2, 限值 2, 储罐 1"),
  ]).toEqual([0, true]);
});
