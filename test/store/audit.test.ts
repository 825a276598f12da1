import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { audit, auditSchema } from "../../agent/commands/audit.ts";
import { columnsOfBlock } from "../../agent/wire/readingColumns.ts";
import { alarm, block } from "./samples.ts";
import { close, HandClock, open, scratchFolder } from "./scratchJournal.ts";

function filled(): { readonly dataDir: string; readonly stop: () => void } {
  const dataDir = scratchFolder();
  const clock = new HandClock();
  const life = open(join(dataDir, "journal.db"), clock, { backlogEveryMs: 1_000 });
  life.engine.append(columnsOfBlock(block(clock.now(), [1, 2, 3])));
  clock.pass(1_000);
  life.engine.commit();
  life.engine.append(columnsOfBlock(block(clock.now(), [4])));
  life.engine.raise([alarm(clock.now())]);
  life.engine.commit();
  life.engine.delivered([{ from: 1, to: 1 }]);
  return { dataDir, stop: () => close(life) };
}

test("beside a running agent and after it, the books are shown and balance", () => {
  const { dataDir, stop } = filled();
  const look = (): unknown => {
    const { exitCode, stdout, stderr } = audit({ dataDir, json: true, deep: true, lang: "en" });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    return auditSchema.parse(JSON.parse(stdout));
  };
  expect(look()).toMatchObject({
    made: 4,
    delivered: 3,
    stored: 1,
    declaredLost: 0,
    balance: 0,
    classes: { alarm: { made: 1, stored: 1, balance: 0 } },
    lastSeq: 2,
    holes: [],
    faults: [],
  });
  stop();
  expect(look()).toMatchObject({ made: 4, balance: 0, lastSeq: 3 });
});

test("an imbalance, a hole and a wrong byte each end with 5 and are named", () => {
  const vandalise = (sql: string): { readonly code: number; readonly text: string } => {
    const { dataDir, stop } = filled();
    stop();
    const db = new Database(join(dataDir, "journal.db"));
    db.exec(sql);
    db.close();
    const { exitCode, stdout } = audit({ dataDir, json: false, deep: true, lang: "en" });
    return { code: exitCode, text: stdout };
  };
  expect(vandalise("UPDATE account SET made = made + 1 WHERE class = 'readings'")).toEqual({
    code: 5,
    text: expect.stringContaining("NOT IN ORDER"),
  });
  expect(
    vandalise("UPDATE life SET next_seq = 9; UPDATE record SET seq = 7 WHERE seq = 3"),
  ).toEqual({ code: 5, text: expect.stringContaining("3-6, 8-8") });
  expect(vandalise("UPDATE payload SET bytes = zeroblob(length(bytes)) WHERE seq = 1")).toEqual({
    code: 5,
    text: expect.stringContaining("1: the bytes do not match their checksum"),
  });
});

test("both languages say the same numbers", () => {
  const { dataDir, stop } = filled();
  const numbers = (lang: "zh" | "en"): string[] => {
    const { stdout } = audit({ dataDir, json: false, deep: false, lang });
    expect(stdout).toContain(lang === "zh" ? "账目平衡" : "All in order");
    return stdout.match(/\d+/g) ?? [];
  };
  expect(numbers("zh")).toEqual(numbers("en"));
  stop();
});

test("no journal and no database are an error on stderr, not a balance", () => {
  const { exitCode, stdout, stderr } = audit({
    dataDir: scratchFolder(),
    json: true,
    deep: false,
    lang: "zh",
  });
  expect({ exitCode, stdout }).toEqual({ exitCode: 5, stdout: "" });
  expect(stderr).toContain("no journal");
});

test("a damaged journal is said to be damaged; after a restart its salvage is told and the books balance", () => {
  const { dataDir, stop } = filled();
  stop();
  const file = join(dataDir, "journal.db");
  const bytes = readFileSync(file);
  writeFileSync(file, bytes.fill(0, 4_096, 3 * 4_096));
  const before = audit({ dataDir, json: false, deep: true, lang: "en" });
  expect(before.exitCode).toBe(5);
  expect(before.stdout + before.stderr).toMatch(/damaged|NOT IN ORDER/);
  const clock = new HandClock();
  const life = open(file, clock);
  for (let step = 0; step < 1_000 && life.engine.stats().check.checkedWallMs === null; step += 1) {
    expect(life.engine.background().ok).toBe(true);
    clock.pass(1_000);
  }
  close(life);
  const { exitCode, stdout } = audit({ dataDir, json: true, deep: true, lang: "en" });
  const report = auditSchema.parse(JSON.parse(stdout));
  expect(exitCode).toBe(0);
  expect(report.salvages).toMatchObject([{ isDone: true }]);
  expect(audit({ dataDir, json: false, deep: false, lang: "en" }).stdout).toContain("moved aside");
});
