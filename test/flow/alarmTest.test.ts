import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { alarmTest } from "../../agent/commands/alarmTest.ts";
import { FakeClock } from "../fakes/fakeClock.ts";
import { fillJournal } from "./filledJournal.ts";

const dir = mkdtempSync(join(tmpdir(), "hazgate-alarm-test-"));
afterAll(() => rmSync(dir, { recursive: true }));
const config = join(dir, "site.yaml");
const point = "device: d, kind: level, unit: mm, range: [0, 10000]";
writeFileSync(
  config,
  `site: { id: s1, name: 试验, box: box1, timezone: Asia/Shanghai }
buses: { b: { type: modbus-tcp, host: 127.0.0.1, port: 9 } }
devices: { d: { bus: b, unit: 1 } }
points:
  H: { ${point}, register: { address: 0 }, limits: { h: { at: 9000, onDelay: 10s } } }
  RA: { ${point}, register: { address: 1 }, limits: { rate: 100 } }
  FC: { ${point}, register: { address: 2 }, limits: { h: 9000, forecast: { within: 10min } } }
  FZ: { ${point}, register: { address: 3 }, limits: { frozen: 60s } }
  A: { ${point}, register: { address: 4 } }
  B: { ${point}, register: { address: 5 } }
  G: { ${point}, register: { address: 6 } }
alarms:
  rules:
    twins: { type: deviation, points: [A, B], max: 10 }
    drop: { type: level-drop, point: A, drop: 100, within: 10min }
    leak: { type: corroborated, gas: [G], gasAbove: 10, with: [{ point: B, fallsBy: 50, within: 10min }] }
    still: { type: suppress, when: [{ point: G, is: 1 }], alarms: ["H H"] }
`,
);

function ask(set: readonly string[], more: Partial<Parameters<typeof alarmTest>[0]> = {}) {
  let out = "";
  let err = "";
  const code = alarmTest({
    ...{ config, only: [], set, from: null, recorded: null, forMs: 0, json: false, expect: false },
    ...{ clock: new FakeClock(), random: () => 0.5 },
    io: {
      ...{ lang: "en", isTerminal: false, colour: false, width: 80 },
      out: (text) => {
        out += text;
      },
      err: (text) => {
        err += text;
      },
    },
    ...more,
  });
  return { code, out, err };
}

/** "tag=from@0s ... tag=to": one value each ten seconds. */
const ramp = (tag: string, [from, step, count]: readonly [number, number, number]) =>
  Array.from({ length: count }, (_, at) => `${tag}=${from + step * at}@${10 * at}s`);

test.each([
  ["H", ["H=9500@0s"], 20_000, "H high"],
  ["rate", ramp("RA", [0, 100, 20]), 0, "RA changes too fast"],
  ["forecast", ramp("FC", [8000, 20, 40]), 0, "FC limit expected"],
  ["frozen", ["FZ=5@0s"], 90_000, "FZ value frozen"],
  ["fault", ["A=open-loop@0s"], 60_000, "A fault"],
  ["deviation", ["A=100@0s", "B=150@1s"], 0, "rule/twins deviation"],
  ["level-drop", ramp("A", [1000, -20, 10]), 0, "rule/drop unexplained level drop"],
  ["corroborated", [...ramp("B", [1000, -20, 10]), "G=20@95s"], 0, "rule/leak corroborated leak"],
  ["suppression", ["G=1@0s", "H=9500@1s"], 20_000, "[suppressed]"],
] as const)("%s is told", (_, set, forMs, words) => {
  expect(ask(set, { forMs }).out).toContain(words);
});

test("the on-delay is waited for, and nothing raised is a failure where an alarm is expected", () => {
  const early = ask(["H=9500@0s"], { forMs: 5_000, expect: true });
  expect(early).toMatchObject({ code: 1, out: expect.stringContaining("no alarm") });
  expect(ask(["H=9500@0s"], { forMs: 20_000, expect: true }).code).toBe(0);
  const held = ask(["G=1@0s", "H=9500@1s"], { forMs: 20_000, expect: true });
  expect(held.code).toBe(1);
});

test("unknown names, wrong words and wrong lines are named", () => {
  expect(ask(["FZZ=1"])).toMatchObject({ code: 2, err: expect.stringContaining('mean "FZ"') });
  expect(ask(["H"])).toMatchObject({ code: 2, err: expect.stringContaining("TAG=VALUE@TIME") });
  expect(ask([])).toMatchObject({ code: 2, err: expect.stringContaining("no values") });
  const from = join(dir, "wrong.csv");
  writeFileSync(from, "time,tag,value\n0,H,9500\n1,H,much\n");
  expect(ask([], { from })).toMatchObject({ code: 2, err: expect.stringContaining("line 3") });
});

test("the reason and the words are those of the reader's language", () => {
  const zh = { lang: "zh", isTerminal: false, colour: false, width: 80 } as const;
  let out = "";
  const take = (text: string): void => {
    out += text;
  };
  const io = { ...zh, out: take, err: take };
  ask(ramp("A", [1000, -20, 10]), { io });
  expect(out).toContain("A 10 分钟内下降 100 mm，未申报收发作业");
});

test("a value holds until the next is given, read at the point's own period; nothing lies between", () => {
  const held = ask(["H=9500@0s", "H=100@30s"]);
  expect(held.out).toMatch(/^\+10s {2}raised {2}H high/u);
  const brief = ask(["H=9500@0s", "H=100@9s"]);
  expect(brief.out).toBe("no alarm\n");
});

test("times may be told from now", () => {
  const from = join(dir, "now.csv");
  writeFileSync(from, "time,tag,value\n-30s,H,9500\nnow,H,9500\n");
  expect(ask([], { from, json: true }).out).toContain('"atMs":10000');
  writeFileSync(from, "time,tag,value\n-30s,H,9500\n0,H,9500\n");
  expect(ask([], { from }).err).toContain("times must all be seconds");
});

describe("with recorded readings", () => {
  const beginMs = Date.UTC(2026, 0, 1);
  const data = mkdtempSync(join(tmpdir(), "hazgate-alarm-recorded-"));
  afterAll(() => rmSync(data, { recursive: true }));
  // Four minutes of P-0 ... P-499, in metres: 100 sin(s / 50 + i) / 100.
  fillJournal(join(data, "journal.db"), 120_000, beginMs + 240_000);
  const site = join(data, "site.yaml");
  writeFileSync(
    site,
    `site: { id: demo, name: 试验, box: box1, timezone: Asia/Shanghai }
buses: { b: { type: modbus-tcp, host: 127.0.0.1, port: 9 } }
devices: { d: { bus: b, unit: 1 } }
points:
  P-0: { device: d, kind: level, unit: m, range: [-2, 2], register: { address: 0 }, limits: { h: { at: 0.9, onDelay: 5s } } }
  P-1: { device: d, kind: level, unit: m, range: [-2, 2], register: { address: 1 } }
  NEW: { device: d, kind: level, unit: m, range: [-2, 2], register: { address: 2 } }
alarms: { rules: { pair: { type: deviation, points: [P-0, P-1], max: 0.9 } } }
`,
  );
  const recorded = { dataDir: data, since: "2026-01-01T00:00Z", until: "2026-01-02", points: [] };
  const tell = (more: Partial<Parameters<typeof alarmTest>[0]> = {}) =>
    ask([], { config: site, recorded, ...more });

  test("each alarm is told at the time of the readings, and how often it came", () => {
    const { code, out } = tell();
    expect(code).toBe(0);
    expect(out).toMatch(/2026-01-01T08:01:0\d {2}raised {2}P-0 high {2}orange/u);
    expect(out).toMatch(/raised {2}rule\/pair deviation/u);
    expect(out).toMatch(/480 values over 0\.066 h: raised \d times/u);
  });

  test("only what is named is told, and only what is needed is read", () => {
    const rule = JSON.parse(tell({ only: ["pair"], json: true }).out);
    expect(new Set(rule.events.map((one: { source: string }) => one.source))).toEqual(
      new Set(["rule/pair"]),
    );
    expect(rule.values).toBe(480);
    expect(JSON.parse(tell({ only: ["P-0"], json: true }).out).values).toBe(240);
  });

  test("a span and a point narrow it; nothing there, or no journal, is said", () => {
    const first = { ...recorded, until: "2026-01-01T00:00:30Z" };
    expect(tell({ recorded: first }).out).not.toContain("P-0 high");
    const one = { ...recorded, points: ["P-1"] };
    expect(JSON.parse(tell({ recorded: one, json: true }).out).values).toBe(240);
    expect(tell({ recorded: { ...recorded, points: ["P-9"] } })).toMatchObject({ code: 2 });
    expect(tell({ only: ["NEW"] })).toMatchObject({
      code: 2,
      err: expect.stringContaining("no readings"),
    });
    expect(tell({ recorded: { ...recorded, since: "soon" } })).toMatchObject({ code: 2 });
    expect(tell({ recorded: { ...recorded, dataDir: join(data, "none") } })).toMatchObject({
      code: 5,
    });
    expect(ask(["P-0=1"], { config: site, recorded })).toMatchObject({ code: 2 });
    expect(tell({ only: ["NEW", "P-0"], expect: true }).code).toBe(0);
  });
});

test("a process reads a list of moments and answers in JSON", () => {
  const from = join(dir, "values.csv");
  writeFileSync(
    from,
    "time,tag,value,quality\n2026-01-01T08:00:00,H,9500,\n2026-01-01T08:00:12,H,9500,good\n",
  );
  const door = new URL("../../agent/hazgate.mjs", import.meta.url).pathname;
  const words = [door, "alarm", "test", "--config", config, "--from", from, "--json"];
  const { status, stdout } = spawnSync(process.execPath, words, {
    encoding: "utf8",
    timeout: 60_000,
  });
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    events: [{ atMs: 10_000, source: "H", type: "H", event: "raise", value: 9500 }],
  });
});
