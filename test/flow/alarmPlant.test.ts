import { describe, expect, test } from "vitest";
import { alarmTypes } from "../../config/words/alarms.ts";
import { qualityCode } from "../../config/words/quality.ts";
import { type PlantRig, plantRig } from "./alarmPlantRig.ts";

const raises = ({ events }: PlantRig) => events.filter(({ event }) => event === "raise");

test.each([
  [1, 1],
  [2, 1],
  [3, 1],
  [1, 10],
  [2, 10],
  [3, 10],
])(
  "left alone for eight hours, the plant rings for nothing that is not so (seed %i, speed %i)",
  async (seed, speed) => {
    const rig = plantRig(seed, (text) => text, speed);
    await rig.run((8 * 3600) / speed);
    const raised = raises(rig);
    const types = new Set(raised.map(({ type }) => type));
    // A fill that overshoots, told beforehand, and a sampling puff: what the plant really does.
    expect([...types].filter((type) => !["H", "GAS1", "FORECAST"].includes(type))).toEqual([]);
    expect(raised.length).toBeLessThan(30);
    for (const { source, at } of raised.filter(({ type }) => type === "FORECAST")) {
      const passed = raised.find(
        (one) => one.source === source && one.type === "H" && one.at.wallMs > at.wallMs,
      );
      expect((passed?.at.wallMs ?? Infinity) - at.wallMs).toBeLessThan(120_000);
    }
  },
  60_000,
);

describe("what an officer hopes to see of a scenario", () => {
  test("a leak: gas at both levels, and beside it that the level falls: a leak indeed", async () => {
    const rig = plantRig(1);
    rig.world.start("gas-leak", { target: "T-103" });
    await rig.run(200);
    expect(rig.told).toEqual(
      expect.arrayContaining([
        "raise GD-103 GAS1",
        "raise GD-103 GAS2",
        "raise rule/leak-T-103 CORROBORATED",
      ]),
    );
    const leak = rig.events.find(({ type }) => type === "CORROBORATED");
    expect(leak).toMatchObject({ priority: 1, tank: "T-103", unit: "%LEL", limit: 50 });
    expect(leak?.reasonZh).toMatch(/^GD-103 达 5\d(\.\d)?，LT-103 5 分钟内下降 \d+(\.\d)?$/u);
    expect(leak?.reason).toMatch(/^GD-103 at 5\d(\.\d)?, LT-103 fell by \d+(\.\d)? in 5 min$/u);
    rig.world.stop("gas-leak");
    await rig.run(1_200);
    expect(rig.told).toContain("return rule/leak-T-103 CORROBORATED");
  });

  test("an overfill: told before H, told again when HH is next and near, then HH and the switch", async () => {
    const rig = plantRig(1);
    rig.world.start("overfill", { target: "T-104", amount: 12 });
    await rig.run(600);
    const said = rig.events
      .filter(({ source }) => /LT-104|LSH-104/u.test(source))
      .map(({ event, source, type, reason }) =>
        type === "FORECAST"
          ? `${event} ${type} ${reason.split(" ")[0]}`
          : `${event} ${source} ${type}`,
      );
    const order = [
      ...["raise FORECAST H", "raise LT-104 H", "escalate FORECAST HH"],
      ...["raise LT-104 HH", "raise LSH-104 H"],
    ];
    expect([...new Set(said)].filter((one) => order.includes(one))).toEqual(order);
    const isAgain = (event: string, reason: string) =>
      event === "escalate" && reason.startsWith("HH");
    const again = rig.events.find(({ event, reason }) => isAgain(event, reason));
    expect(again?.reason).toMatch(/^HH in \d+ s at 720 mm\/min$/u);
    expect(again?.reasonZh).toMatch(/^按 720 mm\/min 的速度, \d+ 秒后到高高报 \(HH\)$/u);
    expect(said.filter((one) => one.startsWith("escalate FORECAST")).length).toBeLessThan(6);
  });

  test("a level that falls while no pump runs; the dead pump state is named", async () => {
    const rig = plantRig(1);
    rig.fake("P-201", 0);
    await rig.run(120);
    // T-102 is being drained.
    expect(rig.told).toContain("raise rule/drop-T-102 LEVEL-DROP");
    const other = plantRig(1);
    await other.run(60);
    other.spoil("P-201", qualityCode["device-fault"]);
    await other.run(120);
    const drop = other.events.find(({ type }) => type === "LEVEL-DROP");
    expect(drop?.source).toBe("rule/drop-T-102");
    expect(drop?.reason).toContain("P-201 has no value and is taken as not running");
    expect(drop?.reasonZh).toContain("P-201 无数值，按未运行处理");
  });

  test("a gauge of three that stands still is outvoted and named", async () => {
    const rig = plantRig(1);
    await rig.run(10);
    rig.world.start("frozen-sensor", { target: "LT-105B" });
    await rig.run(1_200);
    const vote = rig.events.find(({ source }) => source === "rule/vote-T-105");
    expect(vote).toMatchObject({ type: "DEVIATION", event: "raise", tank: "T-105" });
    expect(vote?.reasonZh).toContain("LT-105B 与另外两个不一致");
  });

  test("a rule whose gauge is dead says so, and sees again when it is back", async () => {
    const rig = plantRig(1);
    await rig.run(10);
    rig.spoil("LT-101", qualityCode["open-loop"]);
    await rig.run(40);
    expect(rig.told).toEqual(
      expect.arrayContaining(["raise rule/leak-T-101 FAULT", "raise rule/drop-T-101 FAULT"]),
    );
    rig.spoil("LT-101", null);
    await rig.run(2);
    expect(rig.told).toContain("return rule/leak-T-101 FAULT");
  });
});

/** The plant's own file, with what it lacks of the kinds of alarms. */
function everyKind(text: string): string {
  const limitsOf = (tag: string, more: string) => (whole: string) => {
    const begin = whole.indexOf(`  ${tag}:\n`);
    const at = whole.indexOf("    limits: {", begin);
    const end = whole.indexOf("\n", whole.indexOf("every:", begin));
    const hasLimits = at >= 0 && at - end < 120;
    return hasLimits
      ? `${whole.slice(0, at)}    limits: { ${more},${whole.slice(at + "    limits: {".length)}`
      : `${whole.slice(0, end)}\n    limits: { ${more} }${whole.slice(end)}`;
  };
  const changes = [
    limitsOf("GD-103", "gas3: 70"),
    limitsOf("LT-104", "rate: 300"),
    limitsOf("P-202", 'faultWhen: [{ is: 1, say: "泵在应急电源上" }]'),
    limitsOf("WS-201", "o2Low: 19.5, o2High: 23.5"),
    (whole: string) =>
      whole
        .replace('kind: wind\n    unit: "m/s"', 'kind: oxygen\n    unit: "%vol"')
        .replace(
          "ll: 960, l: { at: 1800, onDelay: 2s }, h: { at: 9600",
          "ll: 8000, l: 9000, h: { at: 9600",
        )
        .replace(
          "  rules:\n",
          "  rules:\n    pair: { type: deviation, points: [LT-105B, LT-105C], max: 50 }\n",
        ),
  ];
  return changes.reduce((whole, change) => change(whole), text);
}

test("every kind of alarm is raised by the plant's values", async () => {
  const rig = plantRig(1, everyKind);
  rig.fake("WS-201", 20.9);
  await rig.run(10);
  rig.world.start("gas-leak", { target: "T-103", amount: 95 });
  rig.world.start("overfill", { target: "T-104", amount: 12 });
  rig.world.start("frozen-sensor", { target: "TT-102" });
  rig.world.start("frozen-sensor", { target: "LT-105B" });
  rig.spoil("PT-201", qualityCode["open-loop"]);
  rig.fake("P-202", 1);
  rig.fake("WS-201", 19.1);
  rig.device("gd-104", false);
  await rig.run(400);
  rig.fake("WS-201", 23.9);
  rig.fake("P-201", 0);
  await rig.run(1_200);
  const types = new Set(raises(rig).map(({ type }) => type));
  // Cameras and the box itself are not of the plant.
  expect(alarmTypes.filter((type) => !types.has(type))).toEqual(["CAMERA", "SELF"]);
  const fault = rig.events.find(({ source, type }) => source === "P-202" && type === "FAULT");
  expect(fault?.reason).toBe("泵在应急电源上");
  expect(rig.told).toContain("raise PT-201 FAULT");
  expect(rig.told).toContain("raise rule/pair DEVIATION");
  for (const { reason, reasonZh, event } of rig.events) {
    expect([event, reason === "", reasonZh === undefined]).toEqual([event, false, false]);
  }
});
