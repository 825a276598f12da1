import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { type Running, start, stop, until } from "../soak/processes.ts";

const door = new URL("../../agent/hazgate.mjs", import.meta.url).pathname;
const dir = mkdtempSync(join(tmpdir(), "hazgate-commands-"));
afterAll(() => rmSync(dir, { recursive: true }));

const ask = (...words: readonly string[]) =>
  spawnSync(process.execPath, [door, ...words], {
    encoding: "utf8",
    timeout: 30_000,
    env: { ...process.env, NO_COLOR: "1", LANG: "C" },
  });
const hazgate = (...words: readonly string[]): Running =>
  start("hazgate", join(dir, "logs"), [process.execPath, door, ...words]);

const goodSite = join(dir, "good.yaml");
writeFileSync(
  goodSite,
  `site: { id: s1, name: 试验, box: box1 }
buses:
  b1: { type: modbus-tcp, host: 127.0.0.1, port: 9, timeout: 200ms }
devices:
  d1: { bus: b1, unit: 1 }
points:
  LT-1:
    device: d1
    register: { address: 0 }
    kind: level
    unit: mm
    range: [0, 1000]
    limits: { h: 900, hh: 950 }
`,
);

describe("help", () => {
  test.each(["run", "check", "schema", "audit", "demo", "sim plant", "sim load", "sim platform"])(
    "%s explains itself with an example in both languages",
    (verb) => {
      const words = verb.split(" ");
      const en = ask(...words, "--help");
      expect(en.status).toBe(0);
      expect(en.stdout).toContain("Examples:");
      expect(en.stdout).toContain(`$ hazgate ${verb}`);
      const zh = ask("--lang", "zh", ...words, "--help");
      expect(zh.status).toBe(0);
      expect(zh.stdout).toContain("示例:");
    },
  );
  test("a wrong word is a usage error with a hint", () => {
    const answer = ask("chekc");
    expect(answer.status).toBe(2);
    expect(answer.stderr).toContain("check");
  });
});

describe("run", () => {
  test("without a site file: exit 2 and what to do", () => {
    const answer = ask("run", "--config", join(dir, "none.yaml"), "--data", join(dir, "x"));
    expect(answer.status).toBe(2);
    expect(answer.stderr).toContain("none.yaml");
    expect(answer.stderr).toContain("--config");
  });
  test("with a faulty site file: exit 1 and the place", () => {
    const file = join(dir, "bad.yaml");
    writeFileSync(
      file,
      "site: { id: s1, name: x, paritty: 1 }\nbuses: {}\ndevices: {}\npoints: {}\n",
    );
    const answer = ask("run", "--config", file, "--data", join(dir, "x"));
    expect(answer.status).toBe(1);
    expect(answer.stderr).toContain("bad.yaml:1:");
  });
  test("with a data folder that cannot be used: exit 5 and why", () => {
    const data = join(dir, "unusable");
    mkdirSync(join(data, "journal.db"), { recursive: true });
    const answer = ask("run", "--plain", "--config", goodSite, "--data", data);
    expect(answer.status).toBe(5);
    expect(answer.stderr).toContain("journal.db");
  });
  test.each(["SIGTERM", "SIGINT"] as const)(
    "%s stops it cleanly, dead device and all",
    async (name) => {
      const agent = hazgate("run", "--plain", "--config", goodSite, "--data", join(dir, name));
      await until("the start", () => agent.output().includes('"started"'));
      const fromMs = performance.now();
      expect(await stop(agent, name)).toBe("0");
      expect(performance.now() - fromMs).toBeLessThan(30_000);
      expect(agent.output()).toContain('"stopped"');
      const audit = ask("audit", "--data", join(dir, name), "--deep", "--json");
      expect(audit.status).toBe(0);
      expect(JSON.parse(audit.stdout)).toMatchObject({ balance: 0 });
    },
  );
  test("two agents never share a journal: the second ends with 5", async () => {
    const data = join(dir, "shared");
    const agent = hazgate("run", "--plain", "--config", goodSite, "--data", data);
    await until("the start", () => agent.output().includes('"started"'));
    const second = ask("run", "--plain", "--config", goodSite, "--data", data);
    expect(second.status).toBe(5);
    expect(second.stderr).toContain("another agent");
    expect(await stop(agent)).toBe("0");
  });
});

describe("audit", () => {
  test("of nothing: exit 5 and which file is missing", () => {
    const answer = ask("audit", "--data", join(dir, "nothing"));
    expect(answer.status).toBe(5);
    expect(answer.stderr).toContain("journal.db");
  });
});

describe("sim load", () => {
  test("writes a site file that fits it, and the agent reads every point", async () => {
    const data = join(dir, "load");
    const load = hazgate(
      "sim",
      "load",
      "--data",
      data,
      "--ports",
      "2",
      "--units",
      "2",
      "--floats",
      "100",
    );
    await until("the site file", () => load.output().includes("load.yaml"));
    const file = join(data, "load.yaml");
    const agent = hazgate("run", "--plain", "--config", file, "--data", join(data, "agent"));
    await until("the start", () => agent.output().includes('"started"'));
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    expect(await stop(agent)).toBe("0");
    expect(await stop(load)).toBe("0");
    const { made, balance } = JSON.parse(
      ask("audit", "--data", join(data, "agent"), "--json").stdout,
    );
    expect(balance).toBe(0);
    expect(made).toBeGreaterThanOrEqual(2 * 400);
  });
});

describe("demo", () => {
  test("runs a whole plant, says where things are, stops on Ctrl-C, and goes on from the same journal", async () => {
    const data = join(dir, "demo");
    const made: number[] = [];
    for (let round = 0; round < 2; round += 1) {
      const demo = hazgate("demo", "--plain", "--lang", "en", "--data", data);
      await until("the start", () => demo.output().includes("Modbus TCP 127.0.0.1:"));
      expect(demo.output()).toMatch(/Page: http:\/\/127\.0\.0\.1:\d+\//);
      expect(demo.output()).toMatch(/one-time code [0-9A-Z-]{8,}/);
      expect(demo.output()).toContain("RS-485");
      expect(demo.output()).toContain(join(data, "site.yaml"));
      demo.child.stdin?.write("list\n");
      await until("the scenarios", () => demo.output().includes("gas-leak"));
      await new Promise((resolve) => setTimeout(resolve, 7_000));
      expect(await stop(demo, "SIGINT")).toBe("0");
      expect(demo.output()).toMatch(/The platform holds [1-9]\d* readings/);
      const audit = ask("audit", "--data", join(data, "agent"), "--deep", "--json");
      expect(audit.status).toBe(0);
      made.push(JSON.parse(audit.stdout).made);
    }
    expect(made[1]).toBeGreaterThan(made[0] ?? 0);
    const check = ask("check", "--config", join(data, "site.yaml"));
    expect(check.status).toBe(0);
  });
});

test("a pipe that closes early does not turn a schema into a crash", async () => {
  const child = spawn("sh", ["-c", `"${process.execPath}" "${door}" schema | head -c 10`]);
  let text = "";
  child.stderr.on("data", (chunk: Buffer) => {
    text += chunk.toString("utf8");
  });
  await new Promise((resolve) => child.on("close", resolve));
  expect(text).toBe("");
});
