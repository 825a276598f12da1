import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { instruments } from "../../agent/sim/plant/instruments.ts";
import { firstState, type PlantState, step } from "../../agent/sim/plant/physics.ts";
import { orderOf, scenarios, targetsOf } from "../../agent/sim/plant/scenarios.ts";
import { tankFarm, toxicRangeOel } from "../../agent/sim/plant/tankFarm.ts";
import { createWorld, type ScriptLine, type World } from "../../agent/sim/plant/world.ts";

const calm = { overfills: new Map<string, number>(), leaks: new Map<string, number>() };

function after(seconds: number, options: { seed?: number; stepS?: number } = {}): PlantState {
  const { seed = 1, stepS = 1 } = options;
  let state = firstState(seed);
  while (state.timeS < seconds) state = step(state, { seed, stepS, disturbances: calm });
  return state;
}

function tank(state: PlantState, id: string) {
  const found = state.tanks[tankFarm.findIndex((spec) => spec.id === id)];
  if (found === undefined) throw new Error(id);
  return found;
}

function allShown(world: World): number[] {
  return instruments.map(({ tag }) => world.shown(tag).value);
}

describe("the physics of the tank farm", () => {
  test("gives the same values for the same seed, script and steps", () => {
    const script: ScriptLine[] = [
      { atS: 100, action: "start", name: "gas-leak", options: { target: "T-101", amount: 60 } },
      { atS: 150, action: "start", name: "frozen-sensor", options: { target: "LT-104" } },
      { atS: 400, action: "stop", name: "gas-leak" },
      { atS: 500, action: "start", name: "overfill", options: { target: "T-104" } },
    ];
    const walk = (seed: number): number[][] => {
      const world = createWorld({ seed, script });
      return Array.from({ length: 80 }, (_, i) => {
        world.advanceTo(i * 20);
        return allShown(world);
      });
    };
    expect(walk(3)).toEqual(walk(3));
    expect(walk(3)).not.toEqual(walk(4));
  });

  test("does not depend on how often somebody asks", () => {
    const often = createWorld({ seed: 5 });
    for (let at = 0; at <= 3000; at += 0.5) {
      often.advanceTo(at);
      allShown(often);
    }
    const once = createWorld({ seed: 5 });
    once.advanceTo(3000);
    expect(allShown(often)).toEqual(allShown(once));
  });

  test("shows a newcomer a level that moves, and two alarms that rise and return by themselves", () => {
    const startLevel = tank(firstState(1), "T-102").levelMm;
    let state = firstState(1);
    const seen: string[] = [];
    const note = (name: string, isOn: boolean): void => {
      const last = seen.findLast((one) => one.startsWith(name));
      if (isOn !== (last === `${name} on`)) seen.push(`${name} ${isOn ? "on" : "off"}`);
    };
    // Two minutes at ten times life.
    while (state.timeS < 1200) {
      state = step(state, { seed: 1, stepS: 1, disturbances: calm });
      const level = tank(state, "T-101").levelMm;
      const gas = tank(state, "T-103").combustibleLel;
      if (level > 9600 || level < 9540) note("LT-101", level > 9600);
      if (gas > 25 || gas < 24) note("GD-103", gas > 25);
    }
    expect(tank(state, "T-102").levelMm).toBeLessThan(startLevel - 1000);
    expect(seen.filter((one) => one.startsWith("LT-101"))).toEqual(["LT-101 on", "LT-101 off"]);
    expect(seen.filter((one) => one.startsWith("GD-103"))).toEqual(["GD-103 on", "GD-103 off"]);
  });

  test("is warmer in the afternoon than before dawn, and the sphere's pressure follows", () => {
    // The plant starts at 08:00; ten days are averaged because no two are alike.
    const mean = (hour: number, pick: (state: PlantState) => number): number => {
      const offset = ((hour - 8 + 24) % 24) * 3600;
      const days = Array.from({ length: 10 }, (_, day) => day * 86_400 + offset);
      let state = firstState(2);
      let sum = 0;
      for (const at of days) {
        while (state.timeS < at) state = step(state, { seed: 2, stepS: 60, disturbances: calm });
        sum += pick(state);
      }
      return sum / days.length;
    };
    expect(mean(15, (state) => state.airC)).toBeGreaterThan(mean(3, (state) => state.airC) + 8);
    const sphere = (state: PlantState) => tank(state, "T-105").pressureKpa;
    expect(mean(21, sphere)).toBeGreaterThan(mean(9, sphere));
  });

  test("a blanketed tank has more pressure while it is filled than while it is drained", () => {
    const state = after(200);
    expect(tank(state, "T-104").mmPerS).toBeGreaterThan(0);
    expect(tank(state, "T-102").mmPerS).toBeLessThan(0);
    expect(tank(state, "T-104").pressureKpa).toBeGreaterThan(
      tank(state, "T-102").pressureKpa + 0.3,
    );
  });

  test("a leak reaches the near detector first and clears after it is closed", () => {
    const leaking = { ...calm, leaks: new Map([["T-105", 80]]) };
    let state = firstState(1);
    const run = (seconds: number, disturbances: typeof calm): void => {
      const end = state.timeS + seconds;
      while (state.timeS < end) state = step(state, { seed: 1, stepS: 1, disturbances });
    };
    run(20, leaking);
    const early = tank(state, "T-105");
    expect(early.combustibleLel / 80).toBeGreaterThan(early.toxicMgM3 / ((80 / 38) * 1.15 * 20));
    run(280, leaking);
    expect(tank(state, "T-105").combustibleLel).toBeGreaterThan(50);
    expect(tank(state, "T-105").toxicMgM3).toBeGreaterThan(40);
    run(1200, calm);
    expect(tank(state, "T-105").combustibleLel).toBeLessThan(1);
    expect(tank(state, "T-101").combustibleLel).toBe(0);
  });

  test("an overfilled tank stops at its brim and its spilt vapour is noticed", () => {
    const filling = { ...calm, overfills: new Map([["T-101", 12]]) };
    let state = firstState(1);
    while (state.timeS < 900) state = step(state, { seed: 1, stepS: 1, disturbances: filling });
    expect(tank(state, "T-101").levelMm).toBe(12_000);
    expect(tank(state, "T-101").combustibleLel).toBeGreaterThan(40);
  });

  test("never leaves what is physically possible, whatever happens in thirty days", () => {
    const line = fc.record({
      atS: fc.integer({ min: 0, max: 30 * 86_400 }),
      action: fc.constantFrom("start" as const, "start" as const, "stop" as const),
      which: fc.constantFrom(...scenarios),
      aim: fc.nat(),
      strength: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.nat(), fc.array(line, { maxLength: 30 }), (seed, lines) => {
        const script = lines.map(({ atS, action, which, aim, strength }): ScriptLine => {
          const targets = targetsOf(which.target);
          const target = targets[aim % targets.length] ?? "";
          const { amount } = which;
          const size = amount ? amount.min + strength * (amount.max - amount.min) : undefined;
          const options = { target, ...(size === undefined ? {} : { amount: size }) };
          return { atS, action, name: which.name, options };
        });
        const world = createWorld({ seed, script, stepS: 60 });
        for (let at = 0; at <= 30 * 86_400; at += 3600) {
          world.advanceTo(at);
          assertPossible(world);
        }
      }),
      { numRuns: 12 },
    );
  });
});

function assertPossible(world: World): void {
  world.state.tanks.forEach((state, index) => {
    const spec = tankFarm[index];
    if (spec === undefined) throw new Error("one tank too many");
    const claims: [string, number, number, number][] = [
      ["level", state.levelMm, 0, spec.heightMm],
      ["temperature", state.temperatureC, -10, 50],
      [
        "pressure",
        state.pressureKpa,
        spec.pressure === "blanketed" ? -0.5 : 0,
        spec.pressureKpaMax,
      ],
      ["cloud", state.cloudLel, 0, 100],
      ["combustible", state.combustibleLel, 0, 100],
      ["toxic", state.toxicMgM3, 0, toxicRangeOel * spec.toxic.oelMgM3],
    ];
    for (const [what, value, low, high] of claims) {
      if (!(value >= low && value <= high)) throw new Error(`${spec.id} ${what} ${value}`);
    }
  });
  for (const { tag, range } of instruments) {
    const { value, loopMa } = world.shown(tag);
    if (!(value >= range[0] && value <= range[1])) throw new Error(`${tag} ${value}`);
    if (loopMa !== null && !(loopMa >= 0 && loopMa <= 24)) throw new Error(`${tag} ${loopMa} mA`);
  }
}

describe("orders", () => {
  test("a wrong name, target or amount is refused with what would be right", () => {
    const refusal = (name: string, options = {}): string => {
      const order = orderOf(name, options);
      return order.ok ? "" : order.error.message;
    };
    expect(refusal("fire")).toContain("gas-leak");
    expect(refusal("gas-leak", { target: "T-999" })).toContain("T-105");
    expect(refusal("gas-leak", { amount: 500 })).toContain("1..100 %LEL");
    expect(refusal("broken-loop", { target: "LT-101" })).toContain("PT-201");
    expect(refusal("dead-slave", { amount: 3 })).toContain("no amount");
  });

  test("every scenario can be started as it stands, several at once, and ended", () => {
    const world = createWorld({ seed: 1 });
    for (const { name } of scenarios) expect(world.start(name).ok).toBe(true);
    expect(world.start("gas-leak", { target: "T-101" }).ok).toBe(true);
    expect(world.active().length).toBe(scenarios.length + 1);
    expect(world.stop("gas-leak", "T-101")).toBe(1);
    expect(world.start("gas-leak", { amount: 10 }).ok).toBe(true);
    expect(world.active().length).toBe(scenarios.length);
    for (const { name } of scenarios) expect(world.stop(name)).toBe(1);
    expect(world.active()).toEqual([]);
  });
});
