import { spawnSync } from "node:child_process";
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { importReportSchema } from "../../agent/install/importReport.ts";
import { exampleYaml } from "./sheetFiles.ts";

const door = new URL("../../agent/hazgate.mjs", import.meta.url).pathname;
const dir = mkdtempSync(join(tmpdir(), "hazgate-import-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const config = join(dir, "site.yaml");
const list = join(dir, "list.csv");

function hazgate(...words: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [door, ...words, "--config", config],
    { encoding: "utf8", input: "" },
  );
  return { status, stdout, stderr };
}

test("a list goes in as a preview, then for good; the old file stays beside it; a list out goes back in", () => {
  const before = exampleYaml("smallSite");
  writeFileSync(config, before);
  writeFileSync(
    list,
    "位号,设备,寄存器地址,数据类型,量程,单位\nPT-102,苯罐液位计,40021,float,0~100,kPa\nPT-103,苯罐液位计,x,float,0~100,kPa\n",
  );
  const preview = hazgate("import", list, "--lang", "zh", "--dry-run");
  expect(preview.status).toBe(1);
  expect(preview.stdout).toContain('list.csv!C3: 不收 "x" 不是寄存器地址');
  expect(preview.stdout).toContain("+ 测点 PT-102");
  expect(preview.stdout).toContain("地址: 1 个 40001 式编号, 从 1 数 (首个 list.csv!C2)");
  const silent = hazgate("import", list, "--lang", "en");
  expect(silent.stderr).toContain("there is no terminal to ask; add --yes");
  expect(hazgate("import", list, "--replace", "--yes", "--lang", "en").stderr).toContain(
    "--replace would remove the points of the rejected rows",
  );
  expect(readFileSync(config, "utf8")).toBe(before);

  const done = hazgate("import", list, "--yes", "--json");
  const report = importReportSchema.parse(JSON.parse(done.stdout));
  expect([done.status, report.written, report.changes.map(({ id }) => id)]).toEqual([
    1,
    true,
    ["PT-102"],
  ]);
  expect(readFileSync(report.backup ?? "", "utf8")).toBe(before);
  const after = readFileSync(config, "utf8");
  expect(after).toContain("register: { modicon: 40021, type: float32 }");

  const sheet = join(dir, "out.xlsx");
  expect(hazgate("export", "points", "--out", sheet).status).toBe(0);
  expect(hazgate("export", "points", "--out", sheet).status).toBe(2);
  const back = hazgate("import", sheet, "--replace", "--yes", "--json");
  expect(back.status).toBe(0);
  expect(importReportSchema.parse(JSON.parse(back.stdout))).toMatchObject({
    written: false,
    changes: [],
    same: 5,
  });
  expect(readFileSync(config, "utf8")).toBe(after);
});

test("what would not pass the check is not written, and the fault is shown", () => {
  writeFileSync(config, exampleYaml("smallSite"));
  writeFileSync(list, "Tag,H\nLT-101,99999\n");
  const { status, stderr } = hazgate("import", list, "--yes", "--lang", "en");
  expect([status, stderr.includes("would not pass the check"), /error E\d+/.test(stderr)]).toEqual([
    1,
    true,
    true,
  ]);
  expect(readFileSync(config, "utf8")).toBe(exampleYaml("smallSite"));
});

test("a file too large for a list is refused by its size alone", () => {
  writeFileSync(config, exampleYaml("smallSite"));
  const huge = join(dir, "huge.xlsx");
  writeFileSync(huge, "PK\u0003\u0004");
  truncateSync(huge, 2 * 1024 ** 3);
  const { status, stderr } = hazgate("import", huge, "--lang", "en");
  expect([status, stderr.includes("has 2048 MiB, the most is 32 MiB")]).toEqual([1, true]);
  expect(hazgate("import", join(dir, "none.xlsx")).status).toBe(1);
  expect(readdirSync(dir).filter((name) => name.endsWith(".new"))).toEqual([]);
});
