/** The troubles that can be switched on in the simulated plant: names, targets, strengths. Pure. */

import { fail, ok, type Result } from "../../../config/words/result.ts";
import { type DeviceSpec, devices, type LineSpec, lines } from "./devices.ts";
import { instruments } from "./instruments.ts";
import { tankFarm, type Words } from "./tankFarm.ts";

export type TargetKind = "tank" | "device" | "point" | "loop-point" | "line" | "serial-line";

/** The one number of a scenario. */
export interface AmountSpec {
  readonly what: Words;
  readonly unit: string;
  readonly min: number;
  readonly max: number;
  readonly normal: number;
}

export interface Scenario {
  readonly name: ScenarioName;
  readonly target: TargetKind;
  readonly normalTarget: string;
  readonly amount: AmountSpec | null;
  readonly tells: Words;
}

export const scenarioNames = [
  "overfill",
  "gas-leak",
  "dead-slave",
  "slow-slave",
  "late-replies",
  "busy-slave",
  "noisy-line",
  "line-down",
  "frozen-sensor",
  "broken-loop",
  "short-loop",
] as const;
export type ScenarioName = (typeof scenarioNames)[number];

const delay: Omit<AmountSpec, "normal"> = {
  what: { zh: "应答延迟", en: "delay of the reply" },
  unit: "ms",
  min: 1,
  max: 60_000,
};
const loopCurrent = { what: { zh: "回路电流", en: "loop current" }, unit: "mA" };

const details: Readonly<Record<ScenarioName, Omit<Scenario, "name">>> = {
  overfill: {
    target: "tank",
    normalTarget: "T-101",
    amount: {
      what: { zh: "液位上升速度", en: "rise of the level" },
      unit: "mm/s",
      min: 0.1,
      max: 100,
      normal: 12,
    },
    tells: {
      zh: "进料阀关不上：液位一直升到溢流，高液位开关动作，溢出后可燃气体上升",
      en: "the fill valve does not close: the level rises to overflow, the high-level switch trips, spilt vapour follows",
    },
  },
  "gas-leak": {
    target: "tank",
    normalTarget: "T-103",
    amount: {
      what: { zh: "最近探测器最终读数", en: "final reading of the nearest detector" },
      unit: "%LEL",
      min: 1,
      max: 100,
      normal: 80,
    },
    tells: {
      zh: "储罐泄漏：两个气体探测器先后上升，停止后随风消散",
      en: "a tank leaks: both gas detectors rise one after the other, and clear with the wind afterwards",
    },
  },
  "dead-slave": {
    target: "device",
    normalTarget: "gd-104",
    amount: null,
    tells: { zh: "从站不应答，其它从站正常", en: "a device keeps silent, its neighbours do not" },
  },
  "slow-slave": {
    target: "device",
    normalTarget: "gt-102",
    amount: { ...delay, normal: 300 },
    tells: { zh: "从站应答很慢，但未超时", en: "a device answers slowly, yet within the time-out" },
  },
  "late-replies": {
    target: "device",
    normalTarget: "gt-103",
    amount: { ...delay, normal: 1_200 },
    tells: {
      zh: "从站在超时之后才应答：迟到的应答决不能当作下一次的应答",
      en: "a device answers after the time-out: its reply must never be taken for the next question's",
    },
  },
  "busy-slave": {
    target: "device",
    normalTarget: "tgc-2",
    amount: null,
    tells: { zh: "从站回复异常码6（忙）", en: "a device answers with exception 6, busy" },
  },
  "noisy-line": {
    target: "serial-line",
    normalTarget: "field-485",
    amount: {
      what: { zh: "每字节出错的概率", en: "chance of each byte to be hit" },
      unit: "",
      min: 0.0001,
      max: 0.5,
      normal: 0.01,
    },
    tells: {
      zh: "总线受干扰：位错误和杂散字节",
      en: "interference on the bus: flipped bits and stray bytes",
    },
  },
  "line-down": {
    target: "line",
    normalTarget: "sphere-tcp",
    amount: null,
    tells: {
      zh: "线路中断：TCP拒绝连接，或串口消失",
      en: "the line is gone: TCP connections are refused, or the serial port has vanished",
    },
  },
  "frozen-sensor": {
    target: "point",
    normalTarget: "TT-102",
    amount: null,
    tells: { zh: "测点数值不再变化", en: "the value of a point does not move any more" },
  },
  "broken-loop": {
    target: "loop-point",
    normalTarget: "PT-201",
    amount: { ...loopCurrent, min: 0, max: 3.59, normal: 1.2 },
    tells: { zh: "4-20mA回路断线（低于3.6mA）", en: "a 4-20 mA loop is broken: below 3.6 mA" },
  },
  "short-loop": {
    target: "loop-point",
    normalTarget: "LT-201",
    amount: { ...loopCurrent, min: 21.01, max: 24, normal: 22.5 },
    tells: { zh: "4-20mA回路短路（高于21mA）", en: "a 4-20 mA loop is shorted: above 21 mA" },
  },
};

export const scenarios: readonly Scenario[] = scenarioNames.map((name) => ({
  name,
  ...details[name],
}));

export interface ScenarioOptions {
  /** A tank, device, point or line of the plant, as the scenario asks; default: its normal target. */
  readonly target?: string;
  /** In the scenario's unit; default: its normal amount. */
  readonly amount?: number;
}

export interface ActiveScenario {
  readonly name: ScenarioName;
  readonly target: string;
  /** 0 when the scenario has none. */
  readonly amount: number;
  /** Since when, in s of plant time. */
  readonly sinceS: number;
}

export interface ScenarioFault {
  readonly message: string;
}

/** What may be named as the target of a scenario. */
export function targetsOf(kind: TargetKind): readonly string[] {
  switch (kind) {
    case "tank":
      return tankFarm.map(({ id }) => id);
    case "device":
      return devices.map(({ id }: DeviceSpec) => id);
    case "point":
      return instruments.map(({ tag }) => tag);
    case "loop-point":
      return instruments.filter(({ scale }) => scale.kind === "loop").map(({ tag }) => tag);
    case "line":
      return lines.map(({ id }: LineSpec) => id);
    case "serial-line":
      return lines.filter((line) => line.kind === "serial").map(({ id }) => id);
  }
}

/** Completes and checks an order; a fault says in one sentence what would have been right. */
export function orderOf(
  name: string,
  { target, amount }: ScenarioOptions,
): Result<Omit<ActiveScenario, "sinceS">, ScenarioFault> {
  const scenario = scenarios.find((known) => known.name === name);
  if (scenario === undefined) {
    return fail({ message: `no scenario "${name}"; there are: ${scenarioNames.join(", ")}` });
  }
  const aim = target ?? scenario.normalTarget;
  const aims = targetsOf(scenario.target);
  if (!aims.includes(aim)) {
    return fail({ message: `${name} cannot aim at "${aim}"; possible: ${aims.join(", ")}` });
  }
  const spec = scenario.amount;
  if (spec === null) {
    return amount === undefined
      ? ok({ name: scenario.name, target: aim, amount: 0 })
      : fail({ message: `${name} takes no amount` });
  }
  const strength = amount ?? spec.normal;
  if (!(strength >= spec.min && strength <= spec.max)) {
    return fail({
      message: `${name}: ${spec.what.en} must be ${spec.min}..${spec.max} ${spec.unit}`.trim(),
    });
  }
  return ok({ name: scenario.name, target: aim, amount: strength });
}
