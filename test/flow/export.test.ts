import { spawn, spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { spawn as spawnPty } from "@lydell/node-pty";
import Database from "better-sqlite3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { exportSummarySchema } from "../../agent/commands/export.ts";
import type { PointHead } from "../../agent/records.ts";
import { columnsOfBlock } from "../../agent/wire/readingColumns.ts";
import { pointId } from "../../config/words/names.ts";
import { until } from "../soak/processes.ts";
import { alarm, block } from "../store/samples.ts";
import { close, HandClock, type Opened, open } from "../store/scratchJournal.ts";
import { fillJournal } from "./filledJournal.ts";

const door = new URL("../../agent/hazgate.mjs", import.meta.url).pathname;
const dir = mkdtempSync(join(tmpdir(), "hazgate-export-"));
afterAll(() => rmSync(dir, { recursive: true }));

const environment = { ...process.env, LANG: "C", LC_ALL: "C" };
const ask = (...words: readonly string[]) =>
  spawnSync(process.execPath, [door, "export", ...words], {
    encoding: "utf8",
    timeout: 60_000,
    maxBuffer: 512 * 1024 * 1024,
    env: environment,
  });

const site = join(dir, "site.yaml");
writeFileSync(
  site,
  `site: { id: s1, name: 试验, box: box1, timezone: Asia/Shanghai }
buses: { b1: { type: modbus-tcp, host: 127.0.0.1, port: 9 } }
devices: { d1: { bus: b1, unit: 1 } }
points:
  LT-1: { device: d1, register: { address: 0 }, kind: level, unit: mm, range: [0, 1000] }
`,
);

/** 2026-01-01T08:00:00+08:00, when the journal of `filled` begins. */
const beginMs = Date.UTC(2026, 0, 1);
const heads: readonly PointHead[] = [
  { id: pointId("LT-101"), unit: "m", decimals: 2 },
  { id: pointId("=1+1"), unit: "-", decimals: undefined },
  { id: pointId('PT, "a"'), unit: "kPa", decimals: 1 },
];

/** 60 s of three points, of which the third has no number; one alarm; a gap; open rows at the end. */
function filled(folder: string): Opened {
  mkdirSync(folder, { recursive: true });
  const clock = new HandClock();
  const life = open(join(folder, "journal.db"), clock, { heads });
  life.engine.clockIs({ source: "chrony", state: "unsynchronised", offsetMs: null });
  for (let second = 0; second < 60; second += 1) {
    const one = block(clock.now(), [second / 100, -second, Number.NaN]);
    one.qualities[2] = 6;
    life.engine.append(columnsOfBlock(one));
    if (second === 30) {
      life.engine.clockIs({ source: "chrony", state: "synchronised", offsetMs: 0 });
      life.engine.raise([alarm(clock.now(), { alarmId: "A1", reason: '=CMD(), "now"' })]);
      life.engine.dropped({
        from: clock.now(),
        to: clock.now(),
        lost: 2,
        points: new Map([[0, 2]]),
      });
    }
    if (second % 7 === 0) life.engine.sealSoon();
    life.engine.commit();
    clock.pass(1_000);
  }
  return life;
}

const data = join(dir, "data");
let life: Opened;
beforeAll(() => {
  life = filled(data);
});
afterAll(() => close(life));

const lines = (text: string): string[] => text.split("\r\n").slice(0, -1);
const base = ["--config", site, "--data", data];

describe("readings", () => {
  test("CSV beside the running writer: every reading once, in order, missing values empty, formulas disarmed", () => {
    const { status, stdout, stderr } = ask("readings", ...base);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const [head, ...rows] = lines(stdout);
    expect(head).toBe("time,tag,value,unit,quality,monotonicMs,epoch,seq,clock,boot");
    expect(rows.length).toBe(180);
    expect(rows[0]).toMatch(
      /^2026-01-01T08:00:00\.000\+08:00,LT-101,0,m,good,1000000,epoch-\d+,1,unsynchronised,$/,
    );
    expect(rows[4]).toMatch(/^2026-01-01T08:00:01\.000\+08:00,'=1\+1,-1,-,good,/);
    expect(rows[5]).toMatch(/^2026-01-01T08:00:01\.000\+08:00,"PT, ""a""",,kPa,comm-fail,/);
    // Not sealed yet: no number, and nothing known of the clock.
    expect(rows.at(-1)).toMatch(/,comm-fail,1059000,epoch-\d+,,,$/);
    expect(rows.filter((row) => row.includes(",synchronised,")).length).toBeGreaterThan(0);
  });

  test("JSON Lines hold the same, with null for nothing", () => {
    const { status, stdout } = ask("readings", ...base, "--format", "jsonl");
    expect(status).toBe(0);
    const rows = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(rows.length).toBe(180);
    expect(rows[5]).toMatchObject({
      time: "2026-01-01T08:00:01.000+08:00",
      tag: 'PT, "a"',
      value: null,
      quality: "comm-fail",
      monotonicMs: 1_001_000,
      seq: expect.any(Number),
    });
    const values = rows.filter(({ tag }) => tag === "LT-101").map(({ value }) => value);
    expect(values).toEqual(Array.from({ length: 60 }, (_, i) => i / 100));
  });

  test("by point and by range: from is in, to is out, with or without a zone", () => {
    const count = (...words: readonly string[]) =>
      lines(ask("readings", ...base, ...words).stdout).length - 1;
    expect(count("--point", "LT-*")).toBe(60);
    expect(count("--point", "LT-*", "--point", "=1+1")).toBe(120);
    const local = ["--from", "2026-01-01T08:00:10", "--to", "2026-01-01 08:00:20"];
    expect(count("--point", "LT-101", ...local)).toBe(10);
    const zoned = ["--from", "2026-01-01T00:00:10Z", "--to", "2026-01-01T01:00:20+01:00"];
    expect(count("--point", "LT-101", ...zoned)).toBe(10);
    const days = Math.ceil((Date.now() - beginMs) / 86_400_000) + 1;
    expect(count("--from", `-${days}d`, "--to", "now")).toBe(180);
    expect(count("--from", "-1s")).toBe(0);
  });

  test("nothing in the range is an answer, a point that nothing fits is a problem with advice", () => {
    const empty = ask("readings", ...base, "--to", "2025-01-01");
    expect(empty.status).toBe(0);
    expect(lines(empty.stdout).length).toBe(1);
    const unknown = ask("readings", ...base, "--point", "LT-1O1");
    expect(unknown.status).toBe(1);
    expect(unknown.stderr).toContain("LT-101");
  });

  test("for Excel: a byte order mark, and the head in the language of the call", () => {
    const { stdout } = ask("--lang", "zh", "readings", ...base, "--excel");
    expect(stdout.startsWith("\ufeff时间,测点,数值,")).toBe(true);
  });
});

test("alarms, gaps and events come with what they say, disarmed", () => {
  const alarms = lines(ask("alarms", ...base).stdout);
  expect(alarms.length).toBe(2);
  expect(alarms[1]).toMatch(/^2026-01-01T08:00:30\.000\+08:00,raise,LT-101,HH,9\.5,m,good,9,1,/);
  expect(alarms[1]).toContain(`,"'=CMD(), ""now""",,,,A1,1030000,`);
  expect(lines(ask("alarms", ...base, "--point", "PT*").stdout).length).toBe(1);
  const gap = JSON.parse(ask("gaps", ...base, "--format", "jsonl").stdout);
  expect(gap).toMatchObject({ reason: "journal-overload", lost: 2, points: { "LT-101": 2 } });
  expect(lines(ask("gaps", ...base, "--point", "PT*").stdout).length).toBe(1);
  const events = ask("events", ...base);
  expect(events.status).toBe(0);
  expect(lines(events.stdout)[0]).toBe(
    "time,type,by,note,details,monotonicMs,epoch,seq,clock,boot",
  );
});

test("help in both languages, with examples", () => {
  const en = ask("--help");
  const zh = ask("--help", "--lang", "zh");
  for (const { status, stdout } of [en, zh]) {
    expect(status).toBe(0);
    expect(stdout).toContain("$ hazgate export readings --from -7d");
  }
  expect(zh.stdout).toContain("测点");
  expect(en.stdout).not.toContain("测点");
});

test("usage errors end with 2 and say what to write", () => {
  for (const [words, hint] of [
    [["readings", ...base, "--from", "yesterday"], "-7d"],
    [["readings", ...base, "--from", "2026-02-30"], "-7d"],
    [["readings", ...base, "--from", "now", "--to", "-1d"], "--from"],
    [["readings", ...base, "--excel", "--format", "jsonl"], "--excel"],
    [["events", ...base, "--point", "LT-1"], "--point"],
    [["pressures", ...base], "readings"],
    [["readings", "--config", join(dir, "none.yaml"), "--data", data], "none.yaml"],
  ] as const) {
    const { status, stdout, stderr } = ask(...words);
    expect({ status, stdout }, stderr).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain(hint);
  }
});

test("a faulty site file keeps nobody from the data", () => {
  const faulty = join(dir, "faulty.yaml");
  writeFileSync(faulty, "site: {");
  const { status, stdout, stderr } = ask("readings", "--config", faulty, "--data", data);
  expect(status).toBe(0);
  expect(lines(stdout).length).toBe(181);
  expect(stderr).toContain("Asia/Shanghai");
});

test("into a file: whole or not at all, and never over another one unasked", () => {
  const out = join(dir, "out.jsonl");
  const first = ask("readings", ...base, "--out", out, "--json");
  expect({ status: first.status, stdout: first.stdout }).toEqual({ status: 0, stdout: "" });
  const summary = exportSummarySchema.parse(JSON.parse(first.stderr));
  expect(summary).toMatchObject({ rows: 180, out, isComplete: true, damaged: [] });
  const text = readFileSync(out, "utf8");
  expect(JSON.parse(text.split("\n")[0] ?? "")).toMatchObject({ tag: "LT-101" });
  const second = ask("alarms", ...base, "--out", out);
  expect(second.status).toBe(2);
  expect(second.stderr).toContain("--force");
  expect(readFileSync(out, "utf8")).toBe(text);
  expect(ask("alarms", ...base, "--out", out, "--force").status).toBe(0);
  expect(readFileSync(out, "utf8")).not.toBe(text);
  expect(existsSync(`${out}.part`)).toBe(false);
  const nowhere = ask("alarms", ...base, "--out", join(dir, "no", "such", "folder.csv"));
  expect(nowhere.status).toBe(1);
});

test("no journal ends with 5; damage ends with 5, after the rest, and is named", () => {
  const none = ask("readings", "--config", site, "--data", join(dir, "nothing"));
  expect({ status: none.status, stdout: none.stdout }).toEqual({ status: 5, stdout: "" });
  expect(none.stderr).toContain("journal.db");
  const folder = join(dir, "damaged");
  close(filled(folder));
  const whole = lines(ask("readings", "--config", site, "--data", folder).stdout).length;
  const db = new Database(join(folder, "journal.db"));
  const readings = db
    .prepare("SELECT readings FROM record WHERE kind = 'readings' AND seq = 1")
    .pluck()
    .get();
  db.exec("UPDATE payload SET bytes = zeroblob(length(bytes)) WHERE seq = 1");
  db.close();
  const rest = ask("readings", "--config", site, "--data", folder);
  expect(rest.status).toBe(5);
  expect(lines(rest.stdout).length).toBe(whole - Number(readings));
  expect(rest.stderr).toContain(`journal.db seq 1 (${readings} readings)`);
});

test("journals that were moved aside come too when asked for, the oldest first; an unreadable one is named", () => {
  const folder = join(dir, "archives");
  close(filled(folder));
  renameSync(join(folder, "journal.db"), join(folder, "journal.db.damaged-1000"));
  rmSync(join(folder, "journal.db.mark"), { force: true });
  close(filled(folder));
  const epochs = (text: string) => [...new Set(lines(text).map((line) => line.split(",").at(-5)))];
  const words = ["alarms", "--config", site, "--data", folder];
  expect(epochs(ask(...words).stdout).length).toBe(2);
  const both = ask(...words, "--archives");
  expect(both.status).toBe(0);
  expect(epochs(both.stdout).length).toBe(3);
  expect(lines(both.stdout).length).toBe(3);
  writeFileSync(join(folder, "journal.db.damaged-2000"), "no database".repeat(1_000));
  const three = ask(...words, "--archives");
  expect(three.status).toBe(5);
  expect(lines(three.stdout)).toEqual(lines(both.stdout));
  expect(three.stderr).toContain("journal.db.damaged-2000");
});

test("what was carried over from a damaged journal comes once, with its archive and without", () => {
  const folder = join(dir, "carried");
  const old = filled(join(dir, "killed"));
  // As a kill would leave it: open rows and all.
  cpSync(join(dir, "killed"), folder, { recursive: true });
  close(old);
  writeFileSync(join(folder, "journal.db.is-damaged"), "");
  const life = open(join(folder, "journal.db"), new HandClock(), { heads });
  for (let more = true; more; ) {
    life.engine.commit();
    const done = life.engine.background();
    if (!done.ok) throw new Error(done.error.message);
    more = done.value;
  }
  close(life);
  const readings = (...words: readonly string[]): string[] => {
    const asked = ["readings", "--config", site, "--data", folder, ...words];
    const rows = lines(ask(...asked).stdout).slice(1);
    return rows.map((row) => row.split(",").slice(0, 3).join()).sort();
  };
  const alone = readings();
  expect(alone.length).toBe(180);
  expect(new Set(alone).size).toBe(180);
  expect(readings("--archives")).toEqual(alone);
  const alarms = lines(ask("alarms", "--config", site, "--data", folder, "--archives").stdout);
  expect(alarms.length).toBe(2);
});

describe("a million readings", () => {
  const folder = join(dir, "million");
  const readings = 1_000_000;
  const small = join(dir, "fifth");
  beforeAll(() => {
    for (const [into, count] of [
      [folder, readings],
      [small, readings / 5],
    ] as const) {
      mkdirSync(into);
      fillJournal(join(into, "journal.db"), count);
    }
  });

  /** With so little a heap, what is not streamed ends the process; and garbage is collected before it counts. */
  const smallHeap = { NODE_OPTIONS: "--max-old-space-size=64 --max-semi-space-size=2" };

  /** Reads the whole output as it comes and keeps none of it. */
  async function stream(from: string) {
    const words = [door, "export", "readings", "--config", site, "--data", from];
    const child = spawn(process.execPath, words, { env: { ...environment, ...smallHeap } });
    let rows = -1;
    let peakKiB = 0;
    let bytes = 0;
    child.stdout.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      for (const byte of chunk) if (byte === 10) rows += 1;
      peakKiB = Math.max(peakKiB, peakOf(child.pid ?? 0));
    });
    const code = await new Promise((resolve) => child.on("close", resolve));
    return { code, rows, bytes, peakKiB };
  }

  function peakOf(pid: number): number {
    try {
      const [, kib = "0"] =
        /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
      return Number(kib);
    } catch {
      return 0;
    }
  }

  test("come whole, and take no more memory than a fifth of them", async () => {
    const fifth = await stream(small);
    const whole = await stream(folder);
    console.log(
      `export: ${whole.rows} rows, ${Math.round(whole.bytes / 1e6)} MB, peak RSS ${Math.round(whole.peakKiB / 1024)} MiB; ` +
        `a fifth of them: ${Math.round(fifth.peakKiB / 1024)} MiB`,
    );
    expect(fifth).toMatchObject({ code: 0, rows: readings / 5 });
    expect(whole).toMatchObject({ code: 0, rows: readings });
    expect(whole.peakKiB / fifth.peakKiB).toBeLessThan(1.6);
  });

  test("progress is drawn for a terminal, and only there", async () => {
    const out = join(dir, "progress.csv");
    const words = [door, "--lang", "zh", "export", "readings", "--config", site];
    const terminal = spawnPty(process.execPath, [...words, "--data", folder, "--out", out], {
      env: { ...environment, TERM: "xterm", NO_COLOR: "1" },
    });
    let text = "";
    terminal.onData((chunk) => {
      text += chunk;
    });
    const code = await new Promise((resolve) =>
      terminal.onExit(({ exitCode }) => resolve(exitCode)),
    );
    expect(code).toBe(0);
    expect(text).toMatch(/\[#+\.+\] +\d+%/);
    expect(text).toContain("1000000 行");
    expect(text.replaceAll("\u001b[K", "")).not.toContain("\u001b");
    // The other tests have no terminal, and expect stderr to be empty.
  });

  test("a reader that has seen enough ends it quietly", async () => {
    const words = `"${process.execPath}" "${door}" export readings --config "${site}" --data "${folder}"`;
    const child = spawn("bash", ["-c", `set -o pipefail; ${words} | head -n 3`], {
      env: environment,
    });
    let text = "";
    let trouble = "";
    child.stdout.on("data", (chunk: Buffer) => {
      text += chunk.toString("utf8");
    });
    child.stderr.on("data", (chunk: Buffer) => {
      trouble += chunk.toString("utf8");
    });
    const code = await new Promise((resolve) => child.on("close", resolve));
    expect({ code, trouble }).toEqual({ code: 0, trouble: "" });
    expect(lines(text).length).toBe(3);
  });

  test.each(["SIGINT", "SIGTERM"] as const)(
    "%s ends it at once, though nobody reads what it wrote",
    async (name) => {
      const words = [door, "export", "readings", "--config", site, "--data", folder];
      const child = spawn(process.execPath, words, { env: environment });
      let trouble = "";
      child.stderr.on("data", (chunk: Buffer) => {
        trouble += chunk.toString("utf8");
      });
      await new Promise((resolve) => child.stdout.once("readable", resolve));
      child.kill(name);
      const code = await new Promise((resolve) => child.on("exit", resolve));
      child.stdout.destroy();
      expect(code).toBe(130);
      expect(trouble).toBe("Interrupted.\n");
    },
  );

  test("an interrupted file is no file", async () => {
    const out = join(dir, "interrupted.csv");
    const words = [door, "export", "readings", "--config", site, "--data", folder, "--out", out];
    const child = spawn(process.execPath, words, { env: environment });
    await until("the first bytes", () => existsSync(`${out}.part`));
    child.kill("SIGINT");
    const code = await new Promise((resolve) => child.on("close", resolve));
    expect(code).toBe(130);
    expect(existsSync(out) || existsSync(`${out}.part`)).toBe(false);
  });
});
