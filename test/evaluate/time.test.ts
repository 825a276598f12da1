import fc from "fast-check";
import { expect, test } from "vitest";
import type { ConditionChange, StandingAlarm } from "../../agent/alarmRecords.ts";
import { openEvaluator } from "../../agent/judging.ts";
import { listPoints } from "../../agent/pointList.ts";
import { siteSchema } from "../../config/site.ts";
import { type Quality, qualityCode } from "../../config/words/quality.ts";
import { monotonicMs, wallMs } from "../../config/words/time.ts";

const second = 1_000;
const instant = (ms: number) => ({ wallMs: wallMs(1e12 + ms), monotonicMs: monotonicMs(ms) });
type Values = Readonly<Record<string, number | Quality>>;

interface Setting {
  readonly limits?: unknown;
  readonly rules?: unknown;
  readonly standing?: readonly StandingAlarm[];
}

/** Points A, B, C of device d, read each second. */
function plant({ limits, rules = {}, standing = [] }: Setting) {
  const tags = ["A", "B", "C"];
  const point = { device: "d", kind: "level", unit: "mm", range: [0, 10_000], every: "1s" };
  const site = siteSchema.parse({
    site: { id: "s", name: "s" },
    buses: { b: { type: "modbus-tcp", host: "h" } },
    devices: { d: { bus: "b", unit: 1 } },
    points: Object.fromEntries(
      tags.map((tag, address) => [
        tag,
        { ...point, register: { address }, ...(tag === "A" && limits ? { limits } : {}) },
      ]),
    ),
    tanks: { T: { name: "T", points: ["A"] } },
    alarms: { rules },
  });
  const transfers = { isDeclared: () => false };
  const list = listPoints(site);
  const evaluator = openEvaluator({ site, list, transfers, standing });
  const told: ConditionChange[] = [];
  const say = (changes: readonly ConditionChange[]): string[] => {
    told.push(...changes);
    return changes.map((one) => {
      const mark = one.isWorse === true ? "!" : one.isStanding ? "+" : "-";
      return `${mark}${one.type} ${one.source}`;
    });
  };
  return {
    evaluator,
    told,
    tick: (ms: number) => say(evaluator.tick(instant(ms))),
    offline: (ms: number, isSilent: boolean) =>
      say(evaluator.connection("d", isSilent ? "beyond" : "within", instant(ms))),
    read(ms: number, values: Values) {
      const seen = Object.values(values).map((value): [number, number] =>
        typeof value === "number" ? [value, qualityCode.good] : [Number.NaN, qualityCode[value]],
      );
      return say(
        evaluator.evaluate({
          takenAt: instant(ms),
          points: Uint32Array.from(Object.keys(values), (tag) => tags.indexOf(tag)),
          values: Float64Array.from(seen, ([value]) => value),
          qualities: Uint8Array.from(seen, ([, quality]) => quality),
        }),
      );
    },
  };
}

const slow = { h: { at: 100, deadband: 5, onDelay: "4s", offDelay: "4s" } };

test("an alarm comes when its on-delay is up, and goes when its off-delay is, without a further reading", () => {
  const { read, tick } = plant({ limits: slow });
  expect(read(0, { A: 120 })).toEqual([]);
  expect(tick(3_999)).toEqual([]);
  expect(tick(4_000)).toEqual(["+H A"]);
  expect(tick(5_000)).toEqual([]);
  expect(read(10_000, { A: 50 })).toEqual([]);
  expect(tick(13_000)).toEqual([]);
  expect(tick(14_000)).toEqual(["-H A"]);
});

test("a value that has gone stale, or a silence after it, ends no delay", () => {
  const { read, tick } = plant({ limits: { h: { at: 100, onDelay: "60s" } } });
  read(0, { A: 120 });
  expect(tick(70 * second)).toEqual([]);
  expect(read(70 * second, { A: 120 })).toEqual(["+H A"]);
  const other = plant({ limits: slow });
  other.read(0, { A: 120 });
  other.read(1_000, { A: "comm-fail" });
  expect(other.tick(4_500)).toEqual([]);
  expect(other.read(5_000, { A: 120 })).toEqual(["+H A"]);
});

test("where readings come in time, the clock between them changes nothing", () => {
  const step = fc.constantFrom<number | Quality>(50, 97, 120, "comm-fail", "open-loop");
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const [bare, ticked] = [plant({ limits: slow }), plant({ limits: slow })];
      for (const [s, value] of steps.entries()) {
        const said = bare.read(s * second, { A: value });
        const told = ticked.read(s * second, { A: value });
        expect(told).toEqual(said);
        expect(ticked.tick(s * second)).toEqual([]);
      }
    }),
  );
});

test("a device that was silent once is still silent when its delay is up", () => {
  const { offline, tick } = plant({});
  expect(offline(0, true)).toEqual([]);
  expect(tick(9_999)).toEqual([]);
  expect(tick(10_000)).toEqual(["+OFFLINE d"]);
  expect(offline(11_000, false)).toEqual(["-OFFLINE d"]);
});

test("a point that never answers while its device does is a fault of its own; one of a silent device is not", () => {
  const one = plant({});
  const silent = { A: "comm-fail", B: 1 } as const;
  for (let s = 0; s < 70; s += 1) expect(one.read(s * second, silent)).toEqual([]);
  expect(one.read(70 * second, silent)).toEqual(["+FAULT A"]);
  expect(one.told[0]?.reason).toEqual({ zh: "通讯中断", en: "no answer" });
  expect(one.read(71 * second, { A: 1 })).toEqual(["-FAULT A"]);

  const all = plant({});
  all.offline(0, true);
  all.offline(10 * second, true);
  for (let s = 0; s < 300; s += 1) {
    expect(all.read(s * second, { A: "comm-fail", B: "comm-fail" })).toEqual([]);
  }
  all.offline(300 * second, false);
  expect(all.read(300 * second, silent)).toEqual([]);
  expect(all.read(301 * second, { A: 1 })).toEqual([]);
});

const pair = { R: { type: "deviation", points: ["A", "B"], max: 10 } };

test("a rule that is blind for longer than a moment is an alarm that names the dead input", () => {
  const { read, tick, told, evaluator } = plant({ rules: pair });
  read(0, { A: 1, B: 1 });
  expect(read(1_000, { B: "comm-fail" })).toEqual([]);
  expect(evaluator.unjudged()).toEqual([{ source: "rule/R", inputs: ["B"] }]);
  read(30_500, { A: 1 });
  expect(tick(30_999)).toEqual([]);
  expect(tick(31_000)).toEqual(["+FAULT rule/R"]);
  expect(told[0]).toMatchObject({
    ...{ priority: 3, tank: "T", limit: null, value: null },
    reason: {
      zh: "规则无法判断: B 无数值",
      en: "the rule is blind: no value from B",
    },
  });
  expect(read(40_000, { A: 1, B: 1 })).toEqual(["-FAULT rule/R"]);
  expect(evaluator.unjudged()).toEqual([]);
});

test("a rule whose readings have stopped coming is blind too, and one that lost a frame is not", () => {
  const { read, tick } = plant({ rules: pair });
  for (let s = 0; s < 100; s += 1) {
    read(s * second, s % 10 === 0 ? { A: "comm-fail", B: 1 } : { A: 1, B: 1 });
    expect(tick(s * second)).toEqual([]);
  }
  const said = [110, 130, 140, 150].map((s) => tick(s * second));
  expect(said.flat()).toEqual(["+FAULT rule/R"]);
});

test("that a rule is blind survives a restart", () => {
  const since = instant(0);
  const standing: StandingAlarm = {
    ...{ alarmId: "x", source: "rule/R", type: "FAULT", priority: 3, since },
  };
  const { read } = plant({ rules: pair, standing: [standing] });
  expect(read(0, { A: 1 })).toEqual([]);
  expect(read(1, { B: 1 })).toEqual(["-FAULT rule/R"]);
});

test("a suppression whose longest time is over ends by the clock alone", () => {
  const when = [{ point: "B", is: 1 }];
  const rules = { R: { type: "suppress", when, alarms: ["H A"], atMost: "5s" } };
  const { read, tick, evaluator } = plant({ limits: { h: 100 }, rules });
  read(0, { A: 1, B: 1 });
  expect(evaluator.takeSuppressions().map((one) => one.isSuppressed)).toEqual([true]);
  tick(5_000);
  expect(evaluator.takeSuppressions().map((one) => one.isSuppressed)).toEqual([false]);
});

const ahead = { h: 1_000, hh: 1_600, forecast: { within: "30min", over: "2min" } };

test("a forecast that stands is told again when two thirds of the time are gone, and when a farther limit is next", () => {
  const { read, told } = plant({ limits: ahead });
  const said: string[] = [];
  // 30 mm a minute: H 24 min ahead, HH 20 min after it.
  for (let s = 0; s <= 50 * 60; s += 5) said.push(...read(s * second, { A: 250 + s / 2 }));
  const marks = said.filter((one) => one.includes("FORECAST")).map(([mark]) => mark);
  expect(marks.join("")).toBe("+!!!!!!!-");
  const reasons = told.filter(({ type }) => type === "FORECAST").map(({ reason }) => reason);
  expect(reasons[0]?.zh).toBe("按 30 mm/min 的速度, 24 分钟后到高报 (H)");
  expect(reasons.map(({ en }) => en)).toMatchInlineSnapshot(`
    [
      "H in 24 min at 30 mm/min",
      "H in 8 min at 30 mm/min",
      "H in 3 min at 30 mm/min",
      "H in 50 s at 30 mm/min",
      "HH in 20 min at 30 mm/min",
      "HH in 7 min at 30 mm/min",
      "HH in 2 min at 30 mm/min",
      "HH in 40 s at 30 mm/min",
      "no limit ahead",
    ]
  `);
});

test("a rate that wavers tells nobody twice", () => {
  const { read } = plant({ limits: ahead });
  const said: string[] = [];
  for (let s = 0; s <= 8 * 3600; s += 5) {
    const wave = 200 * Math.sin((s / 900) * 2 * Math.PI);
    said.push(...read(s * second, { A: 700 + wave }));
  }
  const again = said.filter((one) => one === "!FORECAST A").length;
  const begun = said.filter((one) => one === "+FORECAST A").length;
  expect(again).toBeLessThanOrEqual(begun * 3);
});
