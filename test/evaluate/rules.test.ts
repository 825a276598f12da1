import fc from "fast-check";
import { expect, test } from "vitest";
import type { StandingAlarm } from "../../agent/alarmRecords.ts";
import { openEvaluator } from "../../agent/judging.ts";
import { listPoints } from "../../agent/pointList.ts";
import { siteSchema } from "../../config/site.ts";
import { type Quality, qualityCode } from "../../config/words/quality.ts";
import { monotonicMs, wallMs } from "../../config/words/time.ts";

const instant = (ms: number) => ({ wallMs: wallMs(1e12 + ms), monotonicMs: monotonicMs(ms) });
const tags = ["A", "B", "C", "G", "P"] as const;
type Tag = (typeof tags)[number];
/** A number, or a quality without one. */
type Values = Partial<Readonly<Record<Tag, number | Quality>>>;

interface Setting {
  readonly rules?: unknown;
  readonly limits?: unknown;
  readonly standing?: readonly StandingAlarm[];
  readonly isDeclared?: (tank: string) => boolean;
}

function plant({ rules = {}, limits, standing = [], isDeclared = () => false }: Setting) {
  const site = siteSchema.parse({
    site: { id: "s", name: "s" },
    buses: { b: { type: "modbus-tcp", host: "h" } },
    devices: { d: { bus: "b", unit: 1 } },
    points: Object.fromEntries(
      tags.map((tag, address) => [
        tag,
        {
          ...{ device: "d", register: { address }, kind: "level", unit: "mm", range: [0, 10_000] },
          faultDelay: "0s",
          ...(tag === "A" && limits !== undefined ? { limits } : {}),
        },
      ]),
    ),
    tanks: { T: { name: "T", points: ["A", "G"] } },
    alarms: { rules },
  });
  const transfers = { isDeclared };
  const evaluator = openEvaluator({ site, list: listPoints(site), transfers, standing });
  /** Words of what changed: "+HH A", "-HH A". */
  const at = (ms: number, values: Values, order = Object.keys(values)): string[] => {
    const all = order.map((tag) => values[tag as Tag] ?? "comm-fail");
    const changes = evaluator.evaluate({
      takenAt: instant(ms),
      points: Uint32Array.from(order, (tag) => tags.indexOf(tag as Tag)),
      values: Float64Array.from(all, (value) => (typeof value === "number" ? value : Number.NaN)),
      qualities: Uint8Array.from(all, (value) =>
        typeof value === "number" ? qualityCode.good : qualityCode[value],
      ),
    });
    reasons.push(...changes.map(({ reason }) => reason.en));
    return changes.map(
      ({ isStanding, type, source }) => `${isStanding ? "+" : "-"}${type} ${source}`,
    );
  };
  const reasons: string[] = [];
  return { at, reasons, evaluator };
}

const vote = { R: { type: "vote2oo3", points: ["A", "B", "C"], max: 10, deadband: 5 } };
const drop = {
  R: {
    ...{ type: "level-drop", point: "A", drop: 100, within: "10min" },
    unless: [{ point: "P", is: 1 }],
  },
};
const leak = {
  R: {
    ...{ type: "corroborated", gas: ["G"], gasAbove: 10 },
    with: [{ point: "A", fallsBy: 50, within: "10min" }],
  },
};
const minute = 60_000;

type Step = readonly [ms: number, values: Values, changes: readonly string[]];
const stories: readonly (readonly [name: string, setting: Setting, steps: readonly Step[]])[] = [
  [
    "two readings that disagree, and agree again past the deadband",
    { rules: { R: { type: "deviation", points: ["A", "B"], max: 10, deadband: 5 } } },
    [
      [0, { A: 100, B: 110 }, []],
      [1, { A: 100, B: 111 }, ["+DEVIATION rule/R"]],
      [2, { A: 100, B: 108 }, []],
      [3, { A: 100, B: "comm-fail" }, []],
      [4, { A: 100, B: 105 }, ["-DEVIATION rule/R"]],
    ],
  ],
  [
    "one of three that disagrees; without a number of one, nothing is said",
    { rules: vote },
    [
      [0, { A: 100, B: 101, C: 102 }, []],
      [1, { A: 100, B: 101, C: "comm-fail" }, []],
      [2, { A: 100, B: 101, C: 130 }, ["+DEVIATION rule/R"]],
      [3, { C: "comm-fail" }, []],
      [4, { C: 101 }, ["-DEVIATION rule/R"]],
    ],
  ],
  [
    "a fall that nothing explains",
    { rules: drop },
    [
      [0, { A: 1000, P: 0 }, []],
      [5 * minute, { A: 901, P: 0 }, []],
      [6 * minute, { A: 900, P: 0 }, ["+LEVEL-DROP rule/R"]],
      [7 * minute, { A: "comm-fail", P: 0 }, []],
      [20 * minute, { A: 900, P: 0 }, ["-LEVEL-DROP rule/R"]],
    ],
  ],
  [
    "a fall while the pump runs, which does not count after it has stopped",
    { rules: drop },
    [
      [0, { A: 1000, P: 1 }, []],
      [5 * minute, { A: 800, P: 1 }, []],
      [6 * minute, { A: 790, P: 0 }, []],
      [7 * minute, { A: 700, P: 0 }, ["+LEVEL-DROP rule/R"]],
    ],
  ],
  [
    "a fall while nobody knows whether the pump runs: the safe side",
    { rules: drop },
    [
      [0, { A: 1000, P: "open-loop" }, ["+FAULT P"]],
      [minute, { A: 500, P: "open-loop" }, ["+LEVEL-DROP rule/R"]],
    ],
  ],
  [
    "a fall while the pump runs and a frame of it is lost, then while it has been silent for long",
    { rules: drop },
    [
      [0, { A: 1000, P: 1 }, []],
      [10_000, { A: 700, P: "comm-fail" }, []],
      [20_000, { A: 600, P: 1 }, []],
      [45_000, { A: 500, P: "comm-fail" }, []],
      [minute, { A: 300, P: "comm-fail" }, ["+LEVEL-DROP rule/R"]],
    ],
  ],
  [
    "a fall while a transfer of the tank is declared",
    { rules: drop, isDeclared: (tank) => tank === "T" },
    [
      [0, { A: 1000, P: 0 }, []],
      [minute, { A: 500, P: 0 }, []],
    ],
  ],
  [
    "gas alone, then gas and a falling level",
    { rules: leak },
    [
      [0, { A: 1000, G: 20 }, []],
      [minute, { A: 960, G: 20 }, []],
      [2 * minute, { A: 950, G: "comm-fail" }, []],
      [3 * minute, { A: 950, G: 10 }, ["+CORROBORATED rule/R"]],
      [4 * minute, { A: 950, G: "comm-fail" }, []],
      [5 * minute, { A: 950, G: 6 }, []],
      [6 * minute, { A: 950, G: 5 }, ["-CORROBORATED rule/R"]],
    ],
  ],
  [
    "a value that does not move, and a silence that proves nothing",
    { limits: { frozen: "10min" } },
    [
      [0, { A: 5 }, []],
      [9 * minute, { A: 5 }, []],
      [9.5 * minute, { A: "comm-fail" }, []],
      [10 * minute, { A: 5 }, []],
      [20 * minute, { A: 5 }, ["+FROZEN A"]],
      [21 * minute, { A: "comm-fail" }, []],
      [22 * minute, { A: 5 }, []],
      [23 * minute, { A: 6 }, ["-FROZEN A"]],
    ],
  ],
  [
    "a state that is a fault",
    {
      limits: {
        faultWhen: [
          { bit: 8, say: "probe shielded" },
          { is: 3, say: "on backup power" },
        ],
      },
    },
    [
      [0, { A: 0 }, []],
      [1, { A: 256 }, ["+FAULT A"]],
      [2, { A: "comm-fail" }, []],
      [3, { A: 2 }, ["-FAULT A"]],
      [4, { A: 3 }, ["+FAULT A"]],
    ],
  ],
  [
    "oxygen and the third gas level",
    { limits: { gas3: 80, o2Low: 19.5, o2High: 23.5 } },
    [
      [0, { A: 20.9 }, []],
      [1, { A: 19.5 }, ["+O2-LOW A"]],
      [2, { A: 24 }, ["-O2-LOW A", "+O2-HIGH A"]],
    ],
  ],
];

test.each(stories)("%s", (_, setting, steps) => {
  const { at } = plant(setting);
  expect(steps.map(([ms, values]) => at(ms, values))).toEqual(steps.map(([, , said]) => said));
});

test("a forecast stands before the limit is reached and says when", () => {
  const { at, reasons } = plant({
    limits: { h: 8000, hh: 9000, forecast: { within: "5min", over: "2min" } },
  });
  const said = Array.from({ length: 200 }, (_, i) => at(i * 10_000, { A: 6000 + i * 20 }));
  const first = said.findIndex((one) => one.includes("+FORECAST A"));
  // 2 mm/s: 8000 is reached at i = 100, five minutes before it i = 70.
  expect(first).toBe(70);
  expect(reasons[0]).toBe("H in 5 min at 120 mm/min");
  expect(said.flat()).toContain("+H A");
});

test("a level at rest with noise, even close below its limit, is no forecast", () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 200, maxLength: 200 }),
      (noise) => {
        const { at } = plant({ limits: { h: 8000, forecast: { within: "1s", over: "2min" } } });
        const said = noise.map((one, i) => at(i * 1_000, { A: 7000 + one }));
        expect(said.flat()).toEqual([]);
      },
    ),
    { numRuns: 30 },
  );
});

test("the one of three that disagrees is named, and a fall is told in figures", () => {
  const three = plant({ rules: vote });
  three.at(0, { A: 100, B: 101, C: 130 });
  expect(three.reasons).toEqual([
    "C disagrees with the others: 29 apart, more than 10: A 100, B 101, C 130",
  ]);
  const level = plant({ rules: drop });
  level.at(0, { A: 1000, P: 0 });
  level.at(minute, { A: 880, P: 0 });
  expect(level.reasons).toEqual(["A fell by 120 mm within 10 min, no transfer declared"]);
});

test("suppression holds back what its patterns name, ends at its longest, and not on a bad reading", () => {
  const { at, evaluator } = plant({
    limits: { l: 100, ll: 50 },
    rules: {
      R: {
        ...{ type: "suppress", when: [{ point: "P", is: 1 }], alarms: ["L A"], atMost: "10min" },
      },
    },
  });
  const said = () =>
    evaluator
      .takeSuppressions()
      .map(({ type, source, isSuppressed }) => `${type} ${source} ${isSuppressed}`);
  at(0, { P: 1 });
  expect(said()).toEqual(["L A true"]);
  at(1, { P: "comm-fail" });
  expect(said()).toEqual(["L A false"]);
  at(2, { P: 1 });
  expect(said()).toEqual(["L A true"]);
  at(2 + 10 * minute, { P: 1 });
  expect(said()).toEqual(["L A false"]);
  at(3 + 10 * minute, { P: 1 });
  expect(said()).toEqual([]);
});

test("a rule that cannot judge says so", () => {
  const { at, evaluator } = plant({ rules: vote });
  at(0, { A: 1, B: 1, C: "comm-fail" });
  expect(evaluator.unjudged()).toEqual([{ source: "rule/R", inputs: ["C"] }]);
  at(1, { C: 1 });
  expect(evaluator.unjudged()).toEqual([]);
});

test("the order of points within a block does not matter, and a bad reading never ends an alarm", () => {
  const value = fc.oneof(
    fc.integer({ min: 0, max: 60 }),
    fc.constantFrom<Quality>("comm-fail", "open-loop", "stale"),
  );
  const rules = { ...vote, S: { ...drop.R, drop: 20 }, T: { ...leak.R, gasAbove: 30 } };
  const history = fc.array(fc.tuple(value, value, value, value, value), { maxLength: 40 });
  fc.assert(
    fc.property(history, fc.shuffledSubarray([...tags], { minLength: 5 }), (rows, order) => {
      const [one, other] = [plant({ rules }), plant({ rules })];
      for (const [i, [A, B, C, G, P]] of rows.entries()) {
        const values = { A, B, C, G, P };
        const said = one.at(i * minute, values);
        expect(other.at(i * minute, values, order).toSorted()).toEqual(said.toSorted());
        const isAllBad = Object.values(values).every((each) => typeof each !== "number");
        const ofRules = said.filter((word) => /(?<!FAULT) rule/u.test(word));
        if (isAllBad) expect(ofRules).toEqual([]);
      }
    }),
  );
});

test("a rule whose alarm stood when the agent stopped goes on standing, and ends by its own judgement", () => {
  const standing: StandingAlarm = {
    ...{ alarmId: "x", source: "rule/R", type: "DEVIATION", priority: 3, since: instant(0) },
  };
  const { at } = plant({ rules: vote, standing: [standing] });
  expect(at(0, { A: 1, B: 1, C: "comm-fail" })).toEqual([]);
  expect(at(1, { C: 1 })).toEqual(["-DEVIATION rule/R"]);
});
