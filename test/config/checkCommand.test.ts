import { expect, test } from "vitest";
import { check, checkReportSchema } from "../../agent/commands/check.ts";
import { printSchema } from "../../agent/commands/schema.ts";
import { edited, exampleText, tidyBox } from "./exampleSite.ts";

const small = exampleText("smallSite");
const usual = { file: "site.yaml", io: tidyBox, lang: "zh", json: false, colour: false } as const;

test("a good file: exit 0, what was understood, and the next step", () => {
  const { exitCode, stdout, stderr } = check({ ...usual, text: small });
  expect([exitCode, stderr]).toEqual([0, ""]);
  expect(stdout.trimEnd().split("\n")).toEqual([
    "没有问题",
    "读到的内容: 某某化工有限公司 (small-site/box1): 总线 2, 设备 3, 测点 4, 限值 10, 储罐 1, 上传通道 1",
    "存储 8 GiB: 断网可完整保存约 4630 天; 已上传的历史约 663 天",
    "总线 RS485-1: 轮询一遍 0.09 s, 占用 9%; 从变化到报警判断最坏 1.07 s, 1 台失去应答时 1.69 s (不含报警延时)",
    "总线 PLC-1: 轮询一遍 0.01 s, 占用 1%; 从变化到报警判断最坏 1.01 s, 1 台失去应答时 1.01 s (不含报警延时)",
    "下一步: hazgate run --config site.yaml",
  ]);
});

test("warnings alone: exit 0", () => {
  const text = edited(small, "gas2: 50", "gas2: 60");
  const { exitCode, stdout } = check({ ...usual, text, lang: "en" });
  expect(exitCode).toBe(0);
  expect(stdout).toContain("0 errors, 1 warning\nunderstood: ");
  expect(stdout.trimEnd().endsWith("next: hazgate run --config site.yaml")).toBe(true);
});

test("an error: exit 1, and the next step is to check again", () => {
  const text = edited(small, "hh: 11000", "hh: 1");
  const { exitCode, stdout } = check({ ...usual, text, lang: "en" });
  expect(exitCode).toBe(1);
  expect(
    stdout.trimEnd().endsWith("correct the errors, then: hazgate check --config site.yaml"),
  ).toBe(true);
});

test.each(["zh", "en"] as const)("no file: exit 2, with advice on stderr (%s)", (lang) => {
  const { exitCode, stdout, stderr } = check({ ...usual, text: null, lang });
  expect([exitCode, stdout]).toEqual([2, ""]);
  expect(stderr).toContain("config/examples/");
});

test.each([
  ["a good file", small, true],
  ["a file with warnings", edited(small, "gas2: 50", "gas2: 60"), true],
  ["a file with errors between fields", edited(small, "hh: 11000", "hh: 1"), false],
  ["a file with errors of form", edited(small, "kind: level", "kind: x"), false],
  ["no YAML", "{", false],
])("--json keeps its shape: %s", (_, text, isOk) => {
  const { exitCode, stdout } = check({ ...usual, text, json: true });
  const report = checkReportSchema.parse(JSON.parse(stdout));
  expect(report.ok).toBe(isOk);
  expect(exitCode).toBe(isOk ? 0 : 1);
  expect(report.errors + report.warnings).toBe(report.faults.length);
  expect(report.errors === 0).toBe(isOk);
});

test("the schema command prints JSON that ends with a line break", () => {
  expect(printSchema().endsWith("}\n")).toBe(true);
  expect(JSON.parse(printSchema())).toMatchObject({ $id: "urn:hazgate:site" });
});
