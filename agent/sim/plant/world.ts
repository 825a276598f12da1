/**
 * The plant as its instruments see it: physics in steps of plant time, active scenarios, sensor noise.
 * Pure but for its own memory: the same seed, orders and steps always give the same values.
 */

import { ok, type Result } from "../../../config/words/result.ts";
import type { Instrument } from "./instrument.ts";
import { instruments } from "./instruments.ts";
import { type Disturbances, firstState, type PlantState, step } from "./physics.ts";
import {
  type ActiveScenario,
  orderOf,
  type ScenarioFault,
  type ScenarioName,
  type ScenarioOptions,
} from "./scenarios.ts";
import { bell } from "./seeded.ts";

/** One line of a timeline: what to do at which second of plant time. */
export interface ScriptLine {
  readonly atS: number;
  readonly action: "start" | "stop";
  readonly name: string;
  readonly options?: ScenarioOptions;
}

/** What an instrument shows. `loopMa` is the current of a 4-20 mA instrument, else null. */
export interface Shown {
  readonly value: number;
  readonly loopMa: number | null;
}

export interface World {
  readonly state: PlantState;
  /** Goes on to `timeS` of plant time in whole steps; never back. */
  advanceTo(timeS: number): void;
  shown(tag: string): Shown;
  start(name: string, options?: ScenarioOptions): Result<ActiveScenario, ScenarioFault>;
  /** Ends the scenario, at all its targets or at one. @returns how many ended. */
  stop(name: string, target?: string): number;
  active(): readonly ActiveScenario[];
  find(name: ScenarioName, target: string): ActiveScenario | undefined;
}

export interface WorldOptions {
  readonly seed: number;
  /** Length of a step of plant time; default 1 s. Values depend on it. */
  readonly stepS?: number;
  readonly script?: readonly ScriptLine[];
}

/** More than this is not made up for at once: after a long sleep of the machine the plant loses time. */
const catchUpSMax = 2 * 86_400;
const mostActive = 100;
/** Sensors are read out anew ten times per second of plant time at most: once per step. */
const noiseChannel = 10_000;

export function createWorld(options: WorldOptions): World {
  const { seed, stepS = 1 } = options;
  const script = [...(options.script ?? [])].sort((a, b) => a.atS - b.atS);
  const active: ActiveScenario[] = [];
  const frozen = new Map<string, number>();
  const byTag = new Map(
    instruments.map((instrument, index) => [instrument.tag, { instrument, index }]),
  );
  let state = firstState(seed);
  let lostS = 0;
  let steps = 0;
  let scriptAt = 0;

  const measured = (instrument: Instrument, index: number): number => {
    const noise = instrument.noise * bell(seed, noiseChannel + index, steps);
    const [low, high] = instrument.range;
    return Math.min(high, Math.max(low, instrument.measure(state) + noise));
  };

  const value = ({ instrument, index }: { instrument: Instrument; index: number }): number =>
    frozen.get(instrument.tag) ?? measured(instrument, index);

  const world: World = {
    get state() {
      return state;
    },
    advanceTo(timeS) {
      const due = timeS - lostS - state.timeS;
      if (due > catchUpSMax) lostS += due - catchUpSMax;
      while (state.timeS + stepS <= timeS - lostS) {
        runScript();
        state = step(state, { seed, stepS, disturbances: disturbances(active) });
        steps += 1;
      }
      runScript();
    },
    shown(tag) {
      const known = byTag.get(tag);
      if (known === undefined) return { value: 0, loopMa: null };
      const now = value(known);
      if (known.instrument.scale.kind !== "loop") return { value: now, loopMa: null };
      const fault = find("broken-loop", tag) ?? find("short-loop", tag);
      const [low, high] = known.instrument.range;
      return { value: now, loopMa: fault?.amount ?? 4 + (16 * (now - low)) / (high - low) };
    },
    start(name, given = {}) {
      const order = orderOf(name, given);
      if (!order.ok) return order;
      world.stop(order.value.name, order.value.target);
      const begun: ActiveScenario = { ...order.value, sinceS: state.timeS };
      const known = byTag.get(begun.target);
      if (begun.name === "frozen-sensor" && known) frozen.set(begun.target, value(known));
      active.push(begun);
      if (active.length > mostActive) active.shift();
      return ok(begun);
    },
    stop(name, target) {
      const ended = active.filter(
        (one) => one.name === name && (target === undefined || one.target === target),
      );
      for (const one of ended) {
        active.splice(active.indexOf(one), 1);
        if (one.name === "frozen-sensor") frozen.delete(one.target);
      }
      return ended.length;
    },
    active: () => [...active],
    find,
  };
  return world;

  function find(name: ScenarioName, target: string): ActiveScenario | undefined {
    return active.find((one) => one.name === name && one.target === target);
  }

  function runScript(): void {
    for (;;) {
      const line = script[scriptAt];
      if (line === undefined || line.atS > state.timeS) return;
      scriptAt += 1;
      if (line.action === "start") world.start(line.name, line.options);
      else world.stop(line.name, line.options?.target);
    }
  }
}

function disturbances(active: readonly ActiveScenario[]): Disturbances {
  const of = (name: ScenarioName): ReadonlyMap<string, number> =>
    new Map(
      active.filter((one) => one.name === name).map(({ target, amount }) => [target, amount]),
    );
  return { overfills: of("overfill"), leaks: of("gas-leak") };
}
