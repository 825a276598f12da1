/** `hazgate read` and `watch` as they are called, on a plant with real sockets and a real serial line. */

import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Plant } from "../../agent/sim/plant/plant.ts";
import { siteFile } from "../../agent/sim/plant/siteFile.ts";
import { runningPlant } from "../sim/runningPlant.ts";

const door = new URL("../../agent/hazgate.mjs", import.meta.url).pathname;

function hazgate(...words: readonly string[]) {
  const child = spawn(process.execPath, [door, ...words], { stdio: ["ignore", "pipe", "pipe"] });
  const said = { stdout: "", stderr: "" };
  child.stdout.on("data", (piece) => (said.stdout += piece));
  child.stderr.on("data", (piece) => (said.stderr += piece));
  return new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) =>
    child.on("close", (code) => resolve({ code, ...said })),
  );
}

let running: Awaited<ReturnType<typeof runningPlant>>;
let plant: Plant;
let site = "";

beforeAll(async () => {
  running = await runningPlant();
  plant = running.plant;
  site = join(running.dataDir, "site.yaml");
  const uplink = { uplinkUrl: "mqtt://127.0.0.1:1883", protocol: 5, ack: "platform" } as const;
  writeFileSync(site, siteFile(plant, { ...uplink, lang: "en" }));
});
afterAll(() => running?.[Symbol.asyncDispose]());

describe("hazgate read", () => {
  test("a tag: where it is, its words in every form, and the value with its quality", async () => {
    const { code, stdout } = await hazgate("read", "LT-101", "--config", site, "--lang", "en");
    expect(code).toBe(0);
    expect(stdout).toContain("unit 1, holding 0..");
    expect(stdout).toContain("in manuals 40001");
    expect(stdout).toMatch(/float32 +\d/);
    expect(stdout).toMatch(/value +\d+\.\d mm {2}good/);
  });

  test("a place on the wire means the same words as the tag that lies there", async () => {
    const tag = await hazgate("read", "LT-101", "--config", site, "--json");
    const place = await hazgate("read", "1:40001", "--bus", "farm-tcp", "--config", site, "--json");
    const one = JSON.parse(tag.stdout);
    const other = JSON.parse(place.stdout);
    expect(other).toMatchObject({ table: "holding", address: 0, count: 2, reading: null });
    expect(one.hex.startsWith(other.hex)).toBe(true);
    expect(one.forms.float32.ABCD).toBe(other.forms.float32.ABCD);
    expect(one.reading).toMatchObject({ unit: "mm", quality: "good", reason: null });
  });

  test("a serial line is read the same way", async () => {
    const [line] = plant.serial;
    const { code, stdout } = await hazgate(...["read", "GD-101", "--config", site, "--lang", "zh"]);
    expect(stdout).toContain("测量值");
    expect(code).toBe(0);
    const bare = ["--serial", line?.path ?? "", "--baud", String(line?.baud), "--json"];
    const unit = JSON.parse((await hazgate("read", "GD-101", "--config", site, "--json")).stdout);
    const place = await hazgate("read", `${unit.unit}:${unit.address}`, "--count", "1", ...bare);
    expect(JSON.parse(place.stdout)).toMatchObject({ unit: unit.unit, table: "holding" });
  });

  test("a broken loop says its milliamperes and why there is no number", async () => {
    expect(plant.start("broken-loop")).toMatchObject({ ok: true });
    const { code, stdout } = await hazgate("read", "PT-201", "--config", site, "--lang", "en");
    plant.stop("broken-loop");
    expect(stdout).toMatch(/value +— {2}open loop: the loop carries 1\.2\d? mA/);
    expect(code).toBe(0);
  });

  test("a silent unit, a register that is not there, a host that is not: each with cause and cure", async () => {
    const host = `${plant.tcp[0]?.host}:${plant.tcp[0]?.port}`;
    const silent = await hazgate("read", "77:0", "--host", host, "--lang", "en");
    expect(silent.code).toBe(3);
    expect(silent.stderr).toContain("check the unit id");
    const absent = await hazgate("read", "1:60000", "--table", "input", "--host", host);
    expect(absent.stderr).toContain("exception 2");
    expect(absent.stderr).toContain("--count 1");
    const nobody = await hazgate("read", "1:0", "--host", "127.0.0.1:9", "--lang", "zh");
    expect(nobody.code).toBe(3);
    expect(nobody.stderr).toContain("线路打不开");
  });

  test("what cannot be meant is a usage error, in the reader's language", async () => {
    const { code, stderr } = await hazgate("read", "LT-999", "--config", site, "--lang", "zh");
    expect(stderr).toContain("没有测点 LT-999");
    expect(code).toBe(2);
  });
});

describe("hazgate watch", () => {
  test("a line for each register each time, and an end", async () => {
    const words = ["watch", "LT-101", "GD-101", "--every", "200ms", "--for", "1500ms"];
    const { code, stdout } = await hazgate(...words, "--config", site, "--json");
    const lines = stdout.trim().split("\n");
    const targets = lines.map((line) => JSON.parse(line).target);
    expect(targets.slice(0, 2)).toEqual(["LT-101", "GD-101"]);
    expect(code).toBe(0);
  });
});
