import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { alarmTest } from "../../agent/commands/alarmTest.ts";
import { FakeClock } from "../fakes/fakeClock.ts";

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
    ...{ config, only: [], set, from: null, forMs: 0, json: false, expect: false },
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
  ["rate", ramp("RA", [0, 100, 20]), 0, "RA changing too fast"],
  ["forecast", ramp("FC", [8000, 20, 40]), 0, "FC limit expected soon"],
  ["frozen", ["FZ=5@0s"], 90_000, "FZ frozen value"],
  ["fault", ["A=open-loop@0s"], 60_000, "A sensor fault"],
  ["deviation", ["A=100@0s", "B=150@1s"], 0, "rule/twins sensors disagree"],
  ["level-drop", ramp("A", [1000, -20, 10]), 0, "rule/drop unexplained level drop"],
  ["corroborated", [...ramp("B", [1000, -20, 10]), "G=20@95s"], 0, "rule/leak leak corroborated"],
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
    events: [{ atMs: 12_000, source: "H", type: "H", event: "raise", value: 9500 }],
  });
});
