import { spawnSync } from "node:child_process";
import { mkdtempSync, openSync, readdirSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterAll, expect, test } from "vitest";
import { sleep, start, stop, until } from "../soak/processes.ts";

const door = new URL("../../agent/hazgate.mjs", import.meta.url).pathname;
const dir = mkdtempSync(join(tmpdir(), "hazgate-damage-"));
afterAll(() => rmSync(dir, { recursive: true }));

const pageBytes = 4096;

/** Overwrites the page that holds the open seconds, and makes the agent's connection forget its own copy of it. */
function damage(file: string): void {
  const db = new Database(file);
  try {
    db.pragma("wal_checkpoint(TRUNCATE)");
    const root = db
      .prepare<[], number>("SELECT rootpage FROM sqlite_schema WHERE name = 'open_row'")
      .pluck()
      .get();
    db.exec("BEGIN IMMEDIATE; UPDATE life SET age_ms = age_ms");
    const descriptor = openSync(file, "r+");
    writeSync(
      descriptor,
      Buffer.alloc(pageBytes, 0xa5),
      0,
      pageBytes,
      ((root ?? 0) - 1) * pageBytes,
    );
    db.exec("COMMIT");
  } finally {
    db.close();
  }
}

test("a journal damaged under a running agent: moved aside, told, and the agent goes on by itself", async () => {
  const site = join(dir, "site.yaml");
  writeFileSync(
    site,
    `site: { id: s1, name: 试验, box: box1 }
buses:
  b1: { type: modbus-tcp, host: 127.0.0.1, port: 9, timeout: 200ms }
devices:
  d1: { bus: b1, unit: 1 }
points:
  LT-1: { device: d1, register: { address: 0 }, kind: level, unit: mm, range: [0, 1000] }
`,
  );
  const data = join(dir, "data");
  const command: [string, ...string[]] = [
    process.execPath,
    door,
    "run",
    "--plain",
    "--config",
    site,
    "--data",
    data,
  ];
  const agent = start("hazgate", join(dir, "logs"), command);
  await until("the start", () => agent.output().includes('"started"'));
  await sleep(2_500);
  damage(join(data, "journal.db"));
  await until("the second start", () => agent.output().includes("fresh journal"));
  expect(agent.output()).toContain("damaged");
  await until("the damaged file aside", () =>
    readdirSync(data).some((name) => name.startsWith("journal.db.damaged-")),
  );
  await sleep(2_500);
  expect(await stop(agent)).toBe("0");
  const audit = spawnSync(process.execPath, [door, "audit", "--data", data, "--deep", "--json"], {
    encoding: "utf8",
  });
  expect(audit.status).toBe(0);
  const books = JSON.parse(audit.stdout) as { made: number; balance: number };
  expect(books.balance).toBe(0);
  expect(books.made).toBeGreaterThan(0);
});
